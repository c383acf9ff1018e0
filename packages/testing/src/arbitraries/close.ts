/** Legal and illegal status codes and payloads of Close frames (RFC 6455 §5.5.1, §7.4). */
import fc from "fast-check";
import { utf8Bytes } from "../bytes/bytes.ts";
import { type CloseContent, closePayload } from "../wire/close-content.ts";
import { type NamedWays, oneOfNamed } from "./named.ts";
import { notableNumber } from "./notable.ts";
import { illegalUtf8, text } from "./text.ts";

/** Maximum bytes of a reason: 125 minus the status code. */
const mostReason = 123;

/** The registered status codes that either role may send (RFC 6455 §11.7). */
const registered: readonly number[] = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1011, 1012, 1013, 1014];

/** A code that is legal in a Close frame of either role: registered, or for libraries and applications (RFC 6455 §7.4). */
export function statusCode(): fc.Arbitrary<number> {
  return fc.oneof(fc.constantFrom(...registered), fc.integer({ min: 3000, max: 4999 }));
}

/** A code that is illegal in a Close frame: undefined, reserved, or never sent on the wire (RFC 6455 §7.4). */
export function illegalStatusCode(): fc.Arbitrary<number> {
  return fc.oneof(
    notableNumber([0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535], 65_535).filter(isIllegal),
    fc.integer({ min: 0, max: 999 }),
    fc.integer({ min: 1015, max: 2999 }),
    fc.integer({ min: 5000, max: 65_535 }),
  );
}

/** 1010 is excluded: a client may send it, a server may not. */
function isIllegal(code: number): boolean {
  return code < 3000 ? !registered.includes(code) && code !== 1010 : code >= 5000;
}

/** A reason that fits into a Close frame. */
function reason(): fc.Arbitrary<string> {
  return fc.oneof(text(30), fc.constantFrom("", "r".repeat(mostReason), `${"é".repeat(61)}.`));
}

/** The legal content of a Close frame; every other one is empty. Shrinks towards an empty one. */
export function closeContent(): fc.Arbitrary<CloseContent> {
  return fc.oneof(
    { withCrossShrink: true },
    fc.constant({ statusCode: undefined, reason: "" }),
    fc.record({ statusCode: statusCode(), reason: reason() }),
  );
}

/** A payload that is illegal in one way, and the code of the violation. */
export interface IllegalClosePayload {
  readonly code: "close/payload-truncated" | "close/status-code" | "close/reason-utf8";
  readonly payload: Uint8Array;
}

/** A payload that breaks a rule: any, or one of the given ones. */
export function illegalClosePayload(
  ...codes: readonly IllegalClosePayload["code"][]
): fc.Arbitrary<IllegalClosePayload> {
  const short = fc.uint8Array({ minLength: 1, maxLength: 1 });
  const withCode = fc.tuple(illegalStatusCode(), reason().map(utf8Bytes));
  const withReason = fc.tuple(
    statusCode(),
    illegalUtf8()
      .map(({ bytes }) => bytes)
      .filter(({ length }) => length <= mostReason),
  );
  const ways: NamedWays<IllegalClosePayload["code"], Uint8Array> = {
    "close/payload-truncated": short,
    "close/status-code": withCode.map((args) => closePayload(...args)),
    "close/reason-utf8": withReason.map((args) => closePayload(...args)),
  };
  return oneOfNamed(ways, codes).map(([code, payload]) => ({ code, payload }));
}
