/** Echo servers in Node, each with its defaults and with compression: ours, or `ws`. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer as createHttpsServer } from "node:https";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { listen, permessageDeflate } from "@hybi/node";
import { type WebSocket, WebSocketServer } from "ws";
import { type Announcement, announce } from "./announce.ts";
import { budget, echo, memoryBudget } from "./echo.ts";

const host = "127.0.0.1";
const [name, certFile = "", keyFile = ""] = process.argv.slice(2);
const tls = { cert: readFileSync(certFile, "utf8"), key: readFileSync(keyFile, "utf8") };

async function startOurs(): Promise<Announcement> {
  const extensions = [permessageDeflate()];
  const server = await listen(echo, { host, extensions, memoryBudget });
  const secure = await listen(echo, { host, extensions, memoryBudget, tls });
  return { title: `hybi in Node ${process.versions.node}`, port: server.port, tlsPort: secure.port, budget };
}

async function startWs(): Promise<Announcement> {
  const serve = (socket: WebSocket): void => {
    // ws ends the connection after an error.
    socket.on("error", () => {});
    socket.on("message", (data, binary) => socket.send(data, { binary }));
  };
  const https = createHttpsServer(tls).listen(0, host);
  const server = new WebSocketServer({ host, port: 0, perMessageDeflate: true }).on("connection", serve);
  new WebSocketServer({ server: https, perMessageDeflate: true }).on("connection", serve);
  await Promise.all([once(server, "listening"), once(https, "listening")]);
  const port = (address: unknown): number => (address as AddressInfo).port;
  const { version } = createRequire(import.meta.url)("ws/package.json");
  const title = `ws ${version} in Node ${process.versions.node}`;
  return { title, port: port(server.address()), tlsPort: port(https.address()) };
}

announce(await (name === "ws" ? startWs() : startOurs()), () => globalThis.gc?.());
