/** What became of a stream, in a form that can be compared. */
import type { ViolationCode } from "@hybi/core";

export interface Verdict {
  /** Messages, control frames and the peer's Close frame, in order: see `text` and its siblings. */
  readonly events: readonly string[];
  /** The status code with which the reader failed the connection, or that it refused to open one; undefined when it did not. */
  readonly failed: number | "refused" | undefined;
  /** What a peer gave as its reason, which is not compared. */
  readonly because?: string | undefined;
}

export interface OurVerdict extends Verdict {
  /** The rule that was broken, and the bytes before the offending one. */
  readonly code: ViolationCode | undefined;
  readonly offset: number;
}

export const text = (data: string): string => `text ${data}`;
export const binary = (data: Uint8Array): string => `binary ${latin1(data)}`;
export const ping = (payload: Uint8Array): string => `ping ${latin1(payload)}`;
export const pong = (payload: Uint8Array): string => `pong ${latin1(payload)}`;
export const close = (statusCode: number, reason: string): string => `close ${statusCode} ${reason}`;

export const isMessage = (event: string): boolean => event.startsWith("text ") || event.startsWith("binary ");

/** A char for each byte: the cheapest form that compares as bytes do. */
function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

export function same(one: Verdict, other: Verdict): boolean {
  return one.failed === other.failed && sameEvents(one.events, other.events);
}

export function sameEvents(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && isBeginning(one, other);
}

/** Whether one told no more than a beginning of what the other told. */
export function isBeginning(one: readonly string[], other: readonly string[]): boolean {
  return one.length <= other.length && one.every((event, index) => other[index] === event);
}
