/**
 * Violations by the peer, as values from one closed table: what is wrong, the section of the standard that says so, and
 * the response on the wire. Nothing else decides the Close status code or the HTTP status of a violation.
 */

/** A row of the table of violations. */
interface ViolationRow {
  readonly message: string;
  readonly section: string;
  /** Status code of the Close frame, once the connection is open (RFC 6455 §7.4.1). */
  readonly statusCode?: number;
  /** Status of the HTTP response, when a server rejects an opening request. */
  readonly httpStatus?: number;
}

/**
 * The response on the wire, the section, and the message. The response is an HTTP status (below 1000) or the status code
 * of the Close frame; null if there is none: the transport is dropped, or the violation is a server's, and a client sends no
 * response.
 */
type Row = readonly [response: number | null, section: string, message: string];

// biome-ignore format: a table is read by its lines
const rows = {
  // A head of HTTP/1.1: RFC 9112 §2–6, RFC 9110 §5.
  "http/start-line": [400, "RFC 9112 §2.2", "A start line has a byte that is not allowed there."],
  "http/method": [400, "RFC 9112 §3", "The method of a request is not a token, or is not followed by a single space."],
  "http/request-target": [400, "RFC 9112 §3.2", "The target of a request is empty, has a byte that is not allowed there, or is not followed by a single space."],
  "http/version": [400, "RFC 9112 §2.3", "The HTTP version is malformed."],
  "http/version-unsupported": [505, "RFC 9110 §15.6.6", "The major version of HTTP is not 1."],
  "http/request-line-too-long": [414, "RFC 9112 §3", "A request line is longer than limits.line allows."],
  "http/status-line": [null, "RFC 9112 §4", "A status line is malformed."],
  "http/too-many-empty-lines": [400, "RFC 9112 §2.2", "Too many empty lines precede the request line."],
  "http/bare-carriage-return": [400, "RFC 9112 §2.2", "A CR is not followed by LF."],
  "http/bare-line-feed": [400, "RFC 9112 §2.2", "A line ends in LF without CR."],
  "http/white-space-before-fields": [400, "RFC 9112 §2.2", "There is white space between the start line and the first field."],
  "http/white-space-before-colon": [400, "RFC 9112 §5.1", "There is white space between a field name and the colon."],
  "http/folded-line": [400, "RFC 9112 §5.2", "A field value is folded over several lines."],
  "http/colon-missing": [400, "RFC 9112 §5", "A field line has no colon."],
  "http/field-name": [400, "RFC 9110 §5.1", "A field name is not a token."],
  "http/field-value": [400, "RFC 9110 §5.5", "A field value has a byte that is not allowed there."],
  "http/line-too-long": [431, "RFC 6585 §5", "A line of a head is longer than limits.line allows."],
  "http/too-many-fields": [431, "RFC 6585 §5", "A head has more field lines than limits.fields allows."],
  "http/head-too-big": [431, "RFC 6585 §5", "A head is longer than limits.head allows."],
  "http/content-length": [400, "RFC 9112 §6.3", "Content-Length is malformed, or has several different values."],
  "http/framing-ambiguous": [400, "RFC 9112 §6.1", "A head has both Content-Length and Transfer-Encoding."],

  // Opening requests (RFC 6455 §4.2.1)
  "opening/method-not-get": [405, "RFC 6455 §4.2.1", "The method of an opening request is not GET."],
  "opening/http-version": [505, "RFC 9110 §7.8", "The HTTP version is below 1.1 and has no Upgrade."],
  "opening/request-target": [400, "RFC 6455 §4.2.1", "The target of an opening request is neither a path nor an absolute URI."],
  "opening/host-missing": [400, "RFC 9112 §3.2", "An opening request has no Host field."],
  "opening/host-repeated": [400, "RFC 9112 §3.2", "An opening request has more than one Host field."],
  "opening/host-malformed": [400, "RFC 9112 §3.2", "The Host field of an opening request is malformed."],
  "opening/body-unexpected": [400, "RFC 6455 §4.1", "An opening request announces a body."],
  "opening/upgrade-missing": [426, "RFC 6455 §4.2.1", "The Upgrade field of a request does not name websocket."],
  "opening/connection-upgrade-missing": [400, "RFC 6455 §4.1", "The Connection field has no upgrade token."],
  "opening/key-missing": [400, "RFC 6455 §4.2.1", "An opening request has no Sec-WebSocket-Key."],
  "opening/key-repeated": [400, "RFC 6455 §11.3.1", "An opening request has more than one Sec-WebSocket-Key."],
  "opening/key-malformed": [400, "RFC 6455 §4.2.1", "Sec-WebSocket-Key is not 16 bytes in base64."],
  "opening/version-missing": [400, "RFC 6455 §4.2.1", "An opening request has no Sec-WebSocket-Version."],
  "opening/version-repeated": [400, "RFC 6455 §11.3.5", "An opening request has more than one Sec-WebSocket-Version."],
  "opening/version-unsupported": [426, "RFC 6455 §4.4", "Sec-WebSocket-Version is not 13."],
  "opening/subprotocols-malformed": [400, "RFC 6455 §4.3", "Sec-WebSocket-Protocol is not a list of tokens."],
  "opening/subprotocol-repeated": [400, "RFC 6455 §11.3.4", "A subprotocol, or Sec-WebSocket-Protocol in a response, appears more than once."],
  "opening/extensions-malformed": [400, "RFC 6455 §9.1", "Sec-WebSocket-Extensions does not conform to its grammar."],
  "opening/origin-repeated": [400, "RFC 6454 §7.3", "An opening request has more than one Origin field."],
  "opening/extensions-too-many": [431, "RFC 9110 §5.4", "A request offers more extensions than limits.extensionOffers, or more parameters than limits.extensionParameters."],
  "opening/subprotocols-too-many": [431, "RFC 9110 §5.4", "A request offers more subprotocols than limits.subprotocols allows."],
  "opening/origin-refused": [403, "RFC 6455 §4.2.2", "The origin of an opening request is not allowed to connect."],
  "opening/early-data-too-big": [400, "RFC 6455 §4.1", "A client sent more data before the response than limits.earlyData allows."],
  "opening/transport-ended": [null, "RFC 6455 §4.1", "The transport ended before the opening handshake was complete."],
  // Extended CONNECT (RFC 8441, RFC 9220, RFC 9113 §8)
  "opening/method-not-connect": [405, "RFC 8441 §5", "The method of an opening request over HTTP/2 or HTTP/3 is not CONNECT."],
  "opening/protocol-unsupported": [501, "RFC 9220 §3", "The :protocol of an Extended CONNECT is not websocket."],
  "opening/pseudo-field-missing": [400, "RFC 8441 §4", "A pseudo-header field is missing."],
  "opening/pseudo-field-repeated": [400, "RFC 9113 §8.3", "A pseudo-header field appears more than once."],
  "opening/pseudo-field-unexpected": [400, "RFC 9113 §8.3", "A pseudo-header field is not allowed here, or comes after an ordinary field."],
  "opening/field-name-upper-case": [400, "RFC 9113 §8.2.1", "A field name over HTTP/2 or HTTP/3 has an upper-case letter."],
  "opening/field-connection-specific": [400, "RFC 9113 §8.2.2", "A connection-specific field was sent over HTTP/2 or HTTP/3."],
  "opening/scheme": [400, "RFC 8441 §5", "The :scheme of an Extended CONNECT is neither http nor https."],
  "opening/path": [400, "RFC 9113 §8.3.1", "The :path of an Extended CONNECT is not a path."],
  "opening/authority": [400, "RFC 9113 §8.3.1", "The :authority of an Extended CONNECT is malformed, or Host differs from it."],
  "opening/stream-version-unsupported": [400, "RFC 6455 §4.4", "Sec-WebSocket-Version in an Extended CONNECT is not 13."],
  "opening/connect-protocol-value": [null, "RFC 8441 §3", "SETTINGS_ENABLE_CONNECT_PROTOCOL is neither 0 nor 1."],
  "opening/connect-protocol-withdrawn": [null, "RFC 8441 §3", "SETTINGS_ENABLE_CONNECT_PROTOCOL changed from 1 back to 0."],

  // The response to an opening request: RFC 6455 §4.1.
  "opening/upgrade-mismatch": [null, "RFC 6455 §4.1", "The Upgrade field of a 101 response is not websocket alone."],
  "opening/accept-missing": [null, "RFC 6455 §4.1", "A 101 response has no Sec-WebSocket-Accept."],
  "opening/accept-repeated": [null, "RFC 6455 §11.3.3", "A 101 response has more than one Sec-WebSocket-Accept."],
  "opening/accept-mismatch": [null, "RFC 6455 §4.1", "Sec-WebSocket-Accept does not match the key that was sent."],
  "opening/subprotocol-not-offered": [null, "RFC 6455 §4.1", "The server chose a subprotocol that was not offered."],
  "opening/subprotocol-missing": [null, "WebSockets Standard §2", "Subprotocols were offered, but the server chose none."],
  "opening/extensions-repeated": [null, "RFC 6455 §11.3.2", "A response has more than one Sec-WebSocket-Extensions."],
  "opening/extension-not-offered": [null, "RFC 6455 §4.1", "The server agreed to an extension that was not offered."],
  "opening/extension-repeated": [null, "RFC 6455 §9.1", "The server agreed to the same extension twice."],
  "opening/extension-rsv-conflict": [null, "RFC 6455 §9.1", "The server agreed to two extensions that own the same RSV bit."],
  "opening/extension-unacceptable": [null, "RFC 7692 §7.1", "The server agreed to an extension with parameters that are not acceptable."],
  "opening/too-many-interim-responses": [null, "RFC 9110 §15.2", "More interim responses arrived than limits.interimResponses allows."],

  // Frames (RFC 6455 §5)
  "frame/rsv-unowned": [1002, "RFC 6455 §5.2", "A frame has a reserved bit set that no agreed extension owns."],
  "frame/rsv-misplaced": [1002, "RFC 7692 §6.1", "A control or continuation frame has a reserved bit set that is allowed only on the first frame of a message."],
  "frame/opcode-reserved": [1002, "RFC 6455 §5.2", "A frame has a reserved opcode."],
  "frame/control-fragmented": [1002, "RFC 6455 §5.5", "A control frame is fragmented: its FIN bit is not set."],
  "frame/control-too-long": [1002, "RFC 6455 §5.5", "A control frame announces a payload of more than 125 bytes."],
  "frame/continuation-unexpected": [1002, "RFC 6455 §5.4", "A continuation frame arrived while no message was in progress."],
  "frame/continuation-expected": [1002, "RFC 6455 §5.4", "A new message began before the fragmented message in progress had ended."],
  "frame/mask-missing": [1002, "RFC 6455 §5.1", "A client sent a frame that is not masked."],
  "frame/mask-unexpected": [1002, "RFC 6455 §5.1", "A server sent a masked frame."],
  "frame/length-not-minimal": [1002, "RFC 6455 §5.2", "A payload length is encoded in more bytes than it needs."],
  "frame/length-sign-bit": [1002, "RFC 6455 §5.2", "The most significant bit of a 64-bit payload length is set."],
  "frame/too-big": [1009, "RFC 6455 §10.4", "A frame announces more payload than limits.frame allows."],
  // Messages (RFC 6455 §5.4, §5.6, §8.1)
  "message/too-big": [1009, "RFC 6455 §10.4", "A message is larger than limits.message allows."],
  "message/encoded-too-big": [1009, "RFC 6455 §10.4", "An encoded message, before extensions are undone, is larger than limits.encodedMessage allows."],
  "message/too-many-fragments": [1008, "RFC 6455 §10.4", "A message has more fragments than limits.fragments allows."],
  "message/utf8-invalid": [1007, "RFC 6455 §8.1", "A text message has a byte that is invalid in UTF-8 at its position."],
  "message/utf8-truncated": [1007, "RFC 6455 §8.1", "A text message ends within a UTF-8 sequence."],
  // Closing (RFC 6455 §5.5.1, §7.4)
  "close/payload-truncated": [1002, "RFC 6455 §5.5.1", "A Close frame has a payload of one byte, which is half a status code."],
  "close/status-code": [1002, "RFC 6455 §7.4", "A Close frame has a status code that must not be sent."],
  "close/reason-utf8": [1007, "RFC 6455 §5.5.1", "The reason in a Close frame is not UTF-8."],
  // Extensions (RFC 6455 §9, RFC 7692 §7.2.2)
  "extension/data-malformed": [1007, "RFC 7692 §7.2.2", "The payload of a message does not decode under the agreed extension."],
  "extension/data-truncated": [1007, "RFC 7692 §7.2.2", "The payload of a message ends too early to decode under the agreed extension."],

  // Deadlines. The caller supplies the time.
  "deadline/opening": [408, "RFC 9110 §15.5.9", "The opening handshake was not completed in time."],
  "deadline/pong": [1011, "RFC 6455 §5.5.3", "No Pong arrived in time for the Ping that was sent."],
  "deadline/stalled": [null, "RFC 6455 §7.1.7", "The peer accepted none of the pending output for too long."],
  "deadline/message": [1008, "RFC 6455 §10.4", "A message in progress did not end in time."],
  "deadline/resting": [null, "RFC 6455 §7.1.7", "Reading was paused for too long while nothing received was consumed."],
  "deadline/control-flood": [1008, "RFC 6455 §10.4", "More control frames arrived than deadlines.controlFrames allows per window."],
} as const;

