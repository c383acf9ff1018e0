/** The client side of an Extended CONNECT (RFC 8441 §3–5, RFC 9220 §3): the setting, the request and the response. */

import { UsageError } from "../../checks/usage-error.ts";
import type { Fields } from "../../http/fields.ts";
import { type StreamViolationCode, streamResponseViolation } from "../../vocabulary/violation.ts";
import { checkClientOptions, type OpeningOptions, prepareOpening, type SentOpening } from "../client-request.ts";
import { checkTerms, type OpeningResponseCheck } from "../response-check.ts";
import { readPseudoFields } from "./pseudo-fields.ts";
import { lowerCase } from "./server.ts";

/** The identifier of SETTINGS_ENABLE_CONNECT_PROTOCOL, in both HTTP/2 (RFC 8441 §9.1) and HTTP/3 (RFC 9220 §5). */
export const connectProtocolSetting = 0x08;

/**
 * Checks the value `received` of SETTINGS_ENABLE_CONNECT_PROTOCOL, and returns its violation or undefined. `previous` is the
 * last value received before, or undefined if there was none.
 */
export function checkConnectProtocolSetting(
  previous: number | undefined,
  received: number,
): Extract<StreamViolationCode, `opening/connect-protocol-${string}`> | undefined {
  // RFC 8441 §3: the value MUST be 0 or 1.
  if (received !== 0 && received !== 1) return "opening/connect-protocol-value";
  // RFC 8441 §3: a sender MUST NOT send 0 after it sent 1.
  return previous === 1 && received === 0 ? "opening/connect-protocol-withdrawn" : undefined;
}

/** The field list of the request, and the data needed to check the response. */
export interface ExtendedConnectOpening {
  readonly fields: Fields;
  readonly sent: SentOpening;
}

/**
 * Builds the Extended CONNECT that opens a WebSocket connection. `setting` is the server's value of
 * SETTINGS_ENABLE_CONNECT_PROTOCOL, or undefined while its SETTINGS have not arrived.
 *
 * @throws UsageError `opening/extended-connect-not-enabled` unless `setting` is 1, and for options as `ClientHandshake`
 */
export function openExtendedConnect(options: OpeningOptions, setting: number | undefined): ExtendedConnectOpening {
  checkClientOptions(options);
  // RFC 8441 §3: a client MAY use it once it has received the value 1. RFC 9220 §3: it must not assume support before.
  if (setting !== 1) throw new UsageError("opening/extended-connect-not-enabled");
  const prepared = prepareOpening(options);
  const fields: Fields = [
    [":method", "CONNECT"],
    [":protocol", "websocket"],
    // RFC 8441 §5: https for wss, http for ws.
    [":scheme", prepared.secure ? "https" : "http"],
    [":path", prepared.resourceName],
    [":authority", prepared.authority],
    ...lowerCase(prepared.fields),
  ];
  return { fields, sent: { ...prepared, key: undefined } };
}

/** Checks the field list of the final response, including `:status`. The HTTP layer handles interim responses. */
export function checkExtendedConnectResponse(list: Fields, sent: SentOpening): OpeningResponseCheck {
  const read = readPseudoFields(list, [":status"]);
  if (typeof read === "string") return { type: "violation", violation: streamResponseViolation(read, 0) };
  const status = read.pseudo.get(":status");
  // RFC 9113 §8.3.2: exactly one :status.
  if (status === undefined)
    return { type: "violation", violation: streamResponseViolation("opening/pseudo-field-missing", 0) };
  // RFC 9110 §9.3.6: any 2xx means that CONNECT succeeded. Sec-WebSocket-Accept is ignored (RFC 8441 §5).
  if (!/^2[0-9][0-9]$/.test(status)) return { type: "rejection" };
  // Neither HTTP/2 nor HTTP/3 has a reason phrase (RFC 9113 §8.3.2).
  return checkTerms({ status: Number(status), reasonPhrase: "", minorVersion: 0, fields: read.fields }, sent, 0);
}
