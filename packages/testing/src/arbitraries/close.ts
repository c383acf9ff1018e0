/** Status codes and payloads of Close frames, legal and not (RFC 6455 §5.5.1, §7.4). */
import fc from "fast-check";
import { utf8 } from "../bytes/bytes.ts";
import { type CloseContent, withStatusCode } from "../wire/close-content.ts";
import { brokenUtf8, text } from "./text.ts";

/** The most bytes of a reason: 125 less the status code. */
const mostReason = 123;

/** May stand in a Close frame: registered, or for libraries and applications (RFC 6455 §7.4.2). */
function sendableStatusCode(): fc.Arbitrary<number> {
  return fc.oneof(
    fc.constantFrom(1000, 1001, 1002, 1003, 1007, 1008, 1009, 1011, 1012, 1013, 1014),
    fc.integer({ min: 3000, max: 4999 }),
  );
}

/** Must not stand in a Close frame. */
export function unsendableStatusCode(): fc.Arbitrary<number> {
  return fc.oneof(
    fc.constantFrom(0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535),
    fc.integer({ min: 0, max: 999 }),
    fc.integer({ min: 1015, max: 2999 }),
    fc.integer({ min: 5000, max: 65_535 }),
  );
}

/** A reason that fits. */
function reason(): fc.Arbitrary<string> {
  return fc.oneof(text(30), fc.constant("r".repeat(mostReason)), fc.constant(`${"é".repeat(61)}.`));
}

/** A legal one; half of them are empty. */
export function closeContent(): fc.Arbitrary<CloseContent> {
  return fc.oneof(
    fc.constant({ statusCode: undefined, reason: "" }),
    fc.record({ statusCode: sendableStatusCode(), reason: reason() }),
  );
}

/** A payload that is illegal in one way, and the code of the violation. */
export interface BrokenClosePayload {
  readonly code: "close/payload-truncated" | "close/status-code" | "close/reason-utf8";
  readonly payload: Uint8Array;
}

export function brokenClosePayload(): fc.Arbitrary<BrokenClosePayload> {
  return fc.oneof(
    fc
      .uint8Array({ minLength: 1, maxLength: 1 })
      .map((payload) => ({ code: "close/payload-truncated" as const, payload })),
    fc
      .tuple(unsendableStatusCode(), reason())
      .map(([code, why]) => ({ code: "close/status-code" as const, payload: withStatusCode(code, utf8(why)) })),
    fc
      .tuple(sendableStatusCode(), brokenUtf8())
      .filter(([, { bytes }]) => bytes.length <= mostReason)
      .map(([code, { bytes }]) => ({ code: "close/reason-utf8" as const, payload: withStatusCode(code, bytes) })),
  );
}
