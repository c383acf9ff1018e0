/**
 * Violations by the peer, as values from one closed table: the section of the standard that says what is wrong, and the response
 * on the wire. Nothing else decides the Close status code or the HTTP status of a violation. The sentences have a table of their own.
 */
import { violations as loadedSentences } from "../sentences/loaded.ts";

/** A row of the table of violations. */
interface ViolationRow {
  /** A sentence. Where the sentences are left out (see `sentences/loaded.ts`), it says where they are. */
  readonly message: string;
  readonly section: string;
  /** Status code of the Close frame, once the connection is open (RFC 6455 §7.4.1). */
  readonly statusCode?: number;
  /** Status of the HTTP response, when a server rejects an opening request. */
  readonly httpStatus?: number;
}

/**
 * The response on the wire, and the section. The response is an HTTP status (below 1000) or the status code
 * of the Close frame; null if there is none: the transport is dropped, or the violation is a server's, and a client sends no
 * response.
 */
type Row = readonly [response: number | null, section: string];

/** Heads of HTTP/1.1, of both roles: RFC 9112 §2–6, RFC 9110 §5. */
// biome-ignore format: a table is read by its lines
const headRows = {
  "http/start-line": [400, "RFC 9112 §2.2"],
  "http/method": [400, "RFC 9112 §3"],
  "http/request-target": [400, "RFC 9112 §3.2"],
  "http/version": [400, "RFC 9112 §2.3"],
  "http/version-unsupported": [505, "RFC 9110 §15.6.6"],
  "http/request-line-too-long": [414, "RFC 9112 §3"],
  "http/status-line": [null, "RFC 9112 §4"],
  "http/too-many-empty-lines": [400, "RFC 9112 §2.2"],
  "http/bare-carriage-return": [400, "RFC 9112 §2.2"],
  "http/bare-line-feed": [400, "RFC 9112 §2.2"],
  "http/white-space-before-fields": [400, "RFC 9112 §2.2"],
  "http/white-space-before-colon": [400, "RFC 9112 §5.1"],
  "http/folded-line": [400, "RFC 9112 §5.2"],
  "http/colon-missing": [400, "RFC 9112 §5"],
  "http/field-name": [400, "RFC 9110 §5.1"],
  "http/field-value": [400, "RFC 9110 §5.5"],
  "http/line-too-long": [431, "RFC 6585 §5"],
  "http/too-many-fields": [431, "RFC 6585 §5"],
  "http/head-too-big": [431, "RFC 6585 §5"],
  "http/content-length": [400, "RFC 9112 §6.3"],
  "http/framing-ambiguous": [400, "RFC 9112 §6.1"],
} as const;

/** What both requests and responses may break: RFC 6455 §4. */
// biome-ignore format: a table is read by its lines
const openingRows = {
  "opening/http-version": [505, "RFC 9110 §7.8"],
  "opening/connection-upgrade-missing": [400, "RFC 6455 §4.1"],
  "opening/subprotocol-repeated": [400, "RFC 6455 §11.3.4"],
  "opening/extensions-malformed": [400, "RFC 6455 §9.1"],
  "opening/transport-ended": [null, "RFC 6455 §4.1"],
  "deadline/opening": [408, "RFC 9110 §15.5.9"],
} as const;

/** Opening requests: RFC 6455 §4.2.1. */
// biome-ignore format: a table is read by its lines
const requestRows = {
  "opening/method-not-get": [405, "RFC 6455 §4.2.1"],
  "opening/request-target": [400, "RFC 6455 §4.2.1"],
  "opening/host-missing": [400, "RFC 9112 §3.2"],
  "opening/host-repeated": [400, "RFC 9112 §3.2"],
  "opening/host-malformed": [400, "RFC 9112 §3.2"],
  "opening/body-unexpected": [400, "RFC 6455 §4.1"],
  "opening/upgrade-missing": [426, "RFC 6455 §4.2.1"],
  "opening/key-missing": [400, "RFC 6455 §4.2.1"],
  "opening/key-repeated": [400, "RFC 6455 §11.3.1"],
  "opening/key-malformed": [400, "RFC 6455 §4.2.1"],
  "opening/version-missing": [400, "RFC 6455 §4.2.1"],
  "opening/version-repeated": [400, "RFC 6455 §11.3.5"],
  "opening/version-unsupported": [426, "RFC 6455 §4.4"],
  "opening/subprotocols-malformed": [400, "RFC 6455 §4.3"],
  "opening/origin-repeated": [400, "RFC 6454 §7.3"],
  "opening/extensions-too-many": [431, "RFC 9110 §5.4"],
  "opening/subprotocols-too-many": [431, "RFC 9110 §5.4"],
  "opening/origin-refused": [403, "RFC 6455 §4.2.2"],
  "opening/early-data-too-big": [400, "RFC 6455 §4.1"],
} as const;

