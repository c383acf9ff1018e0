/**
 * The peer's fault, as a value from one closed table: what is wrong, the sentence of the standard that says so, and the
 * answer on the wire. Nothing else decides a Close status code or an HTTP status for a fault.
 */

interface Row {
  readonly message: string;
  readonly section: string;
  /** Of the Close frame, once the connection is open (RFC 6455 §7.4.1). */
  readonly statusCode?: number;
  /** Of the HTTP response, when a server refuses an opening request. */
  readonly httpStatus?: number;
}

const rows = {
  // Heads of HTTP/1.1 (RFC 9112 §2–6, RFC 9110 §5)
  "http/start-line": {
    message: "A start line has a byte that cannot stand there.",
    section: "RFC 9112 §2.2",
    httpStatus: 400,
  },
  "http/method": {
    message: "The method of a request is not a token, or no single space follows it.",
    section: "RFC 9112 §3",
    httpStatus: 400,
  },
  "http/request-target": {
    message:
      "The target of a request is empty, has a byte that cannot stand there, or is not followed by a single space.",
    section: "RFC 9112 §3.2",
    httpStatus: 400,
  },
  "http/version": { message: "The HTTP version is malformed.", section: "RFC 9112 §2.3", httpStatus: 400 },
  "http/version-unsupported": {
    message: "The major version of HTTP is not 1.",
    section: "RFC 9110 §15.6.6",
    httpStatus: 505,
  },
  "http/request-line-too-long": {
    message: "A request line is longer than limits.line allows.",
    section: "RFC 9112 §3",
    httpStatus: 414,
  },
  "http/status-line": { message: "A status line is malformed.", section: "RFC 9112 §4" },
  "http/too-many-empty-lines": {
    message: "Too many empty lines came before the request line.",
    section: "RFC 9112 §2.2",
    httpStatus: 400,
  },
  "http/bare-carriage-return": { message: "A CR is not followed by LF.", section: "RFC 9112 §2.2", httpStatus: 400 },
  "http/bare-line-feed": { message: "A line ends in LF without CR.", section: "RFC 9112 §2.2", httpStatus: 400 },
  "http/white-space-before-fields": {
    message: "White space stands between the start line and the first field.",
    section: "RFC 9112 §2.2",
    httpStatus: 400,
  },
  "http/white-space-before-colon": {
    message: "White space stands between a field name and the colon.",
    section: "RFC 9112 §5.1",
    httpStatus: 400,
  },
  "http/folded-line": {
    message: "A field value is folded over several lines.",
    section: "RFC 9112 §5.2",
    httpStatus: 400,
  },
  "http/colon-missing": { message: "A field line has no colon.", section: "RFC 9112 §5", httpStatus: 400 },
  "http/field-name": { message: "A field name is not a token.", section: "RFC 9110 §5.1", httpStatus: 400 },
  "http/field-value": {
    message: "A field value has a byte that cannot stand there.",
    section: "RFC 9110 §5.5",
    httpStatus: 400,
  },
  "http/line-too-long": {
    message: "A line of a head is longer than limits.line allows.",
    section: "RFC 6585 §5",
    httpStatus: 431,
  },
  "http/too-many-fields": {
    message: "A head has more field lines than limits.fields allows.",
    section: "RFC 6585 §5",
    httpStatus: 431,
  },
  "http/head-too-big": {
    message: "A head is longer than limits.head allows.",
    section: "RFC 6585 §5",
    httpStatus: 431,
  },
  "http/content-length": {
    message: "Content-Length is malformed, or has values that differ.",
    section: "RFC 9112 §6.3",
    httpStatus: 400,
  },
  "http/framing-ambiguous": {
    message: "Content-Length and Transfer-Encoding stand in one head.",
    section: "RFC 9112 §6.1",
    httpStatus: 400,
  },

  // Opening requests (RFC 6455 §4.2.1)
  "opening/method-not-get": {
    message: "The method of an opening request is not GET.",
    section: "RFC 6455 §4.2.1",
    httpStatus: 405,
  },
  "opening/http-version": {
    message: "The HTTP version is below 1.1, which has no Upgrade.",
    section: "RFC 9110 §7.8",
    httpStatus: 505,
  },
  "opening/request-target": {
    message: "The target of an opening request is neither a path nor an absolute URI.",
    section: "RFC 6455 §4.2.1",
    httpStatus: 400,
  },
  "opening/host-missing": {
    message: "An opening request has no Host field.",
    section: "RFC 9112 §3.2",
    httpStatus: 400,
  },
  "opening/host-repeated": {
    message: "An opening request has more than one Host field.",
    section: "RFC 9112 §3.2",
    httpStatus: 400,
  },
  "opening/host-malformed": {
    message: "The Host field of an opening request is malformed.",
    section: "RFC 9112 §3.2",
    httpStatus: 400,
  },
  "opening/body-unexpected": {
    message: "An opening request announces a body.",
    section: "RFC 6455 §4.1",
    httpStatus: 400,
  },
  "opening/upgrade-missing": {
    message: "The Upgrade field of a request does not name websocket.",
    section: "RFC 6455 §4.2.1",
    httpStatus: 426,
  },
  "opening/connection-upgrade-missing": {
    message: "The Connection field has no upgrade token.",
    section: "RFC 6455 §4.1",
    httpStatus: 400,
  },
  "opening/key-missing": {
    message: "An opening request has no Sec-WebSocket-Key.",
    section: "RFC 6455 §4.2.1",
    httpStatus: 400,
  },
  "opening/key-repeated": {
    message: "An opening request has more than one Sec-WebSocket-Key.",
    section: "RFC 6455 §11.3.1",
    httpStatus: 400,
  },
  "opening/key-malformed": {
    message: "Sec-WebSocket-Key is not 16 bytes in base64.",
    section: "RFC 6455 §4.2.1",
    httpStatus: 400,
  },
  "opening/version-missing": {
    message: "An opening request has no Sec-WebSocket-Version.",
    section: "RFC 6455 §4.2.1",
    httpStatus: 400,
  },
  "opening/version-repeated": {
    message: "An opening request has more than one Sec-WebSocket-Version.",
    section: "RFC 6455 §11.3.5",
    httpStatus: 400,
  },
  "opening/version-unsupported": {
    message: "Sec-WebSocket-Version is not 13.",
    section: "RFC 6455 §4.4",
    httpStatus: 426,
  },
  "opening/subprotocols-malformed": {
    message: "Sec-WebSocket-Protocol is not a list of tokens.",
    section: "RFC 6455 §4.3",
    httpStatus: 400,
  },
  "opening/subprotocol-repeated": {
    message: "A subprotocol, or Sec-WebSocket-Protocol in a response, appears more than once.",
    section: "RFC 6455 §11.3.4",
    httpStatus: 400,
  },
  "opening/extensions-malformed": {
    message: "Sec-WebSocket-Extensions does not conform to its grammar.",
    section: "RFC 6455 §9.1",
    httpStatus: 400,
  },
  "opening/origin-repeated": {
    message: "An opening request has more than one Origin field.",
    section: "RFC 6454 §7.3",
    httpStatus: 400,
  },
  "opening/origin-refused": {
    message: "The origin of an opening request is not one of those that may connect.",
    section: "RFC 6455 §4.2.2",
    httpStatus: 403,
  },
  "opening/early-data-too-big": {
    message: "A client sent more before the answer than limits.earlyData allows.",
    section: "RFC 6455 §4.1",
    httpStatus: 400,
  },
  "opening/transport-ended": {
    message: "The transport ended before the opening handshake was complete.",
    section: "RFC 6455 §4.1",
  },

  // Extended CONNECT (RFC 8441, RFC 9220, RFC 9113 §8)
  "opening/method-not-connect": {
    message: "The method of an opening request over HTTP/2 or HTTP/3 is not CONNECT.",
    section: "RFC 8441 §5",
    httpStatus: 405,
  },
  "opening/protocol-unsupported": {
    message: "The :protocol of an Extended CONNECT is not websocket.",
    section: "RFC 9220 §3",
    httpStatus: 501,
  },
  "opening/pseudo-field-missing": {
    message: "A pseudo-header field is missing.",
    section: "RFC 8441 §4",
    httpStatus: 400,
  },
  "opening/pseudo-field-repeated": {
    message: "A pseudo-header field appears more than once.",
    section: "RFC 9113 §8.3",
    httpStatus: 400,
  },
  "opening/pseudo-field-unexpected": {
    message: "A pseudo-header field is unknown here, or comes after an ordinary field.",
    section: "RFC 9113 §8.3",
    httpStatus: 400,
  },
  "opening/field-name-upper-case": {
    message: "A field name over HTTP/2 or HTTP/3 has an upper-case letter.",
    section: "RFC 9113 §8.2.1",
    httpStatus: 400,
  },
  "opening/field-connection-specific": {
    message: "A field that describes a connection came over HTTP/2 or HTTP/3.",
    section: "RFC 9113 §8.2.2",
    httpStatus: 400,
  },
  "opening/scheme": {
    message: "The :scheme of an Extended CONNECT is neither http nor https.",
    section: "RFC 8441 §5",
    httpStatus: 400,
  },
  "opening/path": {
    message: "The :path of an Extended CONNECT is not a path.",
    section: "RFC 9113 §8.3.1",
    httpStatus: 400,
  },
  "opening/authority": {
    message: "The :authority of an Extended CONNECT is malformed, or Host differs from it.",
    section: "RFC 9113 §8.3.1",
    httpStatus: 400,
  },
  "opening/stream-version-unsupported": {
    message: "Sec-WebSocket-Version in an Extended CONNECT is not 13.",
    section: "RFC 6455 §4.4",
    httpStatus: 400,
  },
  "opening/connect-protocol-value": {
    message: "SETTINGS_ENABLE_CONNECT_PROTOCOL is neither 0 nor 1.",
    section: "RFC 8441 §3",
  },
  "opening/connect-protocol-withdrawn": {
    message: "SETTINGS_ENABLE_CONNECT_PROTOCOL went back from 1 to 0.",
    section: "RFC 8441 §3",
  },

  // Opening responses (RFC 6455 §4.1)
  "opening/upgrade-mismatch": {
    message: "The Upgrade field of a 101 response is not websocket alone.",
    section: "RFC 6455 §4.1",
  },
  "opening/accept-missing": { message: "A 101 response has no Sec-WebSocket-Accept.", section: "RFC 6455 §4.1" },
  "opening/accept-repeated": {
    message: "A 101 response has more than one Sec-WebSocket-Accept.",
    section: "RFC 6455 §11.3.3",
  },
  "opening/accept-mismatch": {
    message: "Sec-WebSocket-Accept does not answer the key that was sent.",
    section: "RFC 6455 §4.1",
  },
  "opening/subprotocol-not-offered": {
    message: "The server chose a subprotocol that was not offered.",
    section: "RFC 6455 §4.1",
  },
  "opening/subprotocol-missing": {
    message: "Subprotocols were offered and the server chose none.",
    section: "WebSockets Standard §2",
  },
  "opening/extensions-repeated": {
    message: "A response has more than one Sec-WebSocket-Extensions.",
    section: "RFC 6455 §11.3.2",
  },
  "opening/extension-not-offered": {
    message: "The server agreed to an extension that was not offered.",
    section: "RFC 6455 §4.1",
  },
  "opening/extension-repeated": { message: "The server agreed to one extension twice.", section: "RFC 6455 §9.1" },
  "opening/extension-rsv-conflict": {
    message: "The server agreed to two extensions that own the same RSV bit.",
    section: "RFC 6455 §9.1",
  },
  "opening/extension-unacceptable": {
    message: "The server agreed to an extension with parameters that are not acceptable.",
    section: "RFC 7692 §7.1",
  },
  "opening/too-many-interim-responses": {
    message: "More interim responses came than limits.interimResponses allows.",
    section: "RFC 9110 §15.2",
  },

  // Frames (RFC 6455 §5)
  "frame/rsv-unowned": {
    message: "A frame has a reserved bit set that no agreed extension owns.",
    section: "RFC 6455 §5.2",
    statusCode: 1002,
  },
  "frame/rsv-misplaced": {
    message:
      "A control or continuation frame has a reserved bit set that belongs on the first frame of a message only.",
    section: "RFC 7692 §6.1",
    statusCode: 1002,
  },
  "frame/opcode-reserved": { message: "A frame has a reserved opcode.", section: "RFC 6455 §5.2", statusCode: 1002 },
  "frame/control-fragmented": {
    message: "A control frame is fragmented: its FIN bit is not set.",
    section: "RFC 6455 §5.5",
    statusCode: 1002,
  },
  "frame/control-too-long": {
    message: "A control frame announces a payload of more than 125 bytes.",
    section: "RFC 6455 §5.5",
    statusCode: 1002,
  },
  "frame/continuation-unexpected": {
    message: "A continuation frame came while no message was in progress.",
    section: "RFC 6455 §5.4",
    statusCode: 1002,
  },
  "frame/continuation-expected": {
    message: "A new message began before the fragmented message in progress had ended.",
    section: "RFC 6455 §5.4",
    statusCode: 1002,
  },
  "frame/mask-missing": {
    message: "A client sent a frame that is not masked.",
    section: "RFC 6455 §5.1",
    statusCode: 1002,
  },
  "frame/mask-unexpected": { message: "A server sent a masked frame.", section: "RFC 6455 §5.1", statusCode: 1002 },
  "frame/length-not-minimal": {
    message: "A payload length is encoded in more bytes than it needs.",
    section: "RFC 6455 §5.2",
    statusCode: 1002,
  },
  "frame/length-sign-bit": {
    message: "The most significant bit of a 64-bit payload length is set.",
    section: "RFC 6455 §5.2",
    statusCode: 1002,
  },
  "frame/too-big": {
    message: "A frame announces more payload than limits.frame allows.",
    section: "RFC 6455 §10.4",
    statusCode: 1009,
  },

  // Messages (RFC 6455 §5.4, §5.6, §8.1)
  "message/too-big": {
    message: "A message is larger than limits.message allows.",
    section: "RFC 6455 §10.4",
    statusCode: 1009,
  },
  "message/too-many-fragments": {
    message: "A message has more fragments than limits.fragments allows.",
    section: "RFC 6455 §10.4",
    statusCode: 1008,
  },
  "message/utf8-invalid": {
    message: "A text message has a byte that cannot stand there in UTF-8.",
    section: "RFC 6455 §8.1",
    statusCode: 1007,
  },
  "message/utf8-truncated": {
    message: "A text message ends within a UTF-8 sequence.",
    section: "RFC 6455 §8.1",
    statusCode: 1007,
  },

  // Closing (RFC 6455 §5.5.1, §7.4)
  "close/payload-truncated": {
    message: "A Close frame has a payload of one byte: half a status code.",
    section: "RFC 6455 §5.5.1",
    statusCode: 1002,
  },
  "close/status-code": {
    message: "A Close frame has a status code that must not be sent.",
    section: "RFC 6455 §7.4",
    statusCode: 1002,
  },
  "close/reason-utf8": {
    message: "The reason in a Close frame is not UTF-8.",
    section: "RFC 6455 §5.5.1",
    statusCode: 1007,
  },

  // Extensions (RFC 6455 §9, RFC 7692 §7.2.2)
  "extension/data-malformed": {
    message: "The payload of a message does not decode under the agreed extension.",
    section: "RFC 7692 §7.2.2",
    statusCode: 1007,
  },
  "extension/data-truncated": {
    message: "The payload of a message ends too early to decode under the agreed extension.",
    section: "RFC 7692 §7.2.2",
    statusCode: 1007,
  },

  // Time, which the caller passes in
  "deadline/opening": {
    message: "The opening handshake was not completed in time.",
    section: "RFC 9110 §15.5.9",
    httpStatus: 408,
  },
  "deadline/pong": {
    message: "No Pong came in time to the Ping that was sent.",
    section: "RFC 6455 §5.5.3",
    statusCode: 1011,
  },
  "deadline/stalled": {
    message: "The peer took nothing of what was sent to it for too long.",
    section: "RFC 6455 §7.4.1",
    statusCode: 1008,
  },
  "deadline/control-flood": {
    message: "More control frames came within the window than limits.controlFrames allows.",
    section: "RFC 6455 §10.4",
    statusCode: 1008,
  },
} as const;

