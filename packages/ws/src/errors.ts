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

const tooBig: Row = {
  code: "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH",
  Kind: RangeError,
  message: "Max payload size exceeded",
};
const invalidText: Row = { code: "WS_ERR_INVALID_UTF8" };
const invalidOpcode: Row = { code: "WS_ERR_INVALID_OPCODE", Kind: RangeError };

const rows: { readonly [Code in ViolationCode]?: Row } = {
  "frame/rsv-misplaced": { code: "WS_ERR_UNEXPECTED_RSV_1", Kind: RangeError },
  "frame/rsv-unowned": { code: "WS_ERR_UNEXPECTED_RSV_2_3", Kind: RangeError },
  "frame/opcode-reserved": invalidOpcode,
  "frame/control-fragmented": { code: "WS_ERR_EXPECTED_FIN", Kind: RangeError },
  "frame/control-too-long": { code: "WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH", Kind: RangeError },
  "frame/continuation-unexpected": invalidOpcode,
  "frame/continuation-expected": invalidOpcode,
  "frame/mask-missing": { code: "WS_ERR_EXPECTED_MASK", Kind: RangeError },
  "frame/mask-unexpected": { code: "WS_ERR_UNEXPECTED_MASK", Kind: RangeError },
  "frame/length-sign-bit": { code: "WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH", Kind: RangeError },
  "frame/too-big": tooBig,
  "message/too-big": tooBig,
  "message/encoded-too-big": tooBig,
  "message/too-many-fragments": { code: "WS_ERR_TOO_MANY_BUFFERED_PARTS", Kind: RangeError },
  "message/utf8-invalid": invalidText,
  "message/utf8-truncated": invalidText,
  "close/payload-truncated": { code: "WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH", Kind: RangeError },
  "close/status-code": { code: "WS_ERR_INVALID_CLOSE_CODE", Kind: RangeError },
  "close/reason-utf8": invalidText,
  "extension/data-malformed": { code: "Z_DATA_ERROR" },
  "extension/data-truncated": { code: "Z_BUF_ERROR" },
};

/**
 * Returns the error of a connection that failed because of `violation`. Which bit it was is not said: without permessage-deflate, which
 * owns RSV1, it is nearly always the one of a compressed message.
 */
export function violationError(violation: Violation, ownsRsv1: boolean): ViolationError {
  const isRsv1 = violation.code === "frame/rsv-unowned" && !ownsRsv1;
  const row = isRsv1 ? rows["frame/rsv-misplaced"] : rows[violation.code];
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
