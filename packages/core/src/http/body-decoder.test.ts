import { describe, expect, it } from "vitest";
import { BodyDecoder } from "./body-decoder.ts";

const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

/** Reads `text` as a body, whole and byte by byte: the decoded body, and whether it is complete. */
function read(type: "chunked" | "until-end" | "none" | number, text: string, limit = 100): [string, boolean] {
  const framing = typeof type === "number" ? ({ type: "length", length: type } as const) : ({ type } as const);
  const [whole, single] = [new BodyDecoder(framing, limit), new BodyDecoder(framing, limit)];
  whole.receive(bytesOf(`?${text}`), 1);
  for (const byte of bytesOf(text)) single.receive(Uint8Array.of(byte), 0);
  const outcomes = [whole, single].map((body): [string, boolean] => [
    String.fromCharCode(...body.takeBody()),
    body.complete,
  ]);
  expect(outcomes[0]).toEqual(outcomes[1]);
  return outcomes[0] as [string, boolean];
}

describe("BodyDecoder", () => {
  it("reads a given number of bytes, everything until the end, or nothing", () => {
    expect(read(3, "abcdef")).toEqual(["abc", true]);
    expect(read(3, "ab")).toEqual(["ab", false]);
    expect(read(0, "ab")).toEqual(["", true]);
    expect(read("none", "ab")).toEqual(["", true]);
    expect(read("until-end", "ab")).toEqual(["ab", false]);
  });

  it("is complete at once when there is nothing to keep", () => {
    const complete = (framing: ConstructorParameters<typeof BodyDecoder>[0], limit: number): boolean =>
      new BodyDecoder(framing, limit).complete;
    expect(complete({ type: "none" }, 9)).toBe(true);
    expect(complete({ type: "length", length: 0 }, 9)).toBe(true);
    expect(complete({ type: "length", length: 1 }, 0)).toBe(true);
    expect(complete({ type: "chunked" }, 0)).toBe(true);
    expect(complete({ type: "length", length: 1 }, 9)).toBe(false);
    expect(complete({ type: "chunked" }, 9)).toBe(false);
    expect(complete({ type: "until-end" }, 9)).toBe(false);
  });

  it("keeps as many bytes as the limit allows, and is then complete", () => {
    expect(read(9, "abcdefghi", 4)).toEqual(["abcd", true]);
    expect(read("until-end", "abcdef", 4)).toEqual(["abcd", true]);
    expect(read("chunked", "3\r\nabc\r\n3\r\ndef\r\n", 4)).toEqual(["abcd", true]);
    expect(read("chunked", "3\r\nabc", 0)).toEqual(["", true]);
  });

  it.each([
    ["3\r\nabc\r\n0\r\n\r\nmore", "abc", true],
    ["3\r\nabc\r\n2;a=b\r\nde\r\n000\r\nA: b\r\nC: d\r\n\r\n", "abcde", true],
    ["A\r\n0123456789\r\na \r\n0123456789\r\n0\r\n\r\n", "01234567890123456789", true],
    ["3\nabc\n0\n\n", "abc", true],
    ["3\r\nab", "ab", false],
    ["3\r\nabc\r\n0\r\n", "abc", false],
    ["", "", false],
    // Malformed framing ends the body.
    ["x\r\nabc", "", true],
    ["3\r\nabcd", "abc", true],
    ["ffffffffffffffffffff\r\nab", "ab", false],
    ["/\r\nabc", "", true],
    [":\r\nabc", "", true],
    ["@\r\nabc", "", true],
    ["g\r\nabc", "", true],
    ["`\r\nabc", "", true],
    ["\r\n3\r\nabc", "", true],
    ["3\r\nabc\r\r\n2\r\nde0", "abcde", true],
    ["3\r\nabc\r\n\r\n2\r\nde", "abc", true],
    [
      "9\r\n012345678\r\nF\r\n0123456789abcde\r\nf\r\n0123456789abcde\r\n",
      "0123456780123456789abcde0123456789abcde",
      false,
    ],
    ["1f\r\n0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcde", true],
    ["0\r\nA\r\n\r\n", "", true],
    ["0\r\nA\r\nB", "", false],
    ["0\r\nA\r\n", "", false],
  ])("decodes the chunked coding in %j", (text, body, complete) => {
    expect(read("chunked", text)).toEqual([body, complete]);
  });
});
