/** Opening handshakes from text, and helpers for their outcome. */
import { latin1Bytes, latin1Text, sampleRandom } from "@hybi/testing/wire";
import type { ClientHandshakeOptions } from "../../src/config/client-config.ts";
import type { ServerHandshakeOptions } from "../../src/config/server-config.ts";
import type { HandshakeEvent } from "../../src/events.ts";
import { ClientHandshake } from "../../src/opening/client-handshake.ts";
import type { OpeningRequest } from "../../src/opening/request.ts";
import { ServerHandshake } from "../../src/opening/server-handshake.ts";
import type { Agreement } from "../../src/vocabulary/agreement.ts";
import type { Extension, ExtensionParameters, RsvBits } from "../../src/vocabulary/extension.ts";
import type { Violation } from "../../src/vocabulary/violation.ts";
import { extension } from "./extensions.ts";

/** A server that has received `text`, and its events. */
export function serverReceiving(
  text: string,
  options: ServerHandshakeOptions = {},
): { server: ServerHandshake; events: readonly HandshakeEvent[] } {
  const server = new ServerHandshake(options);
  return { server, events: server.receive(latin1Bytes(text)) };
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
  if (server.transportAction !== "end") throw new Error("the transport does not end");
  return { violation: event.violation, answer: latin1Text(server.takeOutput()) };
}

/** A client whose key is `sampleKey`. */
export function client(options: Partial<ClientHandshakeOptions> = {}): ClientHandshake {
  return new ClientHandshake({ url: "ws://server.example.com/chat", random: sampleRandom(), ...options });
}

/** The events of a client that receives `text`. */
export function clientReceiving(text: string, options?: Partial<ClientHandshakeOptions>): readonly HandshakeEvent[] {
  return client(options).receive(latin1Bytes(text));
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
  const [event] = handshake.receive(latin1Bytes(text));
  if (event?.type !== "failure") throw new Error(`no failure: ${JSON.stringify(event)}`);
  if (handshake.transportAction !== "end" || handshake.outputLength > 0)
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
