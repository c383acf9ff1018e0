import { describe, expect, it } from "vitest";
import { countingSource } from "../../tests/support/connections.ts";
import { UsageError } from "../checks/usage-error.ts";
import { drawRandom, type RandomSource } from "./random-source.ts";

/** The result of drawing `length` bytes: "taken", or the code of the error. */
function drawn(source: RandomSource, length: number): string {
  try {
    drawRandom(source, new Uint8Array(length));
    return "taken";
  } catch (error) {
    return error instanceof UsageError ? error.code : String(error);
  }
}

const counting = countingSource();
const lengths = [16, 8192];

describe.each(lengths)("drawRandom of %i bytes", (length) => {
  const none: Record<string, RandomSource> = {
    "fills nothing": () => {},
    "fills with zeros": (target) => target.fill(0),
    "fills only the first eight bytes": (target) => counting(target.subarray(0, 8)),
    "leaves the last four bytes": (target) => counting(target.subarray(0, -4)),
    "fills every other byte": (target) => {
      for (let at = 0; at < target.length; at += 2) target[at] = (at * 7) & 0xff;
    },
    "fills a copy": (target) => counting(target.slice()),
    throws: () => {
      throw new Error("no entropy");
    },
    "returns a promise": async (target) => counting(target),
    "returns a promise that rejects": () => Promise.reject(new Error("no entropy")),
  };
  // In 8 KiB, the last four bytes can equal the old ones by chance.
  const cases = Object.entries(none).filter(([how]) => length === 16 || how !== "leaves the last four bytes");
  it.each(cases)("throws for a source that %s [A15]", (_, source) => {
    expect(drawn(source, length)).toBe("option/random");
  });

  const filling =
    (byteAt: (at: number) => number): RandomSource =>
    (target) => {
      for (let at = 0; at < target.length; at++) target[at] = byteAt(at);
    };
  it.each<[string, RandomSource]>([
    // Tests may use known keys, which may contain the bytes of the marker.
    ["fills with one byte", (target) => target.fill(0xa5)],
    ["counts", filling((at) => at & 0xff)],
    ["counts in words", filling((at) => (at % 4 === 3 ? at >> 2 : 0))],
    ["repeats itself", filling((at) => "the sample nonce".charCodeAt(at % 16))],
    ["gives what stood there once", (target) => (target[0] === 0xa5 ? undefined : counting(target))],
    ["returns an object", (target) => ({ filled: counting(target) })],
    // biome-ignore lint/suspicious/noThenProperty: a `then` that is not a function makes no promise.
    ["returns what only looks like a promise", (target) => ({ then: counting(target) })],
    ["returns null", (target) => counting(target) ?? null],
    ["is the platform's", (target) => crypto.getRandomValues(target)],
  ])("accepts a source that %s", (_, source) => {
    expect(drawn(source, length)).toBe("taken");
  });
});

describe("drawRandom", () => {
  it("passes on what the source threw", () => {
    const cause = new Error("no entropy");
    const draw = (): void =>
      drawRandom(() => {
        throw cause;
      }, new Uint8Array(16));
    expect(draw).toThrow(expect.objectContaining({ cause, message: expect.stringContaining("no entropy") }));
  });
});
