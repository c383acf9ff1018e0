import { describe, expect, it } from "vitest";
import { checkRequestBody, responseBodyFraming } from "./body-framing.ts";
import type { Fields } from "./fields.ts";

describe("responseBodyFraming", () => {
  const framing = (status: number, ...fields: Fields): unknown =>
    responseBodyFraming({ status, reasonPhrase: "", minorVersion: 1, fields });

  it.each([
    [99, "length"],
    [100, "none"],
    [199, "none"],
    [200, "length"],
    [203, "length"],
    [204, "none"],
    [205, "length"],
    [304, "none"],
    [404, "length"],
  ])("determines for status %i whether there is a body: %s", (status, type) => {
    expect(framing(status, ["Content-Length", "5"])).toMatchObject({ type });
  });

  it.each([
    ["0", 0],
    ["0123456789", 123_456_789],
    ["7,7", 7],
    ["7, 07", undefined],
    ["7, 8", undefined],
    ["8, 7", undefined],
    ["", undefined],
    [",", undefined],
    ["7,", undefined],
    [", 7", undefined],
    ["7, ,7", undefined],
    ["+7", undefined],
    ["-7", undefined],
    ["/7", undefined],
    ["7:", undefined],
    ["7 7", undefined],
    ["0x7", undefined],
  ])("reads a Content-Length of %j as %s", (value, length) => {
    const expected = length === undefined ? "http/content-length" : { type: "length", length };
    expect(framing(200, ["content-length", value])).toEqual(expected);
  });

  it("follows the rules of RFC 9112 §6.3 in their order", () => {
    const length = ["Content-Length", "5"] as const;
    for (const status of [101, 199, 204, 304]) expect(framing(status, length)).toEqual({ type: "none" });
    expect(framing(400, ["Transfer-Encoding", "gzip, Chunked"], length)).toEqual({ type: "chunked" });
    expect(framing(400, ["Transfer-Encoding", "chunked"], ["transfer-encoding", "gzip"])).toEqual({
      type: "until-end",
    });
    expect(framing(400, length, ["content-length", "5, 5"])).toEqual({ type: "length", length: 5 });
    expect(framing(400, length, ["Content-Length", "6"])).toEqual("http/content-length");
    expect(framing(400, ["Content-Length", "5a"])).toEqual("http/content-length");
    expect(framing(400)).toEqual({ type: "until-end" });
  });

  it("checks the last transfer coding, in any case, before any length", () => {
    const length = ["Content-Length", "x"] as const;
    expect(framing(200, ["Transfer-Encoding", "gzip"], ["Transfer-Encoding", "CHUNKED"], length)).toEqual({
      type: "chunked",
    });
    expect(framing(200, ["Transfer-Encoding", "chunked, gzip"], length)).toEqual({ type: "until-end" });
    expect(framing(200, ["Transfer-Encoding", "chunked"], length)).toEqual({ type: "chunked" });
    expect(framing(200, ["Transfer-Encoding", "deflate"], length)).toEqual({ type: "until-end" });
    expect(framing(200, ["Transfer-Encoding", "deflate, gzip, chunked"], length)).toEqual({ type: "chunked" });
    expect(framing(200, ["Transfer-Encoding", ""], ["Content-Length", "3"])).toEqual({ type: "length", length: 3 });
  });
});

describe("checkRequestBody", () => {
  it.each([
    [[], [], undefined],
    [["0"], [], undefined],
    [["0", "0"], [], undefined],
    [["1"], [], "opening/body-unexpected"],
    [["0", "1"], [], "http/content-length"],
    [[""], [], "http/content-length"],
    [["0", ""], [], "http/content-length"],
    [["x"], ["chunked"], "http/content-length"],
    [[], ["chunked"], "opening/body-unexpected"],
    [[], [""], "opening/body-unexpected"],
    [["0"], ["chunked"], "http/framing-ambiguous"],
    [["5"], ["chunked"], "http/framing-ambiguous"],
  ] as const)("returns for lengths %j and codings %j: %s", (lengths, codings, expected) => {
    expect(checkRequestBody(lengths, codings)).toBe(expected);
  });
});
