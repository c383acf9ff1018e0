import { describe, expect, it } from "vitest";
import { defaultLimits } from "../vocabulary/limits.ts";
import { HeadDecoder } from "./head-decoder.ts";
import { requestLine, statusLine } from "./start-line.ts";

const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));
const text = "\r\nGET /a HTTP/1.1\r\nHost: a\r\nX-B:\t b \r\n\r\n";

describe("HeadDecoder", () => {
  it("reads a head at any offset of a chunk, and returns where it ends", () => {
    const step = new HeadDecoder(requestLine, defaultLimits, []).receive(bytesOf(`??${text}rest`), 2);
    expect(step).toEqual({
      type: "head",
      head: {
        method: "GET",
        target: "/a",
        minorVersion: 1,
        fields: [
          ["Host", "a"],
          ["X-B", "b"],
        ],
      },
      end: 2 + text.length,
    });
  });

  it("returns the end within the last chunk when the head spans several", () => {
    const decoder = new HeadDecoder(statusLine, defaultLimits, []);
    expect(decoder.receive(bytesOf("?HTTP/1.1 101 X"), 1)).toEqual({ type: "more" });
    expect(decoder.receive(bytesOf("??\r\n\r\nrest"), 2)).toMatchObject({ type: "head", end: 6 });
    expect(decoder.length).toBe(18);
  });

  it("keeps the heads of two connections apart, large and small, whole and in parts, although they share scratch memory", () => {
    const limits = { ...defaultLimits, fields: 1_000 };
    const linesOf = (count: number, value: string): [string, string][] =>
      Array.from({ length: count }, (_, index) => [`X-${index}`, value]);
    const encode = (lines: readonly [string, string][]): Uint8Array =>
      bytesOf(`GET / HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`);
    const [large, small] = [linesOf(300, "large"), linesOf(2, "small")];
    const parted = new HeadDecoder(requestLine, limits, []);
    const bytes = encode(large);
    expect(parted.receive(bytes.subarray(0, bytes.length >> 1), 0)).toEqual({ type: "more" });
    for (const lines of [small, large, small]) {
      const step = new HeadDecoder(requestLine, limits, []).receive(encode(lines), 0);
      expect(step).toMatchObject({ type: "head", head: { fields: lines } });
    }
    expect(parted.receive(bytes.subarray(bytes.length >> 1), 0)).toMatchObject({ head: { fields: large } });
  });

  it("consumes every byte as it arrives, so that none is read twice", () => {
    const decoder = new HeadDecoder(requestLine, defaultLimits, []);
    for (const [index, byte] of bytesOf(text).entries()) {
      expect(decoder.length).toBe(index);
      const step = decoder.receive(Uint8Array.of(byte), 0);
      expect(step.type).toBe(index === text.length - 1 ? "head" : "more");
    }
    expect(decoder.length).toBe(text.length);
  });

  it("waits for more when a chunk is empty", () => {
    const decoder = new HeadDecoder(requestLine, defaultLimits, []);
    expect(decoder.receive(new Uint8Array(0), 0)).toEqual({ type: "more" });
    expect(decoder.receive(bytesOf(text), 0).type).toBe("head");
  });

  it("stores at most one byte more than the limit", () => {
    const decoder = new HeadDecoder(requestLine, { ...defaultLimits, head: 16 }, []);
    decoder.receive(bytesOf("GET /"), 0);
    expect(decoder.receive(new Uint8Array(1_000_000).fill(0x61), 0)).toEqual({
      type: "violation",
      code: "http/head-too-big",
      offset: 16,
    });
  });

  it("reads the same head byte by byte, including white space", () => {
    const whole = new HeadDecoder(requestLine, defaultLimits, []).receive(bytesOf(text), 0);
    const decoder = new HeadDecoder(requestLine, defaultLimits, []);
    const steps = Array.from(bytesOf(text), (byte) => decoder.receive(Uint8Array.of(byte), 0));
    expect(steps.at(-1)).toEqual({ ...whole, end: 1 });
  });

  it("rejects a status line that is too long", () => {
    const step = new HeadDecoder(statusLine, { ...defaultLimits, line: 20 }, []).receive(
      bytesOf("HTTP/1.1 200 ".padEnd(30, "x")),
      0,
    );
    expect(step).toEqual({ type: "violation", code: "http/line-too-long", offset: 20 });
  });

  it("joins folded lines of a head at any offset of its chunk", () => {
    const folded = "HTTP/1.1 200 X\r\nA: 1\r\n\t2\r\n\r\n";
    for (const first of [0, 3, 40]) {
      const step = new HeadDecoder(statusLine, defaultLimits, []).receive(bytesOf("x".repeat(first) + folded), first);
      expect(step).toMatchObject({ head: { fields: [["A", "1 2"]] } });
    }
  });

  const line = "GET / HTTP/1.1\r\n";
  it.each([
    ["http/too-many-empty-lines", 8, "\r\n\r\n\r\n\r\n\r\n"],
    ["http/bare-line-feed", 2, `\r\n\n${line}`],
    ["http/bare-line-feed", 0, `\n${line}\r\n`],
    ["http/bare-carriage-return", 2, "\r\n\rG"],
    ["http/start-line", 5, "GET /\0"],
    ["http/bare-carriage-return", 14, "GET / HTTP/1.1\rX"],
    ["http/version", 9, "GET / HTTX/1.1\r\n"],
    ["http/request-line-too-long", 32, `\r\nGET /${"x".repeat(99)}`],
    ["http/bare-line-feed", 16, `${line}\n`],
    ["http/too-many-fields", 24, `${line}A:\r\nB:\r\nC:\r\n`],
    ["http/white-space-before-fields", 16, `${line} A: b\r\n`],
    ["http/folded-line", 21, `${line}A:b\r\n c\r\n`],
    ["http/colon-missing", 17, `${line}A\n`],
    ["http/colon-missing", 17, `${line}A\r\n`],
    ["http/field-value", 20, `${line}A: b\0`],
    ["http/line-too-long", 46, `${line}A: ${"b".repeat(99)}`],
    ["http/bare-carriage-return", 20, `${line}A: b\rc`],
    ["http/bare-carriage-return", 21, `${line}A:b\r\n\rX`],
    ["http/head-too-big", 60, `${line}A: ${"b".repeat(20)}\r\nB: ${"b".repeat(20)}\r\n`],
  ])("returns %s at byte %i, at any offset of the head and any cut of the chunks: %j", (code, offset, faulty) => {
    const limits = { ...defaultLimits, head: 60, line: 30, fields: 2 };
    const expected = { type: "violation", code, offset };
    for (const first of [0, 3, 40]) {
      const bytes = bytesOf("\r".repeat(first) + faulty);
      expect(new HeadDecoder(requestLine, limits, []).receive(bytes, first)).toEqual(expected);
      for (let at = first; at < bytes.length; at++) {
        const decoder = new HeadDecoder(requestLine, limits, []);
        let step = decoder.receive(bytes.slice(0, at), first);
        if (step.type === "more") step = decoder.receive(bytes, at);
        expect(step).toEqual(expected);
      }
    }
  });

  it("asks for more at the limit, and fails only beyond it", () => {
    const decoder = new HeadDecoder(requestLine, { ...defaultLimits, head: 10 }, []);
    expect(decoder.receive(bytesOf("GET / HTTP"), 0)).toEqual({ type: "more" });
    expect(decoder.receive(bytesOf("/"), 0)).toEqual({ type: "violation", code: "http/head-too-big", offset: 10 });
  });
});
