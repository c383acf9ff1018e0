/** Errors with the codes of `ws`, made of hybi's violations, which they carry beside them. */
import type { Violation, ViolationCode } from "@hybi/core";

/** What `error` events carry beside a message. */
export interface ViolationError extends Error {
  /** The code of `ws`, such as `WS_ERR_INVALID_OPCODE`; that of the violation where `ws` has none. */
  code: string;
  /** The rule that the peer broke, with its section and the place in the stream. */
  violation: Violation;
}

interface Row {
  readonly code: string;
  readonly Kind?: new (message: string) => Error;
  /** In place of the sentence of the violation: programs compare it. */
  readonly message?: string;
}

/** A row of an error in a frame. */
function frameRow(code: string, what: string, Kind: Row["Kind"] = RangeError): Row {
  return { code, Kind, message: `Invalid WebSocket frame: ${what}` };
}

const tooBig: Row = {
  code: "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH",
  Kind: RangeError,
  message: "Max payload size exceeded",
};
const invalidText = frameRow("WS_ERR_INVALID_UTF8", "invalid UTF-8 sequence", Error);
const unexpectedRsv1 = frameRow("WS_ERR_UNEXPECTED_RSV_1", "RSV1 must be clear");

const rows: { readonly [Code in ViolationCode]?: Row } = {
  "frame/rsv-misplaced": unexpectedRsv1,
  "frame/control-fragmented": frameRow("WS_ERR_EXPECTED_FIN", "FIN must be set"),
  "frame/control-too-long": frameRow("WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH", "invalid payload length"),
  "frame/continuation-unexpected": frameRow("WS_ERR_INVALID_OPCODE", "invalid opcode 0"),
  "frame/continuation-expected": frameRow("WS_ERR_INVALID_OPCODE", "invalid opcode"),
  "frame/mask-missing": frameRow("WS_ERR_EXPECTED_MASK", "MASK must be set"),
  "frame/mask-unexpected": frameRow("WS_ERR_UNEXPECTED_MASK", "MASK must be clear"),
  "frame/length-sign-bit": {
    code: "WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH",
    Kind: RangeError,
    message: "Unsupported WebSocket frame: payload length > 2^53 - 1",
  },
  "frame/too-big": tooBig,
  "message/too-big": tooBig,
  "message/encoded-too-big": tooBig,
  "message/too-many-fragments": {
    code: "WS_ERR_TOO_MANY_BUFFERED_PARTS",
    Kind: RangeError,
    message: "Too many message fragments",
  },
  "message/utf8-invalid": invalidText,
  "message/utf8-truncated": invalidText,
  "close/payload-truncated": frameRow("WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH", "invalid payload length 1"),
  "close/status-code": frameRow("WS_ERR_INVALID_CLOSE_CODE", "invalid status code"),
  "close/reason-utf8": invalidText,
  "extension/data-malformed": { code: "Z_DATA_ERROR" },
  "extension/data-truncated": { code: "Z_BUF_ERROR" },
};

/** The rows that depend on the bits of the first byte. */
function rowOf({ code, firstByte = 0 }: Violation): Row | undefined {
  if (code === "frame/rsv-unowned") {
    const isOther = (firstByte & 0x30) !== 0;
    return isOther ? frameRow("WS_ERR_UNEXPECTED_RSV_2_3", "RSV2 and RSV3 must be clear") : unexpectedRsv1;
  }
  if (code === "frame/opcode-reserved") return frameRow("WS_ERR_INVALID_OPCODE", `invalid opcode ${firstByte & 0x0f}`);
  return rows[code];
}

/** Returns the error of a connection that failed because of `violation`. */
export function violationError(violation: Violation): ViolationError {
  const row = rowOf(violation);
  const { Kind = Error, message = `Invalid WebSocket frame: ${violation.message}` } = row ?? {};
  return Object.assign(new Kind(message), { code: row?.code ?? violation.code, violation });
}

/** Sentences of `ws` for what is wrong with an opening message. Programs compare them. */
const openingSentences: { readonly [Code in ViolationCode]?: string } = {
  "opening/method-not-get": "Invalid HTTP method",
  "opening/upgrade-missing": "Invalid Upgrade header",
  "opening/upgrade-mismatch": "Invalid Upgrade header",
  "opening/key-missing": "Missing or invalid Sec-WebSocket-Key header",
  "opening/key-malformed": "Missing or invalid Sec-WebSocket-Key header",
  "opening/key-repeated": "Missing or invalid Sec-WebSocket-Key header",
  "opening/version-missing": "Missing or invalid Sec-WebSocket-Version header",
  "opening/version-repeated": "Missing or invalid Sec-WebSocket-Version header",
  "opening/version-unsupported": "Missing or invalid Sec-WebSocket-Version header",
  "opening/subprotocols-malformed": "Invalid Sec-WebSocket-Protocol header",
  "opening/subprotocol-missing": "Server sent no subprotocol",
  "opening/accept-missing": "Invalid Sec-WebSocket-Accept header",
  "opening/accept-repeated": "Invalid Sec-WebSocket-Accept header",
  "opening/accept-mismatch": "Invalid Sec-WebSocket-Accept header",
  "opening/extensions-malformed": "Invalid Sec-WebSocket-Extensions header",
  "opening/extensions-repeated": "Invalid Sec-WebSocket-Extensions header",
  "opening/extension-unacceptable": "Invalid Sec-WebSocket-Extensions header",
};

/** Returns the error of an opening handshake that failed because of `violation`. */
export function openingError(violation: Violation, message: string | undefined = undefined): ViolationError {
  const sentence = message ?? openingSentences[violation.code] ?? violation.message;
  return Object.assign(new Error(sentence), { code: violation.code, violation });
}
