/** Counterexamples are readable: each arbitrary shrinks to the smallest value that still fails. */
import { opcodes } from "@hybi/core/frame";
import {
  arb,
  type Chunking,
  cutIntoChunks,
  illegalFrameCodes,
  patternBytes,
  sampleAccept,
  sampleKey,
} from "@hybi/testing";
import { describe, expect, it } from "vitest";
import { shrunken } from "../support/shrunken.ts";

describe("bytes", () => {
  it("of a payload shrink to none, or to the shortest failing ones", () => {
    expect(shrunken(arb.payload())).toEqual([""]);
    expect(shrunken(arb.payload(), ({ length }) => length > 125).map((hex) => String(hex).split(" ").length)).toEqual([
      126,
    ]);
    expect(
      shrunken(arb.payload(), ({ length }) => length > 65_535).map((hex) => String(hex).split(" ").length),
    ).toEqual([65_536]);
    expect(shrunken(arb.payload(20), (bytes) => bytes.includes(7) && bytes.length > 2)).toSatisfy((found: unknown[]) =>
      found.every((hex) => String(hex).split(" ").length === 3),
    );
  });

  it("of a masking key shrink to zero", () => {
    expect(shrunken(arb.maskingKey())).toEqual([0]);
    expect(shrunken(arb.maskingKey(), (key) => key !== 0 && key >= 0)).toEqual([1]);
  });

  it("are cut in one chunk, or in the one place that fails", () => {
    expect(shrunken(arb.chunking())).toEqual([{ sizes: [], repeated: false }]);
    const cutAfter = (wanted: number) => (where: Chunking) => {
      const lengths = cutIntoChunks(patternBytes(20), where).map(({ length }) => length);
      return lengths.some((_, index) => lengths.slice(0, index).reduce((sum, length) => sum + length, 0) === wanted);
    };
    expect(shrunken(arb.chunking(), cutAfter(3))).toSatisfy((found: { sizes: number[]; repeated: boolean }[]) =>
      found.every(({ sizes }) => sizes.reduce((sum, size) => sum + size, 0) <= 3 && sizes.length <= 3),
    );
  });
});

describe("text", () => {
  it("shrinks to none, or to the one code point that fails", () => {
    expect(shrunken(arb.text())).toEqual([""]);
    expect(shrunken(arb.text(), (text) => /[^\0-\x7f]/.test(text)).map((text) => [...String(text)].length)).toSatisfy(
      (lengths: number[]) => lengths.every((length) => length === 1),
    );
  });

  it("that is not UTF-8 shrinks to the invalid bytes alone", () => {
    expect(shrunken(arb.illegalUtf8("message/utf8-invalid"))).toEqual([
      { code: "message/utf8-invalid", name: "a continuation byte alone", bytes: "80", at: 0 },
    ]);
    expect(shrunken(arb.illegalUtf8("message/utf8-truncated"))).toEqual([
      { code: "message/utf8-truncated", name: "1 bytes of a sequence at the end", bytes: "c3", at: 1 },
    ]);
  });
});

describe("a frame", () => {
  it("that is legal shrinks to an empty Ping, or to an empty frame of the kind that fails", () => {
    expect(shrunken(arb.legalFrame("client"))).toEqual([{ opcode: opcodes.ping, payload: "", maskingKey: 0 }]);
    expect(shrunken(arb.legalFrame("server"), ({ opcode }) => opcode === opcodes.binary)).toEqual([
      { opcode: opcodes.binary, payload: "", final: true },
    ]);
    expect(shrunken(arb.legalFrame("server"), ({ final }) => final === false)).toSatisfy(
      (found: { payload: string }[]) => found.every(({ payload }) => payload === ""),
    );
  });

  it.each(illegalFrameCodes("client"))("of a client that is illegal by %s shrinks to that fault alone", (code) => {
    const extended = code.startsWith("frame/length") || code === "frame/too-big";
    const most = code === "frame/control-too-long" ? 8 + 126 : extended ? 14 + 5 : 6;
    for (const frame of shrunken(arb.illegalFrame("client", code)) as { bytes: string }[]) {
      expect(frame.bytes.split(" ").length).toBeLessThanOrEqual(most);
    }
  });
});

describe("a message", () => {
  it("shrinks to an empty one in one frame", () => {
    expect(shrunken(arb.message(), ({ kind }) => kind === "text")).toEqual([{ kind: "text", data: "" }]);
    expect(shrunken(arb.message(), ({ kind }) => kind === "binary")).toEqual([{ kind: "binary", data: "" }]);
    expect(shrunken(arb.fragmentation())).toEqual([[]]);
    expect(shrunken(arb.fragmentation(), ({ length }) => length > 1)).toEqual([[0, 0]]);
  });
});

