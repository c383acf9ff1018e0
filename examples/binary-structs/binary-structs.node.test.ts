import { describe, expect, it } from "vitest";
import { run } from "../tests/program.ts";
import { decodeSamples, encodeSamples } from "./samples.ts";

const samples = { channel: 255, startedAt: 1_700_000_000_000.5, values: Float64Array.of(1.5, -0, Number.NaN) };

describe("samples", () => {
  it("are decoded unchanged, in a view of the buffer", () => {
    const buffer = encodeSamples(samples);
    const decoded = decodeSamples(buffer);
    expect(decoded).toEqual(samples);
    expect(decoded?.values.buffer).toBe(buffer);
    expect(decodeSamples(encodeSamples({ ...samples, values: new Float64Array(0) }))?.values).toHaveLength(0);
  });

  it("are the same bytes on every machine", () => {
    const bytes = new Uint8Array(encodeSamples({ channel: 7, startedAt: 1, values: Float64Array.of(2) }));
    const header = [0x53, 0x42, 1, 7, 1, 0, 0, 0];
    expect([...bytes]).toEqual([...header, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0x40]);
  });

  it("are rejected if cut short, longer, or of another kind", () => {
    const bytes = new Uint8Array(encodeSamples(samples));
    for (let length = 0; length < bytes.length; length++) {
      expect(decodeSamples(bytes.slice(0, length).buffer)).toBe(undefined);
    }
    expect(decodeSamples(Uint8Array.of(...bytes, 0).buffer)).toBe(undefined);
    for (const at of [0, 1, 2, 4, 7]) {
      const changed = bytes.map((byte, index) => (index === at ? byte ^ 0x80 : byte));
      expect(decodeSamples(changed.buffer)).toBe(undefined);
    }
  });
});

describe("the example of binary structs", () => {
  it("reads samples without a copy, and rejects other messages", async () => {
    expect(await run(["binary-structs/main.ts"])).toEqual([
      "channel 7: 100000 samples, mean 20.001, a view at byte 16",
      "closed: 1007 These are not samples.",
    ]);
  });
});
