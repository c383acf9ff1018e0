/** Our WebSocket over the TCP sockets of a Worker. */

import { connect } from "cloudflare:sockets";
import { createAdapter, fromStreams } from "@hybi/websocket";

export const { WebSocket, WebSocketStream } = createAdapter({
  openTransport: ({ url: { address, port, secure } }) =>
    fromStreams(connect({ hostname: address, port }, { secureTransport: secure ? "on" : "off" })),
});
