/** The server's response that accepts an opening request (RFC 6455 §4.2.2 step 5), and the resulting agreement. */

import { checkOptions, type OptionChecks, takes } from "../checks/option-checks.ts";
import { UsageError } from "../checks/usage-error.ts";
import type { FieldLine, Fields } from "../http/fields.ts";
import type { ResponseHead } from "../http/head.ts";
import { encodeResponseHead } from "../http/head-encoder.ts";
import { answerAliases } from "../sentences/loaded.ts";
import { type Agreement, plainAgreement } from "../vocabulary/agreement.ts";
import { type Extension, extensionsCheck } from "../vocabulary/extension.ts";
import { formatExtensions } from "./extension-header.ts";
import { acceptValue, type Sha1 } from "./key.ts";
import { selectExtensions } from "./negotiation.ts";
import type { OpeningRequest } from "./request.ts";
import { assertApplicationFields } from "./reserved-fields.ts";

/** Options for accepting an opening request. All are optional. */
export interface OpeningAnswer {
  /** One of `request.subprotocols`. Defaults to none, which is valid (RFC 6455 §4.2.2). */
  readonly subprotocol?: string | undefined;
  /** The extensions that the server supports. The client's offers determine which of them are used. */
  readonly extensions?: readonly Extension[] | undefined;
  /** Additional fields, such as Set-Cookie. */
  readonly fields?: Fields | undefined;
}

/** The checks of `OpeningAnswer`. */
export const answerChecks: OptionChecks<OpeningAnswer> = {
  subprotocol: takes.text,
  extensions: extensionsCheck,
  fields: takes.fields,
};

/** A response ready to send, and the agreement that it establishes. */
export interface AcceptedOpening {
  readonly head: ResponseHead;
  readonly agreement: Agreement;
}

/**
 * Returns the 101 response that accepts `request`, and the resulting agreement (RFC 6455 §4.2.2 step 5).
 *
 * @throws UsageError `opening/bootstrap` for an Extended CONNECT, `opening/subprotocol-not-offered`,
 * `opening/field-reserved`, or `http/…` for an invalid field
 */
export function answerOpeningRequest(
  request: OpeningRequest,
  answer: OpeningAnswer = {},
  sha1?: Sha1,
): AcceptedOpening {
  if (request.key === undefined) throw new UsageError("opening/bootstrap");
  const agreement = agree(request, answer);
  return { head: answerHead(acceptValue(request.key, sha1), agreement, answer), agreement };
}

function answerHead(accept: string, agreement: Agreement, answer: OpeningAnswer): ResponseHead {
  return acceptedHead([["Sec-WebSocket-Accept", accept], ...agreedFields(agreement), ...(answer.fields ?? [])]);
}

function acceptedHead(others: Fields): ResponseHead {
  // No Content-Length (RFC 9110 §8.6) and no Transfer-Encoding (RFC 9112 §6.1): the head is followed by frames.
  const fields: Fields = [["Upgrade", "websocket"], ["Connection", "Upgrade"], ...others];
  return { status: 101, reasonPhrase: "Switching Protocols", minorVersion: 1, fields };
}

const noFields: Fields = [];

/** Shared by the connections that agreed on nothing in particular, which are most. */
const usualAgreement: Agreement = Object.freeze(plainAgreement("server"));

const acceptLength = 28;

/** Template of the usual response. Only the value of Sec-WebSocket-Accept varies; it is at the end. */
const usualResponse: Uint8Array = encodeResponseHead(
  acceptedHead([["Sec-WebSocket-Accept", "*".repeat(acceptLength)]]),
);
const acceptEnd = usualResponse.length - 4;

/**
 * Encodes the response that accepts a request with `key` and `answer`, which led to `agreement`. Nearly all responses have no
 * additional fields; these are copied from a template, at an eighth of the cost of encoding (bench/micro/opening.ts).
 */
export function encodeAnswer(key: string, agreement: Agreement, answer: OpeningAnswer, sha1?: Sha1): Uint8Array {
  const accept = acceptValue(key, sha1);
  const isUsual = agreement.subprotocol === undefined && agreement.extensions.length === 0;
  if (!isUsual || (answer.fields ?? noFields).length > 0 || accept.length !== acceptLength) {
    return encodeResponseHead(answerHead(accept, agreement, answer));
  }
  const bytes = usualResponse.slice();
  for (let at = 0; at < acceptLength; at++) bytes[acceptEnd - acceptLength + at] = accept.charCodeAt(at);
  return bytes;
}

/** Returns the agreement that results from accepting `request` with `answer`. @throws UsageError when they do not match */
export function agree(request: OpeningRequest, answer: OpeningAnswer): Agreement {
  checkOptions("an answer", answer, answerChecks, answerAliases);
  const { subprotocol } = answer;
  // RFC 6455 §4.2.2 step 4: the value MUST be one of those offered by the client, octet for octet.
  if (subprotocol !== undefined && !request.subprotocols.includes(subprotocol)) {
    throw new UsageError("opening/subprotocol-not-offered", `It was ${JSON.stringify(subprotocol)}.`);
  }
  if (answer.fields !== undefined) assertApplicationFields(answer.fields);
  const extensions = selectExtensions(request.extensionOffers, answer.extensions ?? []);
  const { tolerated } = request;
  const isUsual = subprotocol === undefined && extensions.length === 0 && tolerated.length === 0;
  return isUsual ? usualAgreement : { role: "server", subprotocol, extensions, tolerated };
}

/** Returns the fields that announce the agreement to the client. A field without a value is omitted, not sent empty. */
export function agreedFields({ subprotocol, extensions }: Agreement): FieldLine[] {
  const fields: FieldLine[] = [];
  if (subprotocol !== undefined) fields.push(["Sec-WebSocket-Protocol", subprotocol]);
  if (extensions.length > 0) fields.push(["Sec-WebSocket-Extensions", formatExtensions(extensions)]);
  return fields;
}
