/** Messages, and how they are fragmented (RFC 6455 §5.4). */
import fc from "fast-check";
import type { Message } from "../wire/message.ts";
import { payload } from "./payload.ts";
import { text } from "./text.ts";

/** A text or binary message; `most` is the maximum length of a binary one. Shrinks towards an empty message. */
export function message(most = 70_000): fc.Arbitrary<Message> {
  return fc.oneof(
    fc.record({ kind: fc.constant("text" as const), data: text() }),
    fc.record({ kind: fc.constant("binary" as const), data: payload(most) }),
  );
}

/**
 * Cuts that split a message of any length into fragments, as ascending shares of 1,000, for `cutIntoFragments`; repeated
 * shares make empty fragments. Shrinks towards no cut.
 */
export function fragmentation(): fc.Arbitrary<readonly number[]> {
  return fc.array(fc.nat(1000), { maxLength: 6 }).map((cuts) => cuts.sort((first, second) => first - second));
}
