/** Opening handshakes as text: requests and responses line by line, and helpers for their outcome. */
import type { HandshakeEvent } from "../../src/events.ts";
import { ClientHandshake, type ClientHandshakeOptions } from "../../src/opening/client-handshake.ts";
import type { OpeningRequest } from "../../src/opening/request.ts";
import { ServerHandshake, type ServerHandshakeOptions } from "../../src/opening/server-handshake.ts";
import type { Agreement } from "../../src/vocabulary/agreement.ts";
import type { Extension, ExtensionParameters, RsvBits } from "../../src/vocabulary/extension.ts";
import type { Violation } from "../../src/vocabulary/violation.ts";
import { extension } from "./extensions.ts";

/** The nonce of RFC 6455 §1.3, and the proof for it. */
export const sampleKey = "dGhlIHNhbXBsZSBub25jZQ==";
export const sampleAccept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/** The bytes that `sampleKey` encodes in base64: "the sample nonce". */
const sampleNonce = (target: Uint8Array): void => target.set(latin1("the sample nonce"));

/** One byte for each char. */
export function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

/** One char for each byte. */
export function textOf(chunks: readonly Uint8Array[]): string {
  return chunks.map((chunk) => String.fromCharCode(...chunk)).join("");
}

/** Changes to the lines of a head: maps a name to its values, none to omit the field. Names as in `usual`. */
export type Changes = Readonly<Record<string, string | readonly string[]>>;

function head(startLine: string, usual: Changes, changes: Changes): string {
  const lines = Object.entries({ ...usual, ...changes }).flatMap(([name, values]) =>
    (typeof values === "string" ? [values] : values).map((value) => `${name}: ${value}\r\n`),
  );
  return `${startLine}\r\n${lines.join("")}\r\n`;
}

/** A valid opening request, changed. */
export function request(changes: Changes = {}, startLine = "GET /chat HTTP/1.1"): string {
  const usual = {
    Host: "server.example.com",
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Key": sampleKey,
    "Sec-WebSocket-Version": "13",
  };
  return head(startLine, usual, changes);
}

/** A valid response to a request with `sampleKey`, changed. */
export function response(changes: Changes = {}, startLine = "HTTP/1.1 101 Switching Protocols"): string {
  const usual = { Upgrade: "websocket", Connection: "Upgrade", "Sec-WebSocket-Accept": sampleAccept };
  return head(startLine, usual, changes);
}

/** A server that has received `text`, and its events. */
export function serverReceiving(
  text: string,
  options: ServerHandshakeOptions = {},
): { server: ServerHandshake; events: readonly HandshakeEvent[] } {
  const server = new ServerHandshake(options);
  return { server, events: server.receive(latin1(text)) };
}

/** The request that a server reads from `text`; throws when there is none. */
export function requestIn(text: string, options?: ServerHandshakeOptions): OpeningRequest {
  const [event] = serverReceiving(text, options).events;
  if (event?.type !== "request") throw new Error(`no request event: ${JSON.stringify(event)}`);
  return event.request;
}

/** How a server rejects `text`: the violation, and the response on the wire. */
export function refusalOf(text: string, options?: ServerHandshakeOptions): { violation: Violation; answer: string } {
  const { server, events } = serverReceiving(text, options);
  const [event] = events;
  if (event?.type !== "failure" || events.length !== 1) throw new Error(`no refusal: ${JSON.stringify(events)}`);
  if (server.transport !== "end") throw new Error("the transport does not end");
  return { violation: event.violation, answer: textOf(server.takeOutput()) };
}

/** A client whose nonce is `sampleKey`. */
export function client(options: Partial<ClientHandshakeOptions> = {}): ClientHandshake {
  return new ClientHandshake({ url: "ws://server.example.com/chat", random: sampleNonce, ...options });
}

/** The events of a client that receives `text`. */
export function clientReceiving(text: string, options?: Partial<ClientHandshakeOptions>): readonly HandshakeEvent[] {
  return client(options).receive(latin1(text));
}

/** The agreement of a client that receives `text`; throws when it does not open. */
export function agreementIn(text: string, options?: Partial<ClientHandshakeOptions>): Agreement {
  const [event] = clientReceiving(text, options);
  if (event?.type !== "open") throw new Error(`not open: ${JSON.stringify(event)}`);
  return event.agreement;
}

/** The code with which a client fails over `text`; throws when it does not, or sends anything but its request. */
export function clientFailure(text: string, options?: Partial<ClientHandshakeOptions>): string {
  const handshake = client(options);
  handshake.takeOutput();
  const [event] = handshake.receive(latin1(text));
  if (event?.type !== "failure") throw new Error(`no failure: ${JSON.stringify(event)}`);
  if (handshake.transport !== "end" || handshake.outputLength > 0)
    throw new Error("a failed client has more output, or does not end");
  if (event.violation.httpStatus !== undefined) throw new Error("a violation on a client has an HTTP status");
  return event.violation.code;
}

/** An extension that offers `offers`, and accepts offers and answers that pass `accepts`. */
export function negotiating(
  name: string,
  options: {
    rsv?: RsvBits;
    offers?: readonly ExtensionParameters[];
    accepts?: (parameters: ExtensionParameters) => boolean;
  } = {},
): Extension {
  const { rsv = 0, offers = [[]], accepts = () => true } = options;
  const noTransform = (): never => {
    throw new Error("negotiation creates no transform");
  };
  return {
    ...extension(name, rsv, noTransform),
    offers: () => offers,
    answer: (offer) => (accepts(offer) ? offer : undefined),
    checkAnswer: (answer) => (accepts(answer) ? undefined : "It does not please."),
  };
}

/** The start of the second chunk: every index at which `length` bytes can be cut in two. */
export function cutsOf(length: number): number[] {
  return Array.from({ length: length - 1 }, (_, index) => index + 1);
}
