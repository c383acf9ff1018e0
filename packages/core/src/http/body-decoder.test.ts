import { describe, expect, it } from "vitest";
import { BodyDecoder } from "./body-decoder.ts";
import { responseBodyFraming } from "./body-framing.ts";
import type { Fields } from "./fields.ts";

const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

/** The body that `text` is, read whole and byte by byte, and whether it is complete. */
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
  it("reads so many bytes, or all until the end, or none", () => {
    expect(read(3, "abcdef")).toEqual(["abc", true]);
    expect(read(3, "ab")).toEqual(["ab", false]);
    expect(read(0, "ab")).toEqual(["", true]);
    expect(read("none", "ab")).toEqual(["", true]);
    expect(read("until-end", "ab")).toEqual(["ab", false]);
  });

  it("keeps what the limit allows, and is complete then", () => {
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
    // What makes no sense ends it.
    ["x\r\nabc", "", true],
    ["3\r\nabcd", "abc", true],
    ["ffffffffffffffffffff\r\nab", "ab", false],
  ])("reads the chunked coding %j", (text, body, complete) => {
    expect(read("chunked", text)).toEqual([body, complete]);
  });
});

describe("responseBodyFraming", () => {
  const framing = (status: number, ...fields: Fields): unknown =>
    responseBodyFraming({ status, reasonPhrase: "", minorVersion: 1, fields });

  it("follows the rules of RFC 9112 §6.3 in their order", () => {
    const length = ["Content-Length", "5"] as const;
    for (const status of [101, 199, 204, 304]) expect(framing(status, length)).toEqual({ type: "none" });
    expect(framing(400, ["Transfer-Encoding", "gzip, Chunked"], length)).toEqual({ type: "chunked" });
    expect(framing(400, ["Transfer-Encoding", "chunked"], ["transfer-encoding", "gzip"])).toEqual({
      type: "until-end",
    });
    expect(framing(400, length, ["content-length", "5, 5"])).toEqual({ type: "length", length: 5 });
    expect(framing(400, length, ["Content-Length", "6"])).toEqual({ type: "violation", code: "http/content-length" });
    expect(framing(400, ["Content-Length", "5a"])).toEqual({ type: "violation", code: "http/content-length" });
    expect(framing(400)).toEqual({ type: "until-end" });
  });
});
