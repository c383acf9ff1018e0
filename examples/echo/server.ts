/** The echo server in Node. */
import { once } from "node:events";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { NodeTransport, nodeClock, nodeFunctions } from "@hybi/node";
import { type EchoOptions, echo } from "./echo.ts";

/** Listens on 127.0.0.1 until the process exits. Returns the port. */
export async function openEchoServer(options: EchoOptions): Promise<number> {
  const { port, tls } = options;
  const accept = (socket: Socket): void =>
    echo(new NodeTransport(socket), options, { native: nodeFunctions, clock: nodeClock });
  const server =
    tls === undefined
      ? createTcpServer({ allowHalfOpen: true, noDelay: true }, accept)
      : createTlsServer({ ...tls, ALPNProtocols: ["http/1.1"] }, accept);
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}
