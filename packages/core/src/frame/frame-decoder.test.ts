import { concatBytes, cutEvery, hexBytes, patternBytes, sameBytes } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { encodeFrame } from "./encode-frame.ts";
import {
  FrameDecoder,
  type FrameDecoderOptions,
  type FrameFault,
  type FrameSink,
  type SinkVerdict,
} from "./frame-decoder.ts";
import { mask } from "./mask.ts";

/** Records the calls to a sink; returns the given verdicts at the n-th call. */
class Recorder implements FrameSink {
  readonly calls: string[] = [];
  readonly #verdicts: ReadonlyMap<number, SinkVerdict>;

  constructor(verdicts: readonly (readonly [call: number, verdict: SinkVerdict])[] = []) {
    this.#verdicts = new Map(verdicts);
  }

  frame(firstByte: number, length: number): SinkVerdict {
    this.calls.push(`frame ${firstByte.toString(16)} ${length}`);
    return this.#verdicts.get(this.calls.length - 1);
  }

  payload(chunk: Uint8Array, start: number, end: number, last: boolean): SinkVerdict | "rest" {
    this.calls.push(`payload ${[...chunk.subarray(start, end)].join(",")}${last ? " last" : ""}`);
    return this.#verdicts.get(this.calls.length - 1);
  }
}

function decodeAll(
  wire: Uint8Array,
  size: number,
  options: FrameDecoderOptions,
  sink: FrameSink = new Recorder(),
): FrameFault | "stop" | undefined {
  const decoder = new FrameDecoder(sink, options);
  for (const chunk of cutEvery(wire, size)) {
    const verdict = decoder.decode(chunk);
    if (verdict !== undefined) return verdict;
  }
  return undefined;
}

const key = 0x0403_0201;
const wire = concatBytes([
  encodeFrame({ opcode: 1, payload: hexBytes("0102"), maskingKey: key, final: false }),
  encodeFrame({ opcode: 9, maskingKey: key }),
  encodeFrame({ opcode: 0, payload: hexBytes("03"), maskingKey: key }),
]);

