/** An echo server in Node that speaks HTTP/2 and HTTP/1.1 over TLS. */
import { once } from "node:events";
import { createSecureServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { permessageDeflate, upgrade, upgradeStream, WebSocketServer } from "@hybi/node";
import { selfSigned } from "@hybi/testing/adapter-contract";

/** Listens on a free port of 127.0.0.1. */
export async function openHttp2Echo(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createSecureServer({
    ...(await selfSigned()),
    allowHTTP1: true,
    settings: { enableConnectProtocol: true },
  });
  const sockets = new WebSocketServer(
    (opening) => {
      const socket = opening.accept();
      socket.onmessage = ({ data }) => socket.send(data);
    },
    { extensions: [permessageDeflate()] },
  );
  server.on("upgrade", (request, socket, head) => upgrade(request, socket, head, sockets));
  server.on("stream", (stream, headers) => upgradeStream(stream, headers, sockets));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `wss://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      await sockets.close();
      server.close();
    },
  };
}
