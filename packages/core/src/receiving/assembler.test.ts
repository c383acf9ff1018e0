import { hexBytes, patternBytes, sameBytes, utf8Bytes } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { rsv2, runLength } from "../../tests/support/extensions.ts";
import type { SinkVerdict } from "../frame/frame-decoder.ts";
import type { MessageTransform } from "../vocabulary/extension.ts";
import { type Limits, resolveLimits } from "../vocabulary/limits.ts";
import { type NativeFunctions, noNativeFunctions } from "../vocabulary/native-functions.ts";
import { Assembler, type AssemblerSink, type Delivery } from "./assembler.ts";

const text = (array: Uint8Array) => new TextDecoder().decode(array);

/** A transform that takes part in decoding and outputs nothing. */
const swallowing: MessageTransform = {
  beginDecode: () => true,
  decode: () => undefined,
  endDecode: () => undefined,
  beginEncode: () => undefined,
  encode: () => {},
  endEncode: () => {},
  release: () => {},
};

interface Setup {
  readonly delivery?: Delivery;
  readonly native?: NativeFunctions;
  readonly limits?: Partial<Limits>;
  /** The transform that owns RSV2. */
  readonly transform?: MessageTransform | undefined;
  readonly verdict?: SinkVerdict;
  /** Receives instead of the log. */
  readonly sink?: Partial<AssemblerSink>;
}

/** An assembler, and a log of what it delivered. */
function assembler({
  delivery = "messages",
  native = noNativeFunctions,
  limits,
  transform,
  verdict,
  sink: own,
}: Setup = {}) {
  const said: string[] = [];
  const sink: AssemblerSink = {
    takesTextBytes: false,
    text: (data) => said.push(`text ${data}`),
    textBytes: (array, start, end) => said.push(`text bytes ${text(array.subarray(start, end))}`),
    binary: (array, start, end) => said.push(`binary ${text(array.subarray(start, end))}`),
    piece: (kind, array, start, end, final) =>
      said.push(`${kind} fragment ${text(array.subarray(start, end))}${final ? " final" : ""}`),
    control: (opcode, payload) => {
      said.push(`control ${opcode} ${text(payload)}`);
      return verdict;
    },
    ...own,
  };
  const transforms = transform === undefined ? [] : [{ rsv: rsv2, transform }];
  const target = new Assembler(sink, { delivery, limits: resolveLimits(limits), native, transforms });
  return { target, said };
}

/** Passes in one frame, its payload in these pieces. */
function give(target: Assembler, firstByte: number, ...pieces: (string | Uint8Array)[]): SinkVerdict | "rest" {
  const payloads = pieces.map((piece) => (typeof piece === "string" ? utf8Bytes(piece) : piece));
  const ofFrame = target.frame(
    firstByte,
    payloads.reduce((sum, { length }) => sum + length, 0),
  );
  let verdict: SinkVerdict | "rest" = ofFrame === "slices" ? undefined : ofFrame;
  for (const [index, payload] of payloads.entries()) {
    verdict ??= target.payload(payload, 0, payload.length, index === payloads.length - 1);
  }
  return verdict;
}

