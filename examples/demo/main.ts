/**
 * A conversation over TCP, with a dump of the wire: an opening handshake, messages, fragments with control frames in between,
 * a closing handshake; then two clients that break the rules.
 */
import { deepStrictEqual, ok } from "node:assert/strict";
import { once } from "node:events";
import { connect as connectSocket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { WireDump } from "@hybi/conformance/inspect";
import { encodeFrame, opcodes } from "@hybi/core/frame";
import { type Failure, type FailureEvent, listen } from "@hybi/node";
import { Client } from "./client.ts";
import { openTap } from "./tap.ts";

const colour = (process.stdout.isTTY === true || "FORCE_COLOR" in process.env) && process.env.NO_COLOR === undefined;
const width = Math.max(80, Math.min(100, process.stdout.columns ?? 100));

// Exit in any case: nothing here takes a second.
setTimeout(() => {
  console.error("The demo did not end within 20 s.");
  process.exit(1);
}, 20_000).unref();

// A server that echoes messages, and reports failures.
let tellFailure: (failure: FailureEvent) => void = () => {};
const failed = new Promise<FailureEvent>((resolve) => {
  tellFailure = resolve;
});
const refused: Failure[] = [];
const server = await listen(
  (opening) => {
    const socket = opening.accept();
    socket.onmessage = ({ data }) => socket.send(data);
    socket.onerror = tellFailure;
  },
  { host: "127.0.0.1", onFailure: (failure) => refused.push(failure) },
);

let dump = new WireDump({ print: console.log, colour, width });
/** Resolves once both sides have closed their half of the last connection. */
let passed: Promise<void> = Promise.resolve();
const tap = await openTap(server.port, (closed) => {
  dump = new WireDump({ print: console.log, colour, width });
  passed = closed;
  return dump;
});
const url = `ws://127.0.0.1:${tap.port}/chat?room=1`;

section("The opening handshake", "RFC 6455 §4");
const client = await Client.open(url, [["User-Agent", "hybi-demo"]]);

section("A text message, and its echo", "§5.6");
dump.printColumns();
client.send((endpoint) => endpoint.sendText("Hello, Wörld 👋"));
deepStrictEqual(await client.next(), { type: "text", data: "Hello, Wörld 👋" });

section("A binary message", "§5.6");
const bytes = Uint8Array.of(0x00, 0xff, 0x48, 0x59, 0x42, 0x49);
client.send((endpoint) => endpoint.sendBinary(bytes));
deepStrictEqual(await client.next(), { type: "binary", data: bytes });

section("A message in fragments, and a Ping between them", "§5.4, §5.5.2");
const message = client.send((endpoint) => endpoint.startMessage("text"));
client.send(() => message.write("sent before "));
await nextTurn();
client.send((endpoint) => endpoint.sendPing(new TextEncoder().encode("still there?")));
client.send(() => message.write("all of it "));
await nextTurn();
client.send(() => message.write("is known"));
client.send(() => message.end());
deepStrictEqual(await nextTypes(2), ["pong", "text"]);

section("A large message is sent in fragments; a Ping need not wait for its end", "§5.4");
const large = new Uint8Array(200_000).map((_, index) => index);
client.send((endpoint) => endpoint.sendBinary(large));
await nextTurn();
client.send((endpoint) => endpoint.sendPing(new TextEncoder().encode("urgent")));
const answers = [await client.next(), await client.next()];
deepStrictEqual(answers.map(({ type }) => type).sort(), ["binary", "pong"]);
deepStrictEqual(answers.find((event) => event.type === "binary")?.data, large);

section("The closing handshake: the server ends the transport, and then the client does", "§7.1");
client.send((endpoint) => endpoint.sendClose(1000, "that is all"));
deepStrictEqual(await client.next(), { type: "end", clean: true, statusCode: 1000, reason: "" });
await passed;

section("A client that does not mask its frames is failed", "§5.1, §7.1.7");
const request = [
  "GET / HTTP/1.1",
  "Host: 127.0.0.1",
  "Upgrade: websocket",
  "Connection: Upgrade",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "Sec-WebSocket-Version: 13",
];
const unmasked = encodeFrame({ opcode: opcodes.text, payload: new TextEncoder().encode("no mask") });
await converse(request, unmasked);
const { failure } = await failed;
ok(failure.kind === "violation");
const { violation } = failure;
deepStrictEqual(violation.code, "frame/mask-missing");
say(
  `The server's event: failure, ${violation.code}, at byte ${violation.offset}; its Close frame says ${violation.statusCode}.`,
);

section("A client of another version is rejected before there is a connection", "§4.4");
await converse(request.map((line) => line.replace("Version: 13", "Version: 8")));
const [refusal] = refused;
ok(refused.length === 1 && refusal?.kind === "violation");
deepStrictEqual(refusal.violation.code, "opening/version-unsupported");
say(`The server called onFailure: ${refusal.violation.code}; it responded with ${refusal.violation.httpStatus}.`);

await Promise.all([server.close(), tap.close()]);
console.log();

/** A handwritten client: sends a request, and `bytes` after the response; reads until the server ends the transport. */
async function converse(lines: readonly string[], bytes?: Uint8Array): Promise<void> {
  const socket = connectSocket(tap.port, "127.0.0.1");
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  await once(socket, "data");
  if (bytes !== undefined) {
    dump.printColumns();
    socket.write(bytes);
  }
  socket.resume();
  await passed;
}

async function nextTypes(count: number): Promise<string[]> {
  const types: string[] = [];
  for (let index = 0; index < count; index++) types.push((await client.next()).type);
  return types;
}

function section(title: string, reference: string): void {
  const rule = "─".repeat(Math.max(3, width - title.length - reference.length - 5));
  console.log(
    colour ? `\n\u001b[1m${title}\u001b[0m \u001b[2m${reference} ${rule}\u001b[0m` : `\n${title}  ${reference} ${rule}`,
  );
}

function say(text: string): void {
  console.log(colour ? `           \u001b[2m${text}\u001b[0m` : `           ${text}`);
}
