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

  it("prints the same however the bytes are chunked, and does not modify them", () => {
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

  it("prints the available bytes of an illegal frame, and the rule that it breaks", () => {
    expect(shown([request, Uint8Array.of(0xf3)]).slice(2)).toEqual([
      "client ──▶ f3                                            1    111  3 reserved",
      "           ✗ frame/rsv-unowned  A frame has a reserved bit set that no agreed extension owns. RFC 6455 §5.2",
    ]);
  });

  it("uses colours only on request", () => {
    expect(shown([request, ...frames]).join("")).not.toContain("\u001b");
    expect(shown([request, ...frames], { colour: true }).join("")).toContain("\u001b[36m");
  });

  const response = ascii("HTTP/1.1 101 \r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n");

  /** The dump of a conversation, without its heads. */
  function conversation(...passages: (readonly ["client" | "server", Uint8Array])[]): string[] {
    const lines: string[] = [];
    const dump = new WireDump({ print: (line) => lines.push(line) });
    for (const [sender, bytes] of passages) dump.receive(sender, bytes);
    return lines;
  }

  it("inflates messages when the response agrees to permessage-deflate, keeping the window between messages", () => {
    const hello = Uint8Array.of(0xc1, 0x07, 0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00);
    const again = Uint8Array.of(0x41, 0x03, 0xf2, 0x00, 0x11, 0x80, 0x02, 0x00, 0x00);
    const lines = conversation(["client", request], ["server", response], ["server", hello], ["server", again]);
    expect(lines.slice(4)).toEqual([
      "server ◀── c1  07                                        1    100  1 text            0     7",
      "           f2 48 cd c9 c9 07 00",
      '           inflated: "Hello"  5 bytes',
      "server ◀── 41  03                                        0    100  1 text            0     3",
      "           f2 00 11",
      "server ◀── 80  02                                        1    000  0 continuation    0     2",
      "           00 00",
      '           inflated: "Hello"  5 bytes',
    ]);
  });

  it("inflates without a handshake when the option asks for it", () => {
    const lines: string[] = [];
    const dump = new WireDump({ print: (line) => lines.push(line), deflate: true });
    dump.receive("server", Uint8Array.of(0xc1, 0x07, 0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00));
    expect(lines.at(-1)).toBe('           inflated: "Hello"  5 bytes');
  });

  it.each<[string, readonly number[], string]>([
    ["a status code that must not be sent", [0x88, 0x02, 0x03, 0xed], "close/status-code"],
    ["half a status code", [0x88, 0x01, 0x03], "close/payload-truncated"],
    ["text that is not UTF-8", [0x81, 0x02, 0x68, 0xff], "message/utf8-invalid"],
    ["text that ends within a character", [0x81, 0x01, 0xe2], "message/utf8-truncated"],
    ["a fragment that continues nothing", [0x80, 0x00], "frame/continuation-unexpected"],
    ["a frame of a server that is masked", [0x81, 0x80], "frame/mask-unexpected"],
    ["a length in more bytes than needed", [0x82, 0x7e, 0x00, 0x05], "frame/length-not-minimal"],
  ])("tells of %s, and goes on in hexadecimal", (_, bytes, code) => {
    const lines = conversation(["server", Uint8Array.from(bytes)], ["server", ascii("what comes after")]);
    expect(lines.filter((line) => line.includes("✗")).map((line) => line.trim().split(" ")[1])).toEqual([code]);
    const place = bytes.length.toString(16).padStart(6, "0");
    expect(lines.at(-1)).toBe(`server ◀── ${place}  77 68 61 74 20 63 6f 6d 65 73 20 61 66 74 65 72  what comes after`);
  });

  it("reports data that does not inflate", () => {
    const broken = Uint8Array.of(0xc1, 0x02, 0x06, 0x00);
    const lines = conversation(["client", request], ["server", response], ["server", broken]);
    expect(lines.at(-1)).toMatch(/✗ extension\/data-malformed .* RFC 7692 §7\.2\.2$/);
  });

  it("prints frames after a Close frame, with a note that they are ignored", () => {
    const lines = conversation(["server", Uint8Array.of(0x88, 0x00, 0x81, 0x01, 0x78)]);
    expect(lines).toEqual([
      "server ◀── 88  00                                        1    000  8 close           0     0",
      "           no status code",
      "server ◀── 81  01                                        1    000  1 text            0     1",
      '           "x"',
      "           after the Close frame: nobody reads it",
    ]);
  });

  it("reads interim responses, and the body of a rejection", () => {
    const answer = "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 403 Forbidden\r\nContent-Length: 4\r\n\r\nno\u001b!";
    expect(conversation(["server", ascii(answer)])).toEqual([
      "server ◀── HTTP/1.1 103 Early Hints",
      "server ◀── HTTP/1.1 403 Forbidden",
      "           Content-Length: 4",
      "           no\\x1b!",
    ]);
  });

  it("escapes all control characters from the wire", () => {
    const evil = "\u001b[31m\u009b\u202e\u0007\u007f\u0000";
    const lines = conversation(
      ["client", ascii(`GET /${evil} HTTP/1.1\r\nX: ${evil}\r\n\r\n`)],
      ["client", encodeFrame({ opcode: opcodes.text, payload: ascii(evil), maskingKey: 1 })],
      [
        "client",
        encodeFrame({
          opcode: opcodes.close,
          payload: ascii(`\u000f\u0080${evil}`).filter((byte) => byte !== 0xc2),
          maskingKey: 1,
        }),
      ],
      ["server", ascii(`HTTP/1.1 200 ${evil}\r\n\r\n${evil}`)],
    );
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
    expect(lines.filter((line) => /[\u0000-\u001f\u007f-\u009f\u202e]/.test(line))).toEqual([]);
    expect(lines.length).toBeGreaterThan(6);
  });

  it("reports an incomplete frame when the stream ends within it", () => {
    const lines: string[] = [];
    const dump = new WireDump({ print: (line) => lines.push(line) });
    dump.receive("server", Uint8Array.of(0x81, 0x05, 0x68, 0x69));
    dump.end("server");
    expect(lines).toEqual([
      "server ◀── 81  05                                        1    000  1 text            0     5",
      "           68 69",
      "           the frame is not complete",
      "server ◀── ■ end of the stream",
    ]);
  });
});
