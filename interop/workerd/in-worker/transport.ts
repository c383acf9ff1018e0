/** Our WebSocket over the TCP sockets of a Worker. */

import { connect } from "cloudflare:sockets";
import {
  type ConnectTarget,
  createWebSocketClass,
  createWebSocketStreamClass,
  fromStreams,
  type Transport,
} from "@hybi/websocket";

function connectTcp({ url: { address, port, secure } }: ConnectTarget): Transport {
  return fromStreams(connect({ hostname: address, port }, { secureTransport: secure ? "on" : "off" }));
}

export const WebSocket = createWebSocketClass(connectTcp);
export const WebSocketStream = createWebSocketStreamClass(connectTcp);