/** Extended CONNECT: RFC 8441, RFC 9220, RFC 9113 §8. */
// biome-ignore format: a table is read by its lines
const streamRows = {
  "opening/method-not-connect": [405, "RFC 8441 §5"],
  "opening/protocol-unsupported": [501, "RFC 9220 §3"],
  "opening/pseudo-field-missing": [400, "RFC 8441 §4"],
  "opening/pseudo-field-repeated": [400, "RFC 9113 §8.3"],
  "opening/pseudo-field-unexpected": [400, "RFC 9113 §8.3"],
  "opening/field-name-upper-case": [400, "RFC 9113 §8.2.1"],
  "opening/field-connection-specific": [400, "RFC 9113 §8.2.2"],
  "opening/scheme": [400, "RFC 8441 §5"],
  "opening/path": [400, "RFC 9113 §8.3.1"],
  "opening/authority": [400, "RFC 9113 §8.3.1"],
  "opening/stream-version-unsupported": [400, "RFC 6455 §4.4"],
  "opening/connect-protocol-value": [null, "RFC 8441 §3"],
  "opening/connect-protocol-withdrawn": [null, "RFC 8441 §3"],
} as const;

/** Responses to opening requests: RFC 6455 §4.1. */
// biome-ignore format: a table is read by its lines
const responseRows = {
  "opening/upgrade-mismatch": [null, "RFC 6455 §4.1"],
  "opening/accept-missing": [null, "RFC 6455 §4.1"],
  "opening/accept-repeated": [null, "RFC 6455 §11.3.3"],
  "opening/accept-mismatch": [null, "RFC 6455 §4.1"],
  "opening/subprotocol-not-offered": [null, "RFC 6455 §4.1"],
  "opening/subprotocol-missing": [null, "WebSockets Standard §2"],
  "opening/extensions-repeated": [null, "RFC 6455 §11.3.2"],
  "opening/extension-not-offered": [null, "RFC 6455 §4.1"],
  "opening/extension-repeated": [null, "RFC 6455 §9.1"],
  "opening/extension-rsv-conflict": [null, "RFC 6455 §9.1"],
  "opening/extension-unacceptable": [null, "RFC 7692 §7.1"],
  "opening/too-many-interim-responses": [null, "RFC 9110 §15.2"],
} as const;

/** After the opening handshake. */
// biome-ignore format: a table is read by its lines
const connectionRows = {
  // Frames (RFC 6455 §5)
  "frame/rsv-unowned": [1002, "RFC 6455 §5.2"],
  "frame/rsv-misplaced": [1002, "RFC 7692 §6.1"],
  "frame/opcode-reserved": [1002, "RFC 6455 §5.2"],
  "frame/control-fragmented": [1002, "RFC 6455 §5.5"],
  "frame/control-too-long": [1002, "RFC 6455 §5.5"],
  "frame/continuation-unexpected": [1002, "RFC 6455 §5.4"],
  "frame/continuation-expected": [1002, "RFC 6455 §5.4"],
  "frame/mask-missing": [1002, "RFC 6455 §5.1"],
  "frame/mask-unexpected": [1002, "RFC 6455 §5.1"],
  "frame/length-not-minimal": [1002, "RFC 6455 §5.2"],
  "frame/length-sign-bit": [1002, "RFC 6455 §5.2"],
  "frame/too-big": [1009, "RFC 6455 §10.4"],
  // Messages (RFC 6455 §5.4, §5.6, §8.1)
  "message/too-big": [1009, "RFC 6455 §10.4"],
  "message/encoded-too-big": [1009, "RFC 6455 §10.4"],
  "message/too-many-fragments": [1008, "RFC 6455 §10.4"],
  "message/utf8-invalid": [1007, "RFC 6455 §8.1"],
  "message/utf8-truncated": [1007, "RFC 6455 §8.1"],
  // Closing (RFC 6455 §5.5.1, §7.4)
  "close/payload-truncated": [1002, "RFC 6455 §5.5.1"],
  "close/status-code": [1002, "RFC 6455 §7.4"],
  "close/reason-utf8": [1007, "RFC 6455 §5.5.1"],
  // Extensions (RFC 6455 §9, RFC 7692 §7.2.2)
  "extension/data-malformed": [1007, "RFC 7692 §7.2.2"],
  "extension/data-truncated": [1007, "RFC 7692 §7.2.2"],
  // Deadlines. The caller supplies the time.
  "deadline/pong": [1011, "RFC 6455 §5.5.3"],
  "deadline/stalled": [null, "RFC 6455 §7.1.7"],
  "deadline/message": [1008, "RFC 6455 §10.4"],
  "deadline/resting": [null, "RFC 6455 §7.1.7"],
  "deadline/control-flood": [1008, "RFC 6455 §10.4"],
} as const;

