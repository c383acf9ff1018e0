import { concatBytes, hexBytes } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { adding, rsv1, rsv2, rsv3, runLength, type TransformLog } from "../../tests/support/extensions.ts";
import type { Extension } from "../vocabulary/extension.ts";
import { DecodePipeline } from "./decode-pipeline.ts";

function pipeline(extensions: readonly Extension[]): { decode: DecodePipeline; output: () => Uint8Array } {
  const chunks: Uint8Array[] = [];
  const transforms = extensions.map(({ rsv, createTransform }) => ({ rsv, transform: createTransform("server", []) }));
  const decode = new DecodePipeline(transforms, (array, start, end) => {
    chunks.push(array.slice(start, end));
    return true;
  });
  return { decode, output: () => concatBytes(chunks) };
}

describe("DecodePipeline", () => {
  it("takes part when a transform does, passing it the bits that it owns, in reverse order of the agreement [E31]", () => {
    const log: TransformLog = [];
    const { decode, output } = pipeline([adding("a", rsv1, 1, log), adding("b", rsv3, 2, log)]);
    expect(decode.begin("text", 0)).toBe(false);
    expect(decode.begin("binary", rsv1 | rsv2)).toBe(true);
    expect(log).toEqual([
      "b beginDecode text 0",
      "a beginDecode text 0",
      "b beginDecode binary 0",
      "a beginDecode binary 40",
    ]);
    expect(decode.push(hexBytes("050607"), 1, 3)).toBeUndefined();
    expect(decode.end()).toBeUndefined();
    expect(output()).toEqual(hexBytes("0506"));
  });

  it("passes the output of each stage to the next, and ends them in the same order [E31]", () => {
    const log: TransformLog = [];
    const { decode, output } = pipeline([adding("a", rsv1, 1, log), runLength(log), adding("b", rsv3, 2, log)]);
    decode.begin("text", rsv1 | rsv2 | rsv3);
    // 05 0a 04 0b minus 2 is 03 08 02 09, which expands to 08 08 08 09 09, minus 1 is 07 07 07 08 08.
    decode.push(hexBytes("050a 040b"), 0, 4);
    decode.end();
    expect(output()).toEqual(hexBytes("0707070808"));
    expect(log.slice(-2)).toEqual(["b endDecode", "a endDecode"]);
  });

  it("rebuilds the pipeline for each message from the transforms that take part [E31]", () => {
    const log: TransformLog = [];
    const { decode, output } = pipeline([adding("a", rsv1, 1, log), adding("b", rsv3, 2, log)]);
    for (const rsv of [rsv1 | rsv3, rsv3, rsv1, rsv1 | rsv3]) {
      expect(decode.begin("binary", rsv)).toBe(true);
      decode.push(hexBytes("09"), 0, 1);
      decode.end();
    }
    expect(output()).toEqual(hexBytes("06 07 08 06"));
    const ends = ["b", "a", "b", "a", "b", "a"].map((name) => `${name} endDecode`);
    expect(log.filter((line) => line.endsWith("endDecode"))).toEqual(ends);
  });

  it("returns the first violation of any stage, during the message and at its end", () => {
    const first = pipeline([adding("a", rsv1, 1), runLength()]);
    first.decode.begin("text", rsv1 | rsv2);
    expect(first.decode.push(hexBytes("00"), 0, 1)).toBe("extension/data-malformed");

    const second = pipeline([runLength(), adding("a", rsv1, 1)]);
    second.decode.begin("text", rsv1 | rsv2);
    expect(second.decode.push(hexBytes("01"), 0, 1)).toBe("extension/data-malformed");

    const third = pipeline([runLength(), adding("a", rsv1, 1)]);
    third.decode.begin("text", rsv1 | rsv2);
    expect(third.decode.push(hexBytes("02"), 0, 1)).toBeUndefined();
    expect(third.decode.end()).toBe("extension/data-truncated");
  });

  it("makes a stage stop once a later one has found a fault", () => {
    const log: TransformLog = [];
    const { decode } = pipeline([runLength(), runLength(log)]);
    decode.begin("binary", rsv2);
    // The first stage decodes one 00, which the second rejects as malformed, so the first stops after two of six bytes.
    expect(decode.push(hexBytes("0100 0101 0101"), 0, 6)).toBe("extension/data-malformed");
    expect(log).toEqual(["stopped after 2"]);
  });
});