/** Names the rule that the peer broke; each has a heading in docs/reference/errors.md. */
export type ViolationCode = keyof typeof rows;

/** The peer broke a rule. */
export interface Violation {
  readonly code: ViolationCode;
  /** One sentence. */
  readonly message: string;
  /** For example `RFC 6455 §5.2`. */
  readonly section: string;
  /** Of the Close frame that answered; undefined in the opening handshake, where there is none (RFC 6455 §7.1.7). */
  readonly statusCode: number | undefined;
  /** Of the HTTP response that answered; undefined after the opening handshake, and for a client. */
  readonly httpStatus: number | undefined;
  /** Bytes received before the offending one. */
  readonly offset: number;
}

/** The whole table, for documentation and for tools. */
export const violationTable: Readonly<Record<ViolationCode, Row>> = rows;

/** The violation `code` at `offset`, with all that the table says of it; `detail`, a sentence, is added to the message. */
export function violation(code: ViolationCode, offset: number, detail?: string): Violation {
  const row: Row = rows[code];
  const message = detail === undefined ? row.message : `${row.message} ${detail}`;
  return { code, message, section: row.section, statusCode: row.statusCode, httpStatus: row.httpStatus, offset };
}

/** As `violation`, by a server: nothing on the wire answers it, so it has no HTTP status either (RFC 6455 §7.1.7). */
export function violationByServer(code: ViolationCode, offset: number, detail?: string): Violation {
  return { ...violation(code, offset, detail), httpStatus: undefined };
}