/** A rule for the frames and messages of an open connection, or a deadline of it. */
export type ConnectionViolationCode = keyof typeof connectionRows;
/** A rule for heads of HTTP/1.1. */
export type HeadViolationCode = keyof typeof headRows;
/** A rule for opening requests. */
export type RequestViolationCode = HeadViolationCode | keyof typeof openingRows | keyof typeof requestRows;
/** A rule for responses to opening requests. */
export type ResponseViolationCode = HeadViolationCode | keyof typeof openingRows | keyof typeof responseRows;
/** A rule for Extended CONNECT. */
export type StreamViolationCode = HeadViolationCode | keyof typeof streamRows;

/** Identifies the rule that the peer broke. Each code has a heading in docs/reference/errors.md. */
export type ViolationCode =
  | ConnectionViolationCode
  | RequestViolationCode
  | ResponseViolationCode
  | StreamViolationCode;

/**
 * A rule that the peer broke, where it is found: it becomes a `Violation` in a handshake, a connection or a check of an opening
 * message, which know the place in the stream. Created only when a rule is broken. Where neither position nor detail is known,
 * the code stands for it.
 */
export interface Fault<Code extends ViolationCode = ConnectionViolationCode> {
  readonly code: Code;
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
  /** The first byte of the frame, where its bits broke the rule: `frame/rsv-unowned` and `frame/opcode-reserved`. */
  readonly firstByte?: number;
}

/** Rows by code. Codes of other parts are in other tables. */
type Rows = Readonly<Partial<Record<string, Row>>>;

/** Creates the table of all violations. */
export function createViolationTable(
  sentences: Readonly<Partial<Record<string, string>>>,
): Readonly<Record<ViolationCode, ViolationRow>> {
  const parts: readonly Rows[] = [headRows, openingRows, requestRows, streamRows, responseRows, connectionRows];
  return Object.fromEntries(
    parts.flatMap((rows) => Object.entries(rows).map(([code, row]) => [code, rowOf(code, row!, sentences)])),
  ) as Readonly<Record<ViolationCode, ViolationRow>>;
}

/** Completes a row. A violation without a sentence names its section instead, so that no message is empty. */
function rowOf(
  code: string,
  [response, section]: Row,
  sentences: Readonly<Partial<Record<string, string>>>,
): ViolationRow {
  const message =
    sentences[code] ?? `The peer broke ${section}: see explainViolation("${code}") of @hybi/core/explain.`;
  if (response === null) return { message, section };
  return { message, section, ...(response < 1000 ? { httpStatus: response } : { statusCode: response }) };
}

/** The whole table, for documentation, tools, and servers whose application names a violation. A bundle that uses it has all rows. */
export const violationTable: Readonly<Record<ViolationCode, ViolationRow>> =
  /* @__PURE__ */ createViolationTable(loadedSentences);

/** Creates the violation `code` at `offset` from its row in one of `parts`. `detail`, a sentence, is appended to the message. */
function violationIn(parts: readonly Rows[], code: ViolationCode, offset: number, detail?: string): Violation {
  const rows = parts.find((part) => Object.hasOwn(part, code))!;
  const { message, section, statusCode, httpStatus } = rowOf(code, rows[code]!, loadedSentences);
  return {
    code,
    message: detail === undefined ? message : `${message} ${detail}`,
    section,
    statusCode,
    httpStatus,
    offset,
  };
}

/** Creates a violation of an open connection. `firstByte` is that of the frame. */
export function connectionViolation(
  code: ConnectionViolationCode,
  offset: number,
  firstByte: number | undefined = undefined,
): Violation {
  const violation = violationIn([connectionRows], code, offset);
  return firstByte === undefined ? violation : { ...violation, firstByte };
}

/** Whether a function of the application's has returned the code of a violation of an open connection. */
export function isConnectionViolation(code: unknown): boolean {
  return Object.hasOwn(connectionRows, code as string);
}

/** Creates a violation in an opening request. */
export function requestViolation(code: RequestViolationCode, offset: number, detail?: string): Violation {
  return violationIn([headRows, openingRows, requestRows], code, offset, detail);
}

/**
 * Creates a violation in a response to an opening request. A client sends no response to it, so there is no HTTP status (RFC 6455
 * §7.1.7).
 */
export function responseViolation(code: ResponseViolationCode, offset: number, detail?: string): Violation {
  return byServer(violationIn([headRows, openingRows, responseRows], code, offset, detail));
}

/** Creates a violation in the request of an Extended CONNECT. */
export function streamRequestViolation(code: RequestViolationCode | StreamViolationCode, offset: number): Violation {
  return violationIn([headRows, openingRows, requestRows, streamRows], code, offset);
}

/** Creates a violation in the response to an Extended CONNECT. There is no HTTP status, as for `responseViolation`. */
export function streamResponseViolation(code: StreamViolationCode, offset: number): Violation {
  return byServer(violationIn([headRows, streamRows], code, offset));
}

function byServer(violation: Violation): Violation {
  return { ...violation, httpStatus: undefined };
}