describe("Assembler", () => {
  it("delivers whole messages, from one frame or several, in one piece or many", () => {
    const { target, said } = assembler();
    give(target, 0x81, "one");
    give(target, 0x82, "t", "wo");
    give(target, 0x01, "th");
    give(target, 0x00, "", "r");
    give(target, 0x80, "ee");
    give(target, 0x01, "");
    give(target, 0x80, "");
    give(target, 0x02, "");
    give(target, 0x80, "five");
    expect(said).toEqual(["text one", "binary two", "text three", "text ", "binary five"]);
    expect(target.messagesReceived).toBe(5);
  });

  it("delivers parts as they arrive with delivery: fragments, and an empty one only at the end", () => {
    const { target, said } = assembler({ delivery: "pieces" });
    give(target, 0x01, "a", "", "b");
    give(target, 0x80, "");
    give(target, 0x82, "whole");
    expect(said).toEqual(["text fragment a", "text fragment b", "text fragment  final", "binary fragment whole final"]);
  });

  it("delivers complete control frames with a payload of their own, and returns the verdict on them", () => {
    const { target, said } = assembler();
    const payload = utf8Bytes("ping");
    give(target, 0x89, payload);
    payload.fill(0);
    give(target, 0x8a, "p", "", "on", "g");
    give(target, 0x88, "");
    expect(said).toEqual(["control 9 ping", "control 10 pong", "control 8 "]);
    expect(give(assembler({ verdict: "stop" }).target, 0x88, "")).toBe("stop");
    expect(give(assembler({ verdict: { code: "close/status-code" } }).target, 0x88, "a", "b")).toEqual({
      code: "close/status-code",
    });
  });

  it("reports the offset of the invalid byte in text, in whole messages and in parts [F18]", () => {
    expect(give(assembler().target, 0x81, hexBytes("61ff"))).toEqual({ code: "message/utf8-invalid", offset: 1 });
    expect(give(assembler().target, 0x81, hexBytes("61c3"))).toEqual({ code: "message/utf8-truncated", offset: 2 });
    expect(give(assembler().target, 0x81, "a", hexBytes("62ff"))).toEqual({ code: "message/utf8-invalid", offset: 1 });
    expect(give(assembler().target, 0x81, "a", hexBytes("c3"))).toEqual({ code: "message/utf8-truncated", offset: 1 });
    const { target } = assembler({ delivery: "pieces" });
    expect(give(target, 0x01, "é", hexBytes("e2"))).toBeUndefined();
    expect(give(target, 0x80, hexBytes("82"), hexBytes("41"))).toEqual({ code: "message/utf8-invalid", offset: 0 });
  });

  it("enforces the limits on frames, messages and fragments before any payload arrives [X19] [F16]", () => {
    expect(assembler({ limits: { frame: 3 } }).target.frame(0x81, 4)).toEqual({ code: "frame/too-big" });
    expect(assembler({ limits: { message: 3 } }).target.frame(0x81, 4)).toEqual({ code: "message/too-big" });
    const { target } = assembler({ limits: { message: 3, fragments: 2 } });
    expect(give(target, 0x01, "ab")).toBeUndefined();
    expect(target.frame(0x00, 2)).toEqual({ code: "message/too-big" });
    const other = assembler({ limits: { fragments: 2 } }).target;
    give(other, 0x01, "");
    give(other, 0x00, "");
    expect(other.frame(0x80, 0)).toEqual({ code: "message/too-many-fragments" });
    expect(assembler({ limits: { frame: 1 } }).target.frame(0x89, 100)).toBeUndefined();
  });

  it("accepts messages exactly at the limits, one after another [X19] [F16]", () => {
    const { target, said } = assembler({ limits: { frame: 3, message: 4, fragments: 2 } });
    for (let round = 0; round < 3; round++) {
      expect(give(target, 0x02, "abc")).toBeUndefined();
      expect(give(target, 0x80, "d")).toBeUndefined();
    }
    expect(said).toEqual(["binary abcd", "binary abcd", "binary abcd"]);
  });

  it("passes on fragments as ranges of the chunk, which it owns", () => {
    const ranges: [Uint8Array, number, number][] = [];
    const piece: AssemblerSink["piece"] = (_, array, start, end) => ranges.push([array, start, end]);
    const { target } = assembler({ delivery: "pieces", limits: { message: 250 }, sink: { piece } });
    const chunk = patternBytes(300);
    target.frame(0x02, 100);
    target.payload(chunk, 20, 120, true);
    expect(target.frame(0x80, 150)).toBeUndefined();
    target.payload(chunk, 130, 280, true);
    expect(ranges.map(([array, start, end]) => [array.buffer === chunk.buffer, start, end])).toEqual([
      [true, 20, 120],
      [true, 130, 280],
    ]);
  });

  it("copies what it keeps of a chunk that ended, unless that is nearly the whole chunk [F25]", () => {
    const { target, said } = assembler();
    target.endChunk();
    const chunk = utf8Bytes("x".repeat(500));
    target.frame(0x02, 200);
    target.payload(chunk, 0, 200, true);
    target.endChunk();
    chunk.fill(0);
    give(target, 0x80, "end");
    target.endChunk();
    expect(said).toEqual([`binary ${"x".repeat(200)}end`]);
  });

  it("decodes fragmented text with a native decodeAscii while it is ASCII, and otherwise as UTF-8 [F21]", () => {
    const native = {
      decodeAscii: (array: Uint8Array, start: number, end: number) => `(${text(array.slice(start, end))})`,
    };
    const { target, said } = assembler({ native });
    for (const [first, last] of [
      ["as", "cii"],
      ["é", ""],
      ["caf", "é"],
      ["a", "gain"],
    ] as const) {
      give(target, 0x01, first);
      give(target, 0x80, "", last);
    }
    expect(said).toEqual(["text (ascii)", "text é", "text café", "text (again)"]);
  });

  it("decodes messages in which a transform takes part, and reports faults in them at the frame", () => {
    const decoding = () => ({ transform: runLength().createTransform("server", []) });
    const { target, said } = assembler(decoding());
    give(target, 0x81 | rsv2, hexBytes("0361"), hexBytes("02"), hexBytes("62"));
    give(target, 0x81, "plain");
    give(target, 0x82 | rsv2, "");
    expect(said).toEqual(["text aaabb", "text plain", "binary "]);
    const fault = (hex: string, limits: Partial<Limits> = {}) =>
      give(assembler({ ...decoding(), limits }).target, 0x81 | rsv2, hexBytes(hex));
    expect(fault("00")).toEqual({ code: "extension/data-malformed" });
    expect(fault("01")).toEqual({ code: "extension/data-truncated" });
    expect(fault("01ff")).toEqual({ code: "message/utf8-invalid" });
    expect(fault("01c3")).toEqual({ code: "message/utf8-truncated" });
    expect(fault("0361 0162", { message: 3 })).toEqual({ code: "message/too-big" });
    expect(fault("0461", { message: 3 })).toEqual({ code: "message/too-big" });
    expect(fault("0361", { message: 3 })).toBeUndefined();
  });

  it("passes non-empty payload to a transform, and then the end of the message", () => {
    const told: string[] = [];
    const transform: MessageTransform = {
      ...swallowing,
      decode: (array, start, end) => {
        told.push(text(array.subarray(start, end)));
        return undefined;
      },
      endDecode: () => {
        told.push("end");
        return undefined;
      },
    };
    const { target, said } = assembler({ transform });
    give(target, 0x02 | rsv2, "", "ab", "");
    give(target, 0x00, "");
    give(target, 0x80, "c", "");
    give(target, 0x82 | rsv2, "");
    expect(told).toEqual(["ab", "c", "end", "end"]);
    expect(said).toEqual(["binary ", "binary "]);
  });

  it("delivers the output of a transform as copies, because the transform may reuse its array", () => {
    const parts: Uint8Array[] = [];
    const scratch = new Uint8Array(4);
    const tripling: MessageTransform = {
      ...swallowing,
      decode: (array, start, end, sink) => {
        for (let at = start; at < end; at++) sink(scratch.fill(array[at] ?? 0), 1, 4);
        return undefined;
      },
    };
    const piece: AssemblerSink["piece"] = (_, array, start, end) => {
      expect(end).toBeLessThanOrEqual(array.length);
      parts.push(array.subarray(start, end));
    };
    const { target } = assembler({ delivery: "pieces", transform: tripling, sink: { piece } });
    give(target, 0x82 | rsv2, "ab");
    expect(parts.map(text)).toEqual(["aaa", "bbb", ""]);
  });

  it("keeps the first fault when a transform ignores the request to stop, and does not end the transform", () => {
    const told: string[] = [];
    const stubborn: MessageTransform = {
      ...swallowing,
      decode: (array, start, end, sink) => {
        for (let at = start; at < end; at++) told.push(String(sink(array, at, at + 1)));
        return undefined;
      },
      endDecode: () => {
        told.push("end");
        return "extension/data-truncated";
      },
    };
    const fault = (hex: string, limits: Partial<Limits> = {}) =>
      give(assembler({ transform: stubborn, limits }).target, 0x81 | rsv2, hexBytes(hex));
    expect(fault("61 ff 62")).toEqual({ code: "message/utf8-invalid" });
    expect(told.splice(0)).toEqual(["true", "false", "false"]);
    expect(fault("61 62 63 64", { message: 2 })).toEqual({ code: "message/too-big" });
    expect(told.splice(0)).toEqual(["true", "true", "false", "false"]);
    expect(fault("61 62", { message: 2 })).toEqual({ code: "extension/data-truncated" });
    expect(told).toEqual(["true", "true", "end"]);
  });

  it("limits the encoded size of a transformed message, after faults that come before the limit [A08]", () => {
    const limits = { encodedMessage: 3 };
    for (const pieces of [["abcd"], ["ab", "cd"], ["abc", "d"]]) {
      expect(give(assembler({ transform: swallowing, limits }).target, 0x82 | rsv2, ...pieces)).toEqual({
        code: "message/encoded-too-big",
      });
    }
    const { target } = assembler({ transform: swallowing, limits });
    expect(give(target, 0x82 | rsv2, "abc")).toBeUndefined();
    expect(give(target, 0x02 | rsv2, "ab")).toBeUndefined();
    expect(give(target, 0x80, "cd")).toEqual({ code: "message/encoded-too-big" });
    expect(
      give(
        assembler({ transform: runLength().createTransform("server", []), limits }).target,
        0x82 | rsv2,
        hexBytes("0161 0061"),
      ),
    ).toEqual({
      code: "extension/data-malformed",
    });
  });

  it("counts the work of a transform that outputs nothing, and rests when the budget is used up [A08] [A09]", () => {
    const idle: MessageTransform = {
      ...swallowing,
      beginDecode: (_, rsv) => rsv !== 0,
      decode: (array, start, end, sink) => {
        for (let at = start; at < end; at++) if (!sink(array, at, at)) throw new Error("it was told to stop");
        return undefined;
      },
    };
    const { target, said } = assembler({ transform: idle });
    give(target, 0x02 | rsv2, "ab");
    const before = target.work;
    target.frame(0x00, 100);
    target.payload(new Uint8Array(100), 0, 100, true);
    expect(target.work - before).toBeGreaterThan(100 * 100);
    target.budget = target.work + 1;
    expect(give(target, 0x00, "")).toBe("rest");
    target.budget = target.work + 1_000_000;
    expect(give(target, 0x80, "")).toBeUndefined();
    target.budget = target.work;
    for (const firstByte of [0x81, 0x82, 0x89, 0x01, 0x80]) expect(give(target, firstByte, "x")).toBe("rest");
    expect(said).toEqual(["binary ", "text x", "binary x", "control 9 x", "text xx"]);
  });

  it("holds at most four times what has arrived of a long message, and at its end nothing but the slab [F25]", () => {
    const length = 100_000;
    const payload = patternBytes(length);
    for (const firstByte of [0x02, 0x82]) {
      const { target } = assembler({ sink: { binary: () => {} } });
      expect(target.heldLength).toBe(0);
      target.frame(firstByte, length);
      for (let at = 0; at < length; at += 1_000) {
        target.payload(payload, at, at + 1_000, at + 1_000 === length);
        target.endChunk();
        if (at + 1_000 < length) expect(target.heldLength).toBeLessThan(4 * (at + 1_000) + 1_000);
      }
      if (firstByte === 0x02) give(target, 0x80, "end");
      expect(target.heldLength).toBe(0);
    }
  });

  it("assembles long text and binary from pieces of every size [F25]", () => {
    for (const length of [100, 5000, 200_000]) {
      for (const size of [7, 4096, 100_000]) {
        const whole: Uint8Array[] = [];
        const { target } = assembler({
          sink: {
            text: (data) => whole.push(utf8Bytes(data)),
            binary: (array, start, end) => whole.push(array.slice(start, end)),
          },
        });
        for (const [firstByte, payload] of [
          [0x82, patternBytes(length)],
          [0x81, utf8Bytes("é".repeat(length / 2))],
        ] as const) {
          target.frame(firstByte, length);
          for (let at = 0; at < length; at += size)
            target.payload(payload, at, Math.min(at + size, length), at + size >= length);
          expect(sameBytes(whole.pop() ?? hexBytes(""), payload)).toBe(true);
        }
      }
    }
  });
});