describe("a stream", () => {
  const bytesOf = (found: unknown[]): string[] => (found as { bytes: string }[]).map(({ bytes }) => bytes);

  it("shrinks to nothing", () => {
    expect(bytesOf(shrunken(arb.legalStream("client")))).toEqual([""]);
  });

  it("shrinks to an empty message of two fragments around an empty Ping if that is what fails", () => {
    const pingWithin = (stream: { frames: readonly { opcode: number; final?: boolean | undefined }[] }): boolean =>
      stream.frames.some(({ opcode }, index) => {
        const before = stream.frames[index - 1];
        return opcode === opcodes.ping && before?.final === false;
      });
    expect(bytesOf(shrunken(arb.legalStream("server"), pingWithin))).toEqual(
      expect.arrayContaining([expect.stringMatching(/^0[12] 00 89 00 80 00$/)]),
    );
  });

  it("that is illegal shrinks to the illegal frame", () => {
    const code = "close/payload-truncated";
    expect(bytesOf(shrunken(arb.illegalStream("server"), (stream) => stream.code === code))).toEqual(["88 01 00"]);
  });
});

describe("a Close frame", () => {
  it("shrinks to an empty one, or to the smallest failing status code without a reason", () => {
    expect(shrunken(arb.closeContent())).toEqual([{ reason: "" }]);
    expect(shrunken(arb.closeContent(), ({ statusCode }) => statusCode !== undefined)).toSatisfy(
      (found: { statusCode: number; reason: string }[]) =>
        found.every(({ statusCode, reason }) => [1000, 3000].includes(statusCode) && reason === ""),
    );
    expect(shrunken(arb.statusCode(), (code) => code >= 3000)).toEqual([3000]);
    expect(shrunken(arb.illegalStatusCode(), (code) => code > 1015 && code < 3000)).toEqual([1016]);
  });

  it("that is illegal shrinks to the fault alone", () => {
    expect(shrunken(arb.illegalClosePayload("close/payload-truncated"))).toEqual([
      { code: "close/payload-truncated", payload: "00" },
    ]);
    for (const found of shrunken(arb.illegalClosePayload("close/status-code", "close/reason-utf8"))) {
      expect((found as { payload: string }).payload.split(" ").length).toBeLessThanOrEqual(3);
    }
  });
});

describe("a head", () => {
  it("shrinks to the example of RFC 6455 §1.2, or to the one line that fails", () => {
    const request = [
      "GET / HTTP/1.1",
      "Host: example.com",
      "Upgrade: websocket",
      "Connection: Upgrade",
      `Sec-WebSocket-Key: ${sampleKey}`,
      "Sec-WebSocket-Version: 13\r\n\r\n",
    ];
    expect(shrunken(arb.requestHead())).toEqual([request.join("\r\n")]);
    expect(shrunken(arb.requestHead(), (head) => head.startsWith("\r\n"))).toEqual([`\r\n${request.join("\r\n")}`]);
    const response = [
      "HTTP/1.1 101 Switching Protocols",
      "Upgrade: websocket",
      "Connection: Upgrade",
      `Sec-WebSocket-Accept: ${sampleAccept}\r\n\r\n`,
    ];
    expect(shrunken(arb.responseHead())).toEqual([response.join("\r\n")]);
    expect(shrunken(arb.responseHead(), (head) => head.includes("WEBSOCKET"))).toSatisfy((found: string[]) =>
      found.every((head) => head.toLowerCase() === response.join("\r\n").toLowerCase()),
    );
  });

  it("that is illegal shrinks to the one faulty line", () => {
    expect(shrunken(arb.illegalRequestHead("opening/key-malformed"))).toEqual([
      {
        code: "opening/key-malformed",
        head: "GET / HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: abc\r\nSec-WebSocket-Version: 13\r\n\r\n",
      },
    ]);
    expect(shrunken(arb.illegalResponseHead("opening/accept-missing"))).toEqual([
      {
        code: "opening/accept-missing",
        head: "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX: y\r\n\r\n",
      },
    ]);
  });

  it("lists one extension without parameters, or the parameter that fails", () => {
    expect(shrunken(arb.extensionList())).toEqual([{ text: "a", extensions: [{ name: "a", parameters: [] }] }]);
    expect(shrunken(arb.extensionList(), ({ text }) => text.includes('"'))).toEqual([
      { text: 'a; a="a"', extensions: [{ name: "a", parameters: [["a", "a"]] }] },
    ]);
    expect(shrunken(arb.illegalExtensionList(), ({ name }) => name === "a quoted name")).toEqual([
      { name: "a quoted name", text: '"a"' },
    ]);
  });
});

describe("a conversation", () => {
  it("shrinks to an empty Close frame of the client's, on perfect links", () => {
    expect(shrunken(arb.link())).toEqual([{ latency: 0, chunking: { sizes: [], repeated: false } }]);
    expect(shrunken(arb.command())).toSatisfy((found: unknown[]) =>
      found.every((each) => JSON.stringify(each).length < 90),
    );
    expect(shrunken(arb.conversation())).toEqual([
      {
        turns: [],
        links: {
          client: { latency: 0, chunking: { sizes: [], repeated: false } },
          server: { latency: 0, chunking: { sizes: [], repeated: false } },
        },
        closes: { by: "client", content: { reason: "" } },
      },
    ]);
  });

  it("keeps only the turn that fails", () => {
    const fails = ({ by, command }: { by: string; command: { type: string } }): boolean =>
      by === "server" && command.type === "ping";
    expect(shrunken(arb.turns(), (turns) => turns.some(fails))).toEqual([
      [{ by: "server", after: 0, command: { type: "ping", payload: "" } }],
    ]);
  });
});
