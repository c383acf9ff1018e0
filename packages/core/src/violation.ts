/**
 * Violations by the peer, as values from one closed table: what is wrong, the section of the standard that says so, and
 * the response on the wire. Nothing else decides the Close status code or the HTTP status of a violation.
 */

import { deadlineRows } from "./violation/deadline-rows.ts";
import { framingRows } from "./violation/framing-rows.ts";
import { httpRows } from "./violation/http-rows.ts";
import { openingRequestRows } from "./violation/opening-request-rows.ts";
import { openingResponseRows } from "./violation/opening-response-rows.ts";

/** A row of the table of violations. */
interface ViolationRow {
  readonly message: string;
  readonly section: string;
  /** Status code of the Close frame, once the connection is open (RFC 6455 §7.4.1). */
  readonly statusCode?: number;
  /** Status of the HTTP response, when a server rejects an opening request. */
  readonly httpStatus?: number;
}

/** Identifies the rule that the peer broke. Each code has a heading in docs/reference/errors.md. */
export type ViolationCode =
  | keyof typeof httpRows
  | keyof typeof openingRequestRows
  | keyof typeof openingResponseRows
  | keyof typeof framingRows
  | keyof typeof deadlineRows;

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
export const violationTable: Readonly<Record<ViolationCode, ViolationRow>> = {
  ...httpRows,
  ...openingRequestRows,
  ...openingResponseRows,
  ...framingRows,
  ...deadlineRows,
};

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
