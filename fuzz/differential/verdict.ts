/** The result of reading a stream, in a comparable form. */
import type { ViolationCode } from "@hybi/core";

export interface Verdict {
  /** Messages, control frames and the peer's Close frame, in order: see `text` and the functions after it. */
  readonly events: readonly string[];
  /** Status code with which the reader failed the connection, or "refused" for an opening; undefined if neither. */
  readonly failed: number | "refused" | undefined;
  /** Reason given by a peer, which is not compared. */
  readonly because?: string | undefined;
}

export interface OurVerdict extends Verdict {
  /** The broken rule, and the offset of the offending byte. */
  readonly code: ViolationCode | undefined;
  readonly offset: number;
}

export const text = (data: string): string => `text ${data}`;
export const binary = (data: Uint8Array): string => `binary ${latin1(data)}`;
export const ping = (payload: Uint8Array): string => `ping ${latin1(payload)}`;
export const pong = (payload: Uint8Array): string => `pong ${latin1(payload)}`;
export const close = (statusCode: number, reason: string): string => `close ${statusCode} ${reason}`;

export const isMessage = (event: string): boolean => event.startsWith("text ") || event.startsWith("binary ");

/** Converts to a char per byte: the cheapest form that compares like bytes. */
function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

export function same(one: Verdict, other: Verdict): boolean {
  return one.failed === other.failed && sameEvents(one.events, other.events);
}

export function sameEvents(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && isPrefix(one, other);
}

/** Whether the events of `one` are a prefix of those of `other`. */
export function isPrefix(one: readonly string[], other: readonly string[]): boolean {
  return one.length <= other.length && one.every((event, index) => other[index] === event);
}
