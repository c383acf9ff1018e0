/**
 * The peer's fault, as a value from one closed table: what is wrong, the sentence of the standard that says so, and the
 * answer on the wire. Nothing else decides a Close status code or an HTTP status for a fault.
 */

import { deadlineRows } from "./violation/deadline-rows.ts";
import { framingRows } from "./violation/framing-rows.ts";
import { httpRows } from "./violation/http-rows.ts";
import { openingRequestRows } from "./violation/opening-request-rows.ts";
import { openingResponseRows } from "./violation/opening-response-rows.ts";

/** What the table of violations says of one. */
interface ViolationRow {
  readonly message: string;
  readonly section: string;
  /** Of the Close frame, once the connection is open (RFC 6455 §7.4.1). */
  readonly statusCode?: number;
  /** Of the HTTP response, when a server refuses an opening request. */
  readonly httpStatus?: number;
}

/** Names the rule that the peer broke; each has a heading in docs/reference/errors.md. */
export type ViolationCode =
  | keyof typeof httpRows
  | keyof typeof openingRequestRows
  | keyof typeof openingResponseRows
  | keyof typeof framingRows
  | keyof typeof deadlineRows;

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
export const violationTable: Readonly<Record<ViolationCode, ViolationRow>> = {
  ...httpRows,
  ...openingRequestRows,
  ...openingResponseRows,
  ...framingRows,
  ...deadlineRows,
};

/** The violation `code` at `offset`, with all that the table says of it; `detail`, a sentence, is added to the message. */
export function violation(code: ViolationCode, offset: number, detail?: string): Violation {
  const row = violationTable[code];
  const message = detail === undefined ? row.message : `${row.message} ${detail}`;
  return { code, message, section: row.section, statusCode: row.statusCode, httpStatus: row.httpStatus, offset };
}

/** As `violation`, by a server: nothing on the wire answers it, so it has no HTTP status either (RFC 6455 §7.1.7). */
export function violationByServer(code: ViolationCode, offset: number, detail?: string): Violation {
  return { ...violation(code, offset, detail), httpStatus: undefined };
}