/** Identifies the rule that the peer broke. Each code has a heading in docs/reference/errors.md. */
export type ViolationCode = keyof typeof rows;

/**
 * A rule that the peer broke, where it is found: it becomes a `Violation` in a handshake, a connection or a check of an opening
 * message, which know the place in the stream. Created only when a rule is broken. Where neither position nor detail is known,
 * the code stands for it.
 */
export interface Fault {
  readonly code: ViolationCode;
  /** Index of the offending byte, counted as the function that returns it says; undefined for the frame as a whole. */
  readonly offset?: number | undefined;
  /** A sentence, which is appended to the message of the violation. */
  readonly detail?: string | undefined;
}

/** A rule that the peer broke. */
export interface Violation {
  readonly code: ViolationCode;
  /** One sentence. */
  readonly message: string;
  /** For example `RFC 6455 §5.2`. */
  readonly section: string;
  /**
   * Status code of the Close frame sent in response; undefined in the opening handshake, where there is none (RFC 6455
   * §7.1.7).
   */
  readonly statusCode: number | undefined;
  /** Status of the HTTP response; undefined after the opening handshake, and for a client. */
  readonly httpStatus: number | undefined;
  /** Bytes received before the offending byte. */
  readonly offset: number;
}

/** The whole table, for documentation and tools. */
export const violationTable = Object.fromEntries(
  Object.entries<Row>(rows).map(([code, [response, section, message]]): [string, ViolationRow] => {
    if (response === null) return [code, { message, section }];
    return [code, { message, section, ...(response < 1000 ? { httpStatus: response } : { statusCode: response }) }];
  }),
) as Readonly<Record<ViolationCode, ViolationRow>>;

/** Creates the violation `code` at `offset` from its row in the table. `detail`, a sentence, is appended to the message. */
export function violation(code: ViolationCode, offset: number, detail?: string): Violation {
  const row = violationTable[code];
  const message = detail === undefined ? row.message : `${row.message} ${detail}`;
  return { code, message, section: row.section, statusCode: row.statusCode, httpStatus: row.httpStatus, offset };
}

/** Like `violation`, for a violation by a server: a client sends no response, so there is no HTTP status (RFC 6455 §7.1.7). */
export function violationByServer(code: ViolationCode, offset: number, detail?: string): Violation {
  return { ...violation(code, offset, detail), httpStatus: undefined };
}