describe("FrameDecoder", () => {
  it("passes each header and all payload to its sink, whole payload in one range", () => {
    const sink = new Recorder();
    expect(decodeAll(wire, wire.length, { role: "server" }, sink)).toBeUndefined();
    expect(sink.calls).toEqual([
      "frame 1 2",
      "payload 1,2 last",
      "frame 89 0",
      "payload  last",
      "frame 80 1",
      "payload 3 last",
    ]);
  });

  it("passes payload byte by byte as it arrives, with `last` once per frame", () => {
    const sink = new Recorder();
    expect(decodeAll(wire, 1, { role: "server" }, sink)).toBeUndefined();
    expect(sink.calls).toEqual([
      "frame 1 2",
      "payload 1",
      "payload 2 last",
      "frame 89 0",
      "payload  last",
      "frame 80 1",
      "payload 3 last",
    ]);
  });

  it("counts the bytes received", () => {
    const decoder = new FrameDecoder(new Recorder(), { role: "server" });
    expect(decoder.received).toBe(0);
    for (const chunk of cutEvery(wire, 4)) decoder.decode(chunk);
    expect(decoder.received).toBe(wire.length);
    expect(decoder.toleratedNonMinimalLength).toBe(false);
  });

  const stopAt = [0, 1, 2, 3, 4, 5];
  it.each(stopAt)("stops for good when its sink says so at call %i, and makes no further call", (call) => {
    for (const size of [1, 2, 3, 7, wire.length]) {
      const plain = new Recorder();
      decodeAll(wire, size, { role: "server" }, plain);
      const sink = new Recorder([[call, "stop"]]);
      expect(decodeAll(wire, size, { role: "server" }, sink)).toBe("stop");
      expect(sink.calls).toEqual(plain.calls.slice(0, call + 1));
    }
  });

  it.each(stopAt)("locates a fault that its sink finds at call %i: at the byte named, or else at the frame", (call) => {
    const second = encodeFrame({ opcode: 1, payload: hexBytes("0102"), maskingKey: key }).length;
    const starts = [0, second, second + 6];
    for (const size of [1, wire.length]) {
      const plain = new Recorder();
      decodeAll(wire, size, { role: "server" }, plain);
      const frame = plain.calls.slice(0, call + 1).filter((line) => line.startsWith("frame")).length - 1;
      const sink = new Recorder([[call, { code: "message/too-big" }]]);
      expect(decodeAll(wire, size, { role: "server" }, sink)).toEqual({
        code: "message/too-big",
        offset: starts[frame],
      });
    }
    const indexed = new Recorder([[1, { code: "message/utf8-invalid", offset: 7 }]]);
    expect(decodeAll(wire, wire.length, { role: "server" }, indexed)).toEqual({
      code: "message/utf8-invalid",
      offset: 7,
    });
    const later = new Recorder([[2, { code: "message/utf8-invalid", offset: 0 }]]);
    expect(decodeAll(wire, 1, { role: "server" }, later)).toEqual({ code: "message/utf8-invalid", offset: 7 });
  });

  it("locates a fault in a payload spread over several chunks at its frame", () => {
    const good = encodeFrame({ opcode: 2, payload: patternBytes(5), maskingKey: key });
    const cutFrame = encodeFrame({ opcode: 2, payload: patternBytes(9), maskingKey: key });
    const first = concatBytes([good, cutFrame.subarray(0, 8)]);
    const rest = cutFrame.slice(8);
    for (const call of [3, 4]) {
      const decoder = new FrameDecoder(new Recorder([[call, { code: "message/too-big" }]]), { role: "server" });
      const verdict = decoder.decode(first.slice()) ?? decoder.decode(rest.slice());
      expect(verdict).toEqual({ code: "message/too-big", offset: good.length });
    }
  });

  it("passes payloads of 4 KiB and more to options.unmask, with the key aligned to the range", () => {
    const payload = patternBytes(20_000);
    const masked = encodeFrame({ opcode: 2, payload, maskingKey: key });
    const calls: number[] = [];
    const unmask = (array: Uint8Array, start: number, end: number, aligned: number) => {
      calls.push(end - start);
      mask(array, start, end, aligned);
    };
    for (const size of [masked.length, 4095, 4096, 4098, 5001, 10_001]) {
      const received: Uint8Array[] = [];
      const sink: FrameSink = {
        frame: () => undefined,
        payload: (array, start, end) => {
          received.push(array.slice(start, end));
          return undefined;
        },
      };
      decodeAll(masked, size, { role: "server", unmask }, sink);
      expect(sameBytes(concatBytes(received), payload)).toBe(true);
    }
    expect(calls.length).toBeGreaterThan(5);
    expect(Math.min(...calls)).toBe(4096);
  });

  it("does not unmask with a key of zero, nor what a server sent", () => {
    const unmask = () => {
      throw new Error("not needed");
    };
    const payload = patternBytes(5000);
    for (const size of [4500, 6000]) {
      decodeAll(encodeFrame({ opcode: 2, payload, maskingKey: 0 }), size, { role: "server", unmask });
    }
    decodeAll(encodeFrame({ opcode: 2, payload }), 6000, { role: "client", unmask });
    decodeAll(encodeFrame({ opcode: 2, payload }), 100, { role: "client", unmask });
  });

  it("unmasks in place, as it owns the chunk", () => {
    const chunk = encodeFrame({ opcode: 2, payload: patternBytes(50), maskingKey: key });
    new FrameDecoder(new Recorder(), { role: "server" }).decode(chunk);
    expect(sameBytes(chunk.subarray(6), patternBytes(50))).toBe(true);
  });

  it("finds the same fault at the same offset in whole and in cut headers", () => {
    const good = encodeFrame({ opcode: 2, payload: patternBytes(300), maskingKey: key });
    const faults: [hex: string, fault: FrameFault["code"], at: number, firstByte?: number][] = [
      ["83", "frame/opcode-reserved", 0, 0x83],
      ["c1", "frame/rsv-unowned", 0, 0xc1],
      ["09", "frame/control-fragmented", 0],
      ["0100", "frame/mask-missing", 1],
      ["89fe", "frame/control-too-long", 1],
      ["82fe0001 01020304", "frame/length-not-minimal", 2],
      ["82ff8000000000000000 01020304", "frame/length-sign-bit", 2],
      ["82ff0020000000000000 01020304", "frame/too-big", 2],
    ];
    for (const [hex, code, at, firstByte] of faults) {
      const faulty = concatBytes([good, hexBytes(hex), new Uint8Array(20)]);
      for (const size of [1, 2, 3, 5, 11, 13, faulty.length]) {
        expect(decodeAll(faulty, size, { role: "server" })).toEqual({ code, offset: good.length + at, firstByte });
      }
    }
  });

  it("reads a length of any size exactly, wherever its header is cut", () => {
    const lengths: [extended: string, length: number][] = [
      ["fe007e", 126],
      ["fe0100", 256],
      ["feffff", 65_535],
      ["ff0000000000010000", 65_536],
      ["ff0000000080000001", 2 ** 31 + 1],
      ["ff00000000ffffffff", 2 ** 32 - 1],
      ["ff0000000100000000", 2 ** 32],
      ["ff0001020304050607", 0x1_0203_0405_0607],
      ["ff001fffffffffffff", 2 ** 53 - 1],
    ];
    for (const [hex, length] of lengths) {
      const header = hexBytes(`02${hex}01020304`);
      for (const size of [1, 2, 3, 5, 9, header.length, 100]) {
        const sink = new Recorder();
        expect(decodeAll(concatBytes([header, hexBytes("0103")]), size, { role: "server" }, sink)).toBeUndefined();
        expect(sink.calls[0]).toBe(`frame 2 ${length}`);
        const payload = sink.calls.slice(1).map((call) => call.replace("payload ", ""));
        expect(payload.filter((part) => part !== "").join(",")).toBe("0,1");
      }
    }
  });

  it("tolerates non-minimal lengths on request, in whole and cut headers, and reports them", () => {
    const options = { role: "client", tolerateNonMinimalLength: true } as const;
    for (const size of [1, 100]) {
      for (const [hex, tolerated] of [
        ["8200", false],
        ["827e0001 61", true],
        ["827f0000000000000001 61", true],
        ["827f0000000000010000", false],
      ] as const) {
        const decoder = new FrameDecoder(new Recorder(), options);
        for (const chunk of cutEvery(hexBytes(hex), size)) expect(decoder.decode(chunk)).toBeUndefined();
        expect(decoder.toleratedNonMinimalLength).toBe(tolerated);
      }
      const sign = decodeAll(hexBytes("827f8000000000000001"), size, options);
      expect(sign).toEqual({ code: "frame/length-sign-bit", offset: 2 });
    }
  });

  it("leaves the bytes after a range at which its sink rests unchanged, and continues there [A09]", () => {
    for (const size of [wire.length, 3, 1]) {
      const sink = new (class extends Recorder {
        override payload(chunk: Uint8Array, start: number, end: number, last: boolean): "rest" {
          super.payload(chunk, start, end, last);
          return "rest";
        }
      })();
      const decoder = new FrameDecoder(sink, { role: "server" });
      const before = new Recorder();
      decodeAll(wire, size, { role: "server" }, before);
      let calls = 0;
      for (const chunk of cutEvery(wire, size)) {
        for (let rest = chunk; rest.length > 0; rest = rest.subarray(decoder.taken)) {
          expect(decoder.decode(rest)).toBeUndefined();
          calls++;
        }
      }
      expect(sink.calls).toEqual(before.calls);
      expect(calls).toBeGreaterThanOrEqual(3);
      expect(decoder.received).toBe(wire.length);
    }
  });

  it("passes payload in slices on request of its sink, each of which may be the last for now [A08]", () => {
    const payload = patternBytes(10_000);
    const frames = concatBytes([encodeFrame({ opcode: 2, payload, maskingKey: key }), wire]);
    for (const size of [frames.length, 5_000, 1]) {
      const ranges: number[] = [];
      const received: Uint8Array[] = [];
      const sink: FrameSink = {
        frame: () => "slices",
        payload: (chunk, start, end) => {
          ranges.push(end - start);
          received.push(chunk.slice(start, end));
          return "rest";
        },
      };
      const decoder = new FrameDecoder(sink, { role: "server" });
      for (const chunk of cutEvery(frames, size)) {
        for (let rest = chunk; rest.length > 0; rest = rest.subarray(decoder.taken)) decoder.decode(rest);
      }
      expect(Math.max(...ranges)).toBe(Math.min(size, 4096));
      expect(sameBytes(concatBytes(received), concatBytes([payload, Uint8Array.of(1, 2, 3)]))).toBe(true);
    }
  });
});
