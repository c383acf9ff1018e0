import { describe, expect, it } from "vitest";
import { readDump } from "./read-dump.ts";

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

describe("readDump", () => {
  it("reads bytes that are not text as raw", () => {
    const file = Uint8Array.of(0x81, 0x02, 0x68, 0x69);
    expect(readDump(file)).toEqual([{ sender: undefined, bytes: file }]);
  });

  it("reads an opening request as raw", () => {
    const file = bytes("GET / HTTP/1.1\r\n\r\n");
    expect(readDump(file)).toEqual([{ sender: undefined, bytes: file }]);
  });

  it.each(["81026869", "81 02\n68 69\n", "0x81, 0x02, 0x68, 0x69", "# a text message\n81 02 # header\n68 69"])(
    "reads hexadecimal in any notation: %j",
    (text) => {
      expect(readDump(bytes(text))).toEqual([{ sender: undefined, bytes: Uint8Array.of(0x81, 0x02, 0x68, 0x69) }]);
    },
  );

  it("reads a transcript in which a line without a mark continues the sender of the line before", () => {
    expect(readDump(bytes("> 81 82\n  00 00 00 00\n68 69 # hi\n\n< 8a00\n"))).toEqual([
      { sender: "client", bytes: Uint8Array.of(0x81, 0x82) },
      { sender: "client", bytes: new Uint8Array(4) },
      { sender: "client", bytes: Uint8Array.of(0x68, 0x69) },
      { sender: "server", bytes: Uint8Array.of(0x8a, 0x00) },
    ]);
  });

  it("uses the given format, whatever the file looks like", () => {
    expect(readDump(bytes("8100"), "raw")).toEqual([{ sender: undefined, bytes: bytes("8100") }]);
  });

  it("names the faulty line in the error", () => {
    expect(() => readDump(bytes("> 81\n> 8"))).toThrow("Line 2 is not hexadecimal");
    expect(() => readDump(bytes("81 0g"), "hex")).toThrow("The file is not hexadecimal");
    expect(() => readDump(bytes("81"), "transcript")).toThrow("Line 1 does not begin with > or <");
  });

  it("returns no passages for an empty file", () => {
    expect(readDump(new Uint8Array(0))).toEqual([{ sender: undefined, bytes: new Uint8Array(0) }]);
  });
});
