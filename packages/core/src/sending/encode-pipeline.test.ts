import { hexBytes, patternBytes, sameBytes } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { adding, rsv1, rsv2, rsv3, runLength, type TransformLog } from "../../tests/support/extensions.ts";
import type { Extension } from "../vocabulary/extension.ts";
import { EncodePipeline } from "./encode-pipeline.ts";

function begin(extensions: readonly Extension[], compress?: boolean): EncodePipeline | undefined {
  const transforms = extensions.map(({ createTransform }) => createTransform("client", []));
  return EncodePipeline.begin(transforms, { kind: "binary", length: 3, compress });
}

describe("EncodePipeline", () => {
  it("is undefined when no transform takes part", () => {
    expect(begin([])).toBeUndefined();
    expect(begin([adding("a", rsv1, 1), runLength()], false)).toBeUndefined();
  });

  it("has the bits of the transforms that take part, and applies them in the order of the agreement [E31]", () => {
    const log: TransformLog = [];
    const encode = begin([adding("a", rsv1, 1, log), runLength(log), adding("b", rsv3, 2, log)]);
    expect(encode?.rsv).toBe(rsv1 | rsv2 | rsv3);
    encode?.push(hexBytes("070707"));
    expect([encode?.available, encode?.ended]).toEqual([0, false]);
    encode?.end();
    encode?.end();
    expect([encode?.available, encode?.ended]).toEqual([2, true]);
    expect(encode?.take(1)).toEqual(hexBytes("05"));
    expect(encode?.take(9)).toEqual(hexBytes("0a"));
    expect(encode?.take(9)).toHaveLength(0);
    expect(log.filter((line) => line.endsWith("endEncode"))).toEqual(["a endEncode", "b endEncode"]);
  });

  it("flushes every stage that supports it, in order, once per push", () => {
    const flushing = (name: string, log: string[]): Extension => {
      const plain = runLength();
      return {
        ...plain,
        createTransform: (role, parameters) => {
          const transform = plain.createTransform(role, parameters);
          transform.flushEncode = (sink) => {
            log.push(name);
            transform.endEncode(sink);
          };
          return transform;
        },
      };
    };
    const log: string[] = [];
    const encode = begin([flushing("first", log), adding("a", rsv1, 1), flushing("second", log)]);
    encode?.flush();
    expect(log).toEqual([]);
    encode?.push(hexBytes("0707"));
    expect(encode?.available).toBe(0);
    encode?.flush();
    encode?.flush();
    expect(log).toEqual(["first", "second"]);
    // 07 07 becomes 02 07, plus 1 is 03 08, which is two runs of one.
    expect(encode?.take(9)).toEqual(hexBytes("0103 0108"));
  });

  it("accepts ranges anywhere in an array, and asks every stage for more", () => {
    const answers: boolean[] = [];
    const framing = (amount: number): Extension => {
      const plain = adding("a", rsv1, amount);
      return {
        ...plain,
        createTransform: (role, parameters) => ({
          ...plain.createTransform(role, parameters),
          encode: (array, start, end, sink) => {
            answers.push(sink(Uint8Array.of(0xff, ...array.subarray(start, end), amount, 0xff), 1, end - start + 2));
          },
        }),
      };
    };
    const encode = begin([framing(1), framing(2)]);
    encode?.push(hexBytes("0a0b"));
    expect(answers).toEqual([true, true]);
    expect(encode?.available).toBe(4);
    expect(encode?.take(9)).toEqual(hexBytes("0a0b 01 02"));
    expect(encode?.available).toBe(0);
  });

  it("returns arrays that the caller may change", () => {
    const encode = begin([adding("a", rsv1, 1)]);
    const data = patternBytes(5000);
    encode?.push(data);
    encode?.take(5000).fill(0);
    expect(sameBytes(data, patternBytes(5000))).toBe(true);
  });
});
