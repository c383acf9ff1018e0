/** Connections with the extension agreed, and frames that their peers send. */

import {
  type Agreement,
  Connection,
  type ConnectionEvent,
  type ConnectionOptions,
  Endpoint,
  type EndpointEvent,
  type Extension,
  type ExtensionParameters,
  type Output,
  plainAgreement,
  type RandomSource,
  type Role,
} from "@hybi/core";
import { encodeFrame, type FrameToEncode, opcodes } from "@hybi/core/frame";
import { concatBytes, type ReadFrame, readFrames, utf8Bytes } from "@hybi/testing";

/** A reproducible random source. */
export function countingSource(): RandomSource {
  let state = 1;
  return (target) => {
    for (let at = 0; at < target.length; at++) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
      target[at] = state >> 16;
    }
  };
}

/** Parses parameters written as in the field. */
export function parameters(written: string): ExtensionParameters {
  return written
    .split("; ")
    .filter((part) => part !== "")
    .map((part) => [part.split("=")[0] ?? "", part.split("=")[1]]);
}

export function agreement(role: Role, written = "", name = "permessage-deflate"): Agreement {
  return { ...plainAgreement(role), extensions: [{ name, parameters: parameters(written) }] };
}

/** A connection on which `extension` was agreed with these parameters. */
export function open(role: Role, extension: Extension, written = "", options: ConnectionOptions = {}): Connection {
  return new Connection(agreement(role, written), { random: countingSource(), extensions: [extension], ...options });
}

export const rsv1 = 0x40;
const testKey = 0x7856_3412;

/** Receives these frames from the peer of `connection`, each in one chunk; returns the events. */
export function deliver(connection: Connection, ...frames: readonly FrameToEncode[]): ConnectionEvent[] {
  const maskingKey = connection.role === "server" ? testKey : undefined;
  return frames.flatMap((frame) => connection.receive(encodeFrame({ maskingKey, ...frame })));
}

/** A compressed message in one frame. */
export function compressed(payload: Uint8Array, opcode: number = opcodes.text): FrameToEncode {
  return { opcode, rsv: rsv1, payload };
}

/** An uncompressed message. */
export function plain(text: string): FrameToEncode {
  return { opcode: opcodes.text, payload: utf8Bytes(text) };
}

/** The output of a connection as frames, unmasked. */
export function sent(connection: Output): ReadFrame[] {
  return readFrames(concatBytes(connection.takeOutput()));
}

/** A short form of the events: text as it is, a failure as its code, others by type. */
export function summary(events: readonly (ConnectionEvent | EndpointEvent)[]): string[] {
  return events.map((event) => {
    if (event.type === "text") return event.data;
    if (event.type === "failure") return `${event.violation.code} ${event.violation.statusCode}`;
    return event.type;
  });
}

/** The value of Sec-WebSocket-Extensions in a head, or undefined. */
function extensionsIn(chunks: readonly Uint8Array[]): string | undefined {
  return /^sec-websocket-extensions: (.*)\r$/im.exec(new TextDecoder().decode(concatBytes(chunks)))?.[1];
}

function clientOf(extensions: readonly Extension[]): Endpoint {
  return Endpoint.client({ url: "ws://example.com/", random: countingSource(), extensions });
}

/** The offers of a client with `extensions`. */
export function offerOf(...extensions: readonly Extension[]): string | undefined {
  return extensionsIn(clientOf(extensions).takeOutput());
}

/** The response of a server with `extensions` to a request with these lines of Sec-WebSocket-Extensions. */
export function answerTo(lines: readonly string[], ...extensions: readonly Extension[]): string | undefined {
  const { status, value } = respond(lines, extensions);
  if (status !== 101) throw new Error(`the server responded with ${status}`);
  return value;
}

function respond(
  lines: readonly string[],
  extensions: readonly Extension[],
): { status: number; value: string | undefined } {
  const server = Endpoint.server({ extensions });
  const head = new TextDecoder().decode(concatBytes(clientOf([]).takeOutput()));
  const fields = lines.map((line) => `Sec-WebSocket-Extensions: ${line}\r\n`).join("");
  server.receive(utf8Bytes(head.replace(/\r\n\r\n$/, `\r\n${fields}\r\n`)));
  server.accept();
  const chunks = server.takeOutput();
  const status = Number(new TextDecoder().decode(concatBytes(chunks)).slice(9, 12));
  return { status, value: extensionsIn(chunks) };
}

/** The verdict of a client with `extensions` on a response with this value of Sec-WebSocket-Extensions: the code, or "open". */
export function verdictOn(value: string, ...extensions: readonly Extension[]): string {
  const client = clientOf(extensions);
  const request = concatBytes(client.takeOutput());
  const server = Endpoint.server();
  server.receive(request);
  server.accept();
  const head = new TextDecoder().decode(concatBytes(server.takeOutput()));
  const events = client.receive(utf8Bytes(head.replace(/\r\n\r\n$/, `\r\nSec-WebSocket-Extensions: ${value}\r\n\r\n`)));
  const event = events[0];
  if (event?.type === "failure") return `${event.violation.code}`;
  return event?.type ?? "nothing";
}

/** A client and a server after the opening handshake with these extensions. */
export function pair(
  client: readonly Extension[],
  server: readonly Extension[],
  options: Omit<ConnectionOptions, "random" | "extensions" | "offset"> = {},
): { client: Endpoint; server: Endpoint } {
  const both = {
    client: Endpoint.client({ url: "ws://example.com/", random: countingSource(), extensions: client, ...options }),
    server: Endpoint.server({ extensions: server, ...options }),
  };
  pass(both.client, both.server);
  both.server.accept();
  pass(both.server, both.client);
  return both;
}

/** Passes all output of one endpoint to the other, chunk by chunk. */
export function pass(from: Endpoint | Connection, to: Endpoint | Connection): EndpointEvent[] {
  return from.takeOutput().flatMap((chunk) => to.receive(chunk.slice()));
}
