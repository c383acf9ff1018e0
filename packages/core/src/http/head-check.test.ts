import { describe, expect, it } from "vitest";
import { defaultLimits, type Limits } from "../vocabulary/limits.ts";
import type { RequestHead } from "./head.ts";
import { checkFieldLines, checkRequestHead } from "./head-check.ts";
import { HeadDecoder } from "./head-decoder.ts";
import { encodeRequestHead } from "./head-encoder.ts";
import { requestLine } from "./start-line.ts";

const head: RequestHead = { method: "GET", target: "/", minorVersion: 1, fields: [["Host", "a"]] };

function faultOf(changes: Partial<RequestHead>, limits: Partial<Limits> = {}): string | undefined {
  return checkRequestHead({ ...head, ...changes }, { ...defaultLimits, ...limits });
}

/** The fault that a decoder finds in the bytes of the same head. */
function faultInBytes(changes: Partial<RequestHead>, limits: Partial<Limits> = {}): string | undefined {
  const bytes = encodeRequestHead({ ...head, ...changes });
  const step = new HeadDecoder(requestLine, { ...defaultLimits, ...limits }, []).receive(bytes, 0);
  return step.type === "violation" ? step.code : undefined;
}

describe("checkRequestHead", () => {
  it("finds no fault in a head that a decoder would accept [R30]", () => {
    for (const changes of [
      {},
      { target: "http://a/?~" },
      { method: "M-SEARCH" },
      { minorVersion: 9 },
      { majorVersion: 1 },
      { majorVersion: undefined },
      { fields: [] },
      { fields: [["x", ""] as const, ["X", "a\t\x80\xff b"] as const] },
    ]) {
      expect(faultOf(changes)).toBeUndefined();
    }
  });

  it.each<[string, Partial<RequestHead>]>([
    ["http/method", { method: "" }],
    ["http/method", { method: "G ET" }],
    ["http/request-target", { target: "" }],
    ["http/request-target", { target: "/a b" }],
    ["http/request-target", { target: "/\t" }],
    ["http/request-target", { target: "/\x00" }],
    ["http/request-target", { target: "/\x7f" }],
    ["http/request-target", { target: "/\xe9" }],
    ["http/request-target", { target: "/\u0100" }],
    ["http/request-target", { target: "/\n" }],
    ["http/version-unsupported", { majorVersion: 0, minorVersion: 9 }],
    ["http/version-unsupported", { majorVersion: 2, minorVersion: 0 }],
    ["http/version", { majorVersion: -1 }],
    ["http/version", { majorVersion: 10 }],
    ["http/version", { majorVersion: Number.NaN }],
    ["http/version", { minorVersion: 1.5 }],
    ["http/version", { minorVersion: 11 }],
    ["http/field-name", { fields: [["", "a"]] }],
    ["http/field-name", { fields: [["a b", "a"]] }],
    ["http/field-name", { fields: [["a:", "a"]] }],
    ["http/field-value", { fields: [["a", "\r\nb: c"]] }],
    ["http/field-value", { fields: [["a", "\0"]] }],
    ["http/field-value", { fields: [["a", "\x7f"]] }],
    ["http/field-value", { fields: [["a", "\u0100"]] }],
  ])("returns %s for %j [R30]", (code, changes) => {
    expect(faultOf(changes)).toBe(code);
  });

  it.each<[string, Partial<RequestHead>, Partial<Limits>]>([
    ["http/request-line-too-long", {}, { line: "GET / HTTP/1.1".length }],
    ["http/line-too-long", { fields: [["Name-that-is", "longer"]] }, { line: "Name-that-is: longer".length }],
    ["http/too-many-fields", { fields: [head.fields[0]!, head.fields[0]!] }, { fields: 2 }],
    ["http/head-too-big", {}, { head: "GET / HTTP/1.1\r\nHost: a\r\n\r\n".length }],
  ])("applies the same limits as a decoder: %s", (code, changes, limits) => {
    expect([faultOf(changes, limits), faultInBytes(changes, limits)]).toEqual([undefined, undefined]);
    // A parsed head no longer has the white space before a value, so only two bytes less are certainly too few.
    const less = Object.fromEntries(
      Object.entries(limits).map(([name, limit]) => [name, limit - (name === "fields" ? 1 : 2)]),
    );
    expect([faultOf(changes, less), faultInBytes(changes, less)]).toEqual([code, code]);
  });
});

describe("checkFieldLines", () => {
  it("counts the bytes before the fields", () => {
    const limits = { ...defaultLimits, head: 10 };
    expect(checkFieldLines([["a", "b"]], limits, 3)).toBeUndefined();
    expect(checkFieldLines([["a", "b"]], limits, 4)).toBe("http/head-too-big");
  });
});
