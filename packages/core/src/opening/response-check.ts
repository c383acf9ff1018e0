/** The client's check of the server's response (RFC 6455 §4.1, "validate the server's response"). */
import { equalsIgnoringCase } from "../bytes/ascii.ts";
import { fieldValues } from "../http/fields.ts";
import { parseTokenList } from "../http/grammar.ts";
import type { ResponseHead } from "../http/head.ts";
import { type ResponseViolationCode, responseViolation, type Violation } from "../vocabulary/violation.ts";
import type { SentOpening } from "./client-request.ts";
import { parseExtensions } from "./extension-header.ts";
import { type ClientAgreement, keptResponse } from "./kept-response.ts";
import { acceptValue, type Sha1 } from "./key.ts";
import { checkExtensionAnswers } from "./negotiation.ts";

/** Result of the check of a response. A rejection is a regular HTTP response, not a violation (RFC 6455 §4.1 step 1). */
export type OpeningResponseCheck =
  | { readonly type: "agreement"; readonly agreement: ClientAgreement }
  | { readonly type: "rejection" }
  | { readonly type: "violation"; readonly violation: Violation };

/**
 * Checks the final response to an opening request over HTTP/1.1, for a client whose HTTP layer parses the head. `offset` is
 * the end of the head, for `Violation.offset`.
 */
export function checkOpeningResponse(
  head: ResponseHead,
  sent: SentOpening,
  offset = 0,
  sha1?: Sha1,
): OpeningResponseCheck {
  // Step 1: a status other than 101 is handled as an ordinary HTTP response.
  return head.status === 101 ? checkUpgrade(head, sent, offset, sha1) : { type: "rejection" };
}

/** Result of the check of a response that switches protocols, which cannot be a rejection. */
export type UpgradeCheck = Exclude<OpeningResponseCheck, { type: "rejection" }>;

/** Checks a 101 response. */
export function checkUpgrade(
  head: ResponseHead,
  sent: SentOpening,
  offset: number,
  sha1: Sha1 | undefined,
): UpgradeCheck {
  const code = checkUpgradeFields(head, sent.key, sha1);
  if (code !== undefined) return { type: "violation", violation: responseViolation(code, offset) };
  return checkTerms(head, sent, offset);
}

/** Steps 2 to 4: the fields that prove that the server read the request and supports the protocol. */
function checkUpgradeFields(
  head: ResponseHead,
  key: string | undefined,
  sha1: Sha1 | undefined,
): ResponseViolationCode | undefined {
  // RFC 9110 §7.8: HTTP/1.0 does not support Upgrade.
  if (head.minorVersion < 1) return "opening/http-version";
  const { fields } = head;
  const upgrade = fieldValues(fields, "upgrade");
  if (upgrade.length !== 1 || !equalsIgnoringCase(upgrade[0] as string, "websocket")) return "opening/upgrade-mismatch";
  const options = parseTokenList(fieldValues(fields, "connection"));
  if (!options?.some((option) => equalsIgnoringCase(option, "upgrade"))) return "opening/connection-upgrade-missing";
  const accept = fieldValues(fields, "sec-websocket-accept");
  if (accept.length === 0) return "opening/accept-missing";
  // RFC 6455 §11.3.3: MUST NOT appear more than once.
  if (accept.length > 1) return "opening/accept-repeated";
  // Without a key, the request was not an Upgrade (RFC 8441 §5).
  return key !== undefined && accept[0] === acceptValue(key, sha1) ? undefined : "opening/accept-mismatch";
}

/** Steps 5 and 6, also used for an Extended CONNECT (RFC 8441 §5): checks that the server chose only what was offered. */
export function checkTerms(head: ResponseHead, sent: SentOpening, offset: number): UpgradeCheck {
  const { fields } = head;
  const subprotocols = fieldValues(fields, "sec-websocket-protocol");
  const subprotocol = sent.subprotocols.find((offered) => offered === subprotocols[0]);
  const code = checkSubprotocol(subprotocols, subprotocol, sent);
  if (code !== undefined) {
    const offered = sent.subprotocols.join(", ");
    const detail = offered === "" ? undefined : `Offered: ${offered}.`;
    return { type: "violation", violation: responseViolation(code, offset, detail) };
  }

  const lines = fieldValues(fields, "sec-websocket-extensions");
  // RFC 6455 §11.3.2: MUST NOT appear more than once in a response.
  if (lines.length > 1)
    return { type: "violation", violation: responseViolation("opening/extensions-repeated", offset) };
  const extensions = lines.length === 0 ? [] : parseExtensions(lines);
  // RFC 6455 §9.1: a value that does not conform to the grammar fails the connection.
  if (extensions === undefined)
    return { type: "violation", violation: responseViolation("opening/extensions-malformed", offset) };
  const fault = checkExtensionAnswers(extensions, sent.extensions);
  if (fault !== undefined) return { type: "violation", violation: responseViolation(fault.code, offset, fault.detail) };

  const response = keptResponse(head);
  return { type: "agreement", agreement: { role: "client", subprotocol, extensions, tolerated: [], response } };
}

/** Checks Sec-WebSocket-Protocol-Server = token (RFC 6455 §4.3), which must be one of the offered subprotocols. */
function checkSubprotocol(
  received: readonly string[],
  agreed: string | undefined,
  sent: SentOpening,
): ResponseViolationCode | undefined {
  // RFC 6455 §11.3.4: MUST NOT appear more than once in a response.
  if (received.length > 1) return "opening/subprotocol-repeated";
  if (received.length === 1) return agreed === undefined ? "opening/subprotocol-not-offered" : undefined;
  // RFC 6455 §4.1 step 6 allows a missing subprotocol; WHATWG WebSockets ("obtain a WebSocket connection") does not.
  return sent.requireSubprotocol && sent.subprotocols.length > 0 ? "opening/subprotocol-missing" : undefined;
}
