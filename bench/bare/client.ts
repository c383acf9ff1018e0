/** A client of the bare program. */
import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { type BareBinaryType, BareConnection } from "./connection.ts";

export async function connectBare(url: string, binaryType: BareBinaryType): Promise<BareConnection> {
  return new BareConnection(await openBareSocket(url), true, binaryType);
}

/** Resolves once the server has responded, with whatever. A message must not come with the response. */
export function openBareSocket(url: string): Promise<Socket> {
  const { host, hostname, port, pathname } = new URL(url);
  const fields = ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"];
  const key = `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`;
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    socket.on("error", reject);
    socket.once("data", () => resolve(socket));
    socket.write([`GET ${pathname} HTTP/1.1`, `Host: ${host}`, ...fields, key, "", ""].join("\r\n"));
  });
}
