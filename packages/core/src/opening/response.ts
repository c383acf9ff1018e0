/** The server's opening handshake (RFC 6455 §4.2.2 step 5): a request is accepted, and what was agreed on. */
import { type Extension, extensionsCheck } from "../extension.ts";
import type { FieldLine, Fields } from "../http/fields.ts";
import type { ResponseHead } from "../http/head.ts";
import { encodeResponseHead } from "../http/head-encoder.ts";
import { checkOptions, type OptionAliases, type OptionChecks, takes } from "../options.ts";
import { UsageError } from "../usage-error.ts";
import type { AgreedExtension, Agreement } from "./agreement.ts";
import { formatExtensions } from "./extension-header.ts";
import { acceptValue, type Sha1 } from "./key.ts";
import { selectExtensions } from "./negotiation.ts";
import type { OpeningRequest } from "./request.ts";
import { assertApplicationFields } from "./reserved-fields.ts";

/** With what to accept an opening request. Everything may be left out. */
export interface OpeningAnswer {
  /** One of `request.subprotocols`; none when left out, which is legal (RFC 6455 §4.2.2). */
  readonly subprotocol?: string | undefined;
  /** The extensions that the server is ready to use. Which of them are agreed depends on the offers. */
  readonly extensions?: readonly Extension[] | undefined;
  /** Fields of the application's own, such as Set-Cookie. */
  readonly fields?: Fields | undefined;
}

/** The checks of an answer. */
export const answerChecks: OptionChecks<OpeningAnswer> = {
  subprotocol: takes.text,
  extensions: extensionsCheck,
  fields: takes.fields,
};

/** What other implementations call them, and the parts of a rejection. */
export const answerAliases: OptionAliases = {
  headers: "fields",
  protocol: "subprotocol",
  protocols: "subprotocol",
  subprotocols: "subprotocol",
  statuscode: "status",
  code: "status",
  reason: "reasonPhrase",
};

/** An answer, ready to be written, and what it agrees on. */
export interface AcceptedOpening {
  readonly head: ResponseHead;
  readonly agreement: Agreement;
}

/**
 * The 101 response that accepts `request`, and the agreement that it seals (RFC 6455 §4.2.2 step 5).
 *
 * Throws `opening/subprotocol-not-offered`, `opening/field-reserved`, or `http/…` for a field that cannot be sent.
 */
export function answerOpeningRequest(
  request: OpeningRequest,
  answer: OpeningAnswer = {},
  sha1?: Sha1,
): AcceptedOpening {
  if (request.key === undefined) throw new UsageError("opening/bootstrap");
  const agreement = agree(request, answer);
  const head = acceptedHead([
    ["Sec-WebSocket-Accept", acceptValue(request.key, sha1)],
    ...agreedFields(agreement),
    ...(answer.fields ?? []),
  ]);
  return { head, agreement };
}

function acceptedHead(others: Fields): ResponseHead {
  // RFC 9110 §8.6: no Content-Length here, nor a Transfer-Encoding (RFC 9112 §6.1). What follows the head are frames.
  const fields: Fields = [["Upgrade", "websocket"], ["Connection", "Upgrade"], ...others];
  return { status: 101, reasonPhrase: "Switching Protocols", minorVersion: 1, fields };
}

const acceptLength = 28;

/** The usual response, in which only the value of Sec-WebSocket-Accept differs; it stands at the end. */
const usualResponse: Uint8Array = encodeResponseHead(
  acceptedHead([["Sec-WebSocket-Accept", "*".repeat(acceptLength)]]),
);
const acceptEnd = usualResponse.length - 4;

/**
 * The bytes of a head that `answerOpeningRequest` answered. One that agrees on nothing, as nearly all do, is copied: an eighth
 * of what writing it costs (bench/micro/opening.ts).
 */
export function encodeAcceptedHead(head: ResponseHead): Uint8Array {
  const accept = head.fields[2]![1];
  if (head.fields.length > 3 || accept.length !== acceptLength) return encodeResponseHead(head);
  const bytes = usualResponse.slice();
  for (let at = 0; at < acceptLength; at++) bytes[acceptEnd - acceptLength + at] = accept.charCodeAt(at);
  return bytes;
}

/** What accepting `request` with `answer` agrees on. Throws when the answer is not the request's. */
export function agree(request: OpeningRequest, answer: OpeningAnswer): Agreement {
  checkOptions("an answer", answer, answerChecks, answerAliases);
  const { subprotocol } = answer;
  // RFC 6455 §4.2.2 step 4: the value MUST be one of the client's, octet for octet.
  if (subprotocol !== undefined && !request.subprotocols.includes(subprotocol)) {
    throw new UsageError("opening/subprotocol-not-offered", `It was ${JSON.stringify(subprotocol)}.`);
  }
  if (answer.fields !== undefined) assertApplicationFields(answer.fields);
  const extensions: AgreedExtension[] = selectExtensions(request.extensionOffers, answer.extensions ?? []);
  return { role: "server", subprotocol, extensions, tolerated: request.tolerated };
}

/** The fields that tell the client what was agreed on; a field for nothing is left out, not sent empty. */
export function agreedFields({ subprotocol, extensions }: Agreement): FieldLine[] {
  const fields: FieldLine[] = [];
  if (subprotocol !== undefined) fields.push(["Sec-WebSocket-Protocol", subprotocol]);
  if (extensions.length > 0) fields.push(["Sec-WebSocket-Extensions", formatExtensions(extensions)]);
  return fields;
}
