/**
 * WebSocket over one stream of an HTTP/2 session, beside ordinary requests, by hand (RFC 8441). `upgradeStream` and `connect`
 * of @hybi/node do this for you; this example shows how: `npx pnpm example over-http2-stream/main.ts`.
 */
import { once } from "node:events";
import { createServer, connect as openSession, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import { Endpoint } from "@hybi/core";
import {
  answerExtendedConnect,
  checkExtendedConnect,
  checkExtendedConnectResponse,
  type Fields,
  openExtendedConnect,
  rejectExtendedConnect,
  rejectionFor,
} from "@hybi/core/opening";
import { type Connect, createWebSocketClass, OpeningError, Pump, silentListener } from "@hybi/websocket";
import { object, pairs } from "./fields.ts";
import { StreamTransport } from "./transport.ts";

// The server. Node must announce in its SETTINGS that it supports Extended CONNECT (RFC 8441 §3).
const server = createServer({ settings: { enableConnectProtocol: true } });
server.on("stream", (stream, headers) => {
  if (headers[":method"] === "CONNECT") acceptStream(stream, pairs(headers));
  else {
    stream.respond({ ":status": 200 });
    stream.end("an ordinary response");
  }
});
server.listen(0, "127.0.0.1");
await once(server, "listening");

function acceptStream(stream: ServerHttp2Stream, fields: Fields): void {
  stream.on("error", () => {});
  const check = checkExtendedConnect(fields);
  if (check.type === "violation") {
    const refusal = rejectExtendedConnect(rejectionFor(check.violation));
    stream.respond(object([[":status", `${refusal.status}`], ...refusal.fields]));
    stream.end(refusal.body);
    return;
  }
  const { status, fields: answered, agreement } = answerExtendedConnect(check.request);
  stream.respond(object([[":status", `${status}`], ...answered]));
  // The handshake used HTTP. From here on the stream carries frames, masked by the client as usual (RFC 8441 §5).
  const endpoint = Endpoint.fromAgreement(agreement);
  const text = (data: string) => endpoint.sendText(`${data}, through stream ${stream.id}`);
  const binary = (bytes: Uint8Array, start: number, end: number) => endpoint.sendBinary(bytes.subarray(start, end));
  new Pump({
    endpoint,
    transport: new StreamTransport(stream),
    listener: { ...silentListener, text, binary },
  }).start();
}

// The client. One session for all streams.
const url = `127.0.0.1:${(server.address() as AddressInfo).port}`;
const session = openSession(`http://${url}`);
await once(session, "remoteSettings");

const connect: Connect = async ({ opening, signal }) => {
  // RFC 8441 §3: only after the server has announced it.
  const { fields, sent } = openExtendedConnect(opening, session.remoteSettings.enableConnectProtocol === true ? 1 : 0);
  const stream = session.request(object(fields), { endStream: false, signal });
  const [headers] = await once(stream, "response");
  const check = checkExtendedConnectResponse(pairs(headers), sent);
  if (check.type === "agreement") return { transport: new StreamTransport(stream), agreement: check.agreement };
  stream.close();
  if (check.type === "violation") throw new OpeningError({ kind: "violation", violation: check.violation });
  const response = { status: headers[":status"], reasonPhrase: "", minorVersion: 0, fields: [] } as const;
  throw new OpeningError({ kind: "rejected", response, body: new Uint8Array(0) });
};
const WebSocket = createWebSocketClass(connect);

const socket = new WebSocket(`ws://${url}/`, { binaryType: "arraybuffer" });
socket.onopen = () => {
  socket.send("hello");
  socket.send(Uint8Array.of(1, 2, 3));
};
socket.onmessage = ({ data }) => {
  if (typeof data === "string") return console.log(data);
  console.log(`and bytes unchanged: ${new Uint8Array(data as ArrayBuffer).join()}`);
  socket.close(1000, "enough");
};
const request = session.request({ ":path": "/" });
console.log(String(await once(request, "data")));

socket.onclose = ({ code, wasClean }) => {
  console.log(`closed: ${code}, ${wasClean ? "clean" : "not clean"}`);
  session.close();
  server.close();
};
