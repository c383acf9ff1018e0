import { describe, expect, it } from "vitest";
import { defaultLimits } from "../limits.ts";
import { HeadDecoder } from "./head-decoder.ts";
import { requestLine, statusLine } from "./start-line.ts";

const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));
const text = "\r\nGET /a HTTP/1.1\r\nHost: a\r\nX-B:\t b \r\n\r\n";

describe("HeadDecoder", () => {
  it("reads a head from anywhere in a chunk, and says where it ends", () => {
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

  it("says where it ends in the chunk that ended it, when there were others before", () => {
    const decoder = new HeadDecoder(statusLine, defaultLimits, []);
    expect(decoder.receive(bytesOf("?HTTP/1.1 101 X"), 1)).toEqual({ type: "more" });
    expect(decoder.receive(bytesOf("??\r\n\r\nrest"), 2)).toMatchObject({ type: "head", end: 6 });
    expect(decoder.length).toBe(18);
  });

  it("has looked at every byte that came, so that none is looked at twice", () => {
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

  it("stores no more than the limit and one byte, whatever comes", () => {
    const decoder = new HeadDecoder(requestLine, { ...defaultLimits, head: 16 }, []);
    decoder.receive(bytesOf("GET /"), 0);
    expect(decoder.receive(new Uint8Array(1_000_000).fill(0x61), 0)).toEqual({
      type: "violation",
      code: "http/head-too-big",
      offset: 16,
    });
  });
});
