import { encodeFrame, opcodes } from "@hybi/core/frame";
import { describe, expect, it } from "vitest";
import { WireDump } from "./wire-dump.ts";

const request = ascii("GET / HTTP/1.1\r\nHost: example.com\r\n\r\n");

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function shown(chunks: readonly Uint8Array[], options: { colour?: boolean } = {}): string[] {
  const lines: string[] = [];
  const dump = new WireDump({ ...options, print: (line) => lines.push(line) });
  for (const chunk of chunks) dump.receive("client", chunk);
  return lines;
}

describe("WireDump", () => {
  const frames = [
    encodeFrame({ opcode: opcodes.text, payload: ascii("one"), final: false, maskingKey: 0x04030201 }),
    encodeFrame({ opcode: opcodes.ping, maskingKey: 1 }),
    encodeFrame({ opcode: opcodes.continuation, payload: ascii("two"), maskingKey: 2 }),
    encodeFrame({ opcode: opcodes.binary, payload: new Uint8Array(70_000), maskingKey: 3 }),
    encodeFrame({ opcode: opcodes.close, payload: Uint8Array.of(0x0f, 0xa0, 0x6f, 0x6b), maskingKey: 4 }),
  ];

  it("shows the same however the bytes are cut, and leaves them as they are", () => {
    const all = Uint8Array.from([request, ...frames].flatMap((bytes) => [...bytes]));
    const copy = all.slice();
    const whole = shown([all]);
    expect(shown(Array.from(all, (byte) => Uint8Array.of(byte)))).toEqual(whole);
    expect(all).toEqual(copy);
    expect(whole.slice(2)).toEqual([
      "client ──▶ 01  83  01 02 03 04                           0    000  1 text            1     3",
      '           "one"',
      "client ──▶ 89  80  01 00 00 00                           1    000  9 ping            1     0",
      "client ──▶ 80  83  02 00 00 00                           1    000  0 continuation    1     3",
      '           "two"',
      "client ──▶ 82  ff 00 00 00 00 00 01 11 70  03 00 00 00   1    000  2 binary          1     70,000",
      "           00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 … 70,000 bytes",
      "client ──▶ 88  84  04 00 00 00                           1    000  8 close           1     4",
      '           4000  "ok"',
    ]);
  });

  it("shows as much of an illegal frame as there is, and the rule that it breaks", () => {
    expect(shown([request, Uint8Array.of(0xf3)]).slice(2)).toEqual([
      "client ──▶ f3                                            1    111  3 reserved",
      "           ✗ frame/rsv-unowned  A frame has a reserved bit set that no agreed extension owns. RFC 6455 §5.2",
    ]);
  });

  it("colours only what it is asked to colour", () => {
    expect(shown([request, ...frames]).join("")).not.toContain("\u001b");
    expect(shown([request, ...frames], { colour: true }).join("")).toContain("\u001b[36m");
  });
});
