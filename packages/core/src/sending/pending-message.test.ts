import { concatBytes, patternBytes, sameBytes, utf8Bytes } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { rsv2, runLength } from "../../tests/support/extensions.ts";
import { EncodePipeline } from "./encode-pipeline.ts";
import { PendingMessage } from "./pending-message.ts";

function fragmentsOf(message: PendingMessage, limit: number): Uint8Array[] {
  const payloads: Uint8Array[] = [];
  for (let count = 0; count < 10_000; count++) {
    const { payload, final } = message.takeFragment(limit);
    expect(payload.length).toBeLessThanOrEqual(limit);
    payloads.push(payload);
    if (final) return payloads;
  }
  throw new Error("never final");
}

describe("PendingMessage", () => {
  it.each([1, 3, 4096, 100_000])("leaves in fragments of at most %i bytes, however it was appended", (limit) => {
    const message = new PendingMessage("text", true);
    expect([message.compress, message.ready, message.ended]).toEqual([true, false, false]);
    message.append(patternBytes(10));
    message.append(patternBytes(5000, 1));
    message.appendText("é€");
    message.appendReference(patternBytes(7, 2));
    expect([message.length, message.ready, message.wholeLength]).toEqual([5022, true, undefined]);
    message.end();
    expect([message.ended, message.wholeLength]).toEqual([true, 5022]);
    message.begin(undefined);
    expect(message.wholeLength).toBeUndefined();
    const whole = concatBytes([patternBytes(10), patternBytes(5000, 1), utf8Bytes("é€"), patternBytes(7, 2)]);
    expect(sameBytes(concatBytes(fragmentsOf(message, limit)), whole)).toBe(true);
    expect(message.length).toBe(0);
  });

  it("returns its own opcode once, then the continuation opcode", () => {
    for (const [kind, opcode] of [
      ["text", 1],
      ["binary", 2],
    ] as const) {
      const message = new PendingMessage(kind, undefined);
      message.begin(undefined);
      expect([message.takeOpcode(), message.takeOpcode(), message.takeOpcode()]).toEqual([opcode, 0, 0]);
    }
  });

  it("reports whether its bytes may be masked in place: not if an array belongs to the application [F12]", () => {
    const own = new PendingMessage("text", undefined);
    own.appendText("abc");
    own.append(patternBytes(4096));
    expect(own.takeFragment(2).owned).toBe(true);
    const referring = new PendingMessage("binary", undefined);
    referring.append(patternBytes(4097));
    expect(referring.takeFragment(2).owned).toBe(false);
  });

  it("ends with an empty fragment when its end comes after its last byte", () => {
    const message = new PendingMessage("text", undefined);
    message.appendText("a");
    message.begin(undefined);
    expect(message.takeFragment(9)).toMatchObject({ payload: utf8Bytes("a"), final: false });
    expect(message.ready).toBe(false);
    message.end();
    expect(message.ready).toBe(true);
    expect(message.takeFragment(9)).toMatchObject({ payload: utf8Bytes(""), final: true });
  });

  it("counts the bytes queued on both sides of a pipeline, and is ready while there are any", () => {
    const message = new PendingMessage("binary", undefined);
    message.append(patternBytes(3000));
    const transforms = [runLength().createTransform("client", [])];
    message.begin(EncodePipeline.begin(transforms, { kind: "binary", length: undefined, compress: undefined }));
    expect(message.takeOpcode()).toBe(0x2 | rsv2);
    const first = message.takeFragment(1000);
    expect(first).toMatchObject({ owned: true, final: false });
    expect(message.length).toBe(2 * 2999 - first.payload.length);
    while (message.ready) message.takeFragment(1000);
    message.end();
    expect(message.takeFragment(1000)).toMatchObject({ final: true });
  });

  it("passes only as much to a pipeline as the fragment needs, in steps of 64 KiB", () => {
    // Every byte of a step becomes two, except the last, which the pipeline holds back.
    const step = 65_536;
    for (const [limit, steps] of [
      [1000, 1],
      [2 * (step - 1), 1],
      [2 * step, 2],
    ] as const) {
      const message = new PendingMessage("binary", undefined);
      message.append(patternBytes(5 * step));
      const transforms = [runLength().createTransform("client", [])];
      message.begin(EncodePipeline.begin(transforms, { kind: "binary", length: undefined, compress: undefined }));
      const { payload } = message.takeFragment(limit);
      expect(payload.length + message.length).toBe(2 * (steps * step - 1) + (5 - steps) * step);
    }
  });
});
