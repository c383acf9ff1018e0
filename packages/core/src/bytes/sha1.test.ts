import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { messageWords, sha1Of60Bytes } from "./sha1.ts";

describe("sha1Of60Bytes", () => {
  it("returns what the platform does, for any 60 bytes, on every call", () => {
    const digest = new Int32Array(5);
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 60, maxLength: 60 }), (bytes) => {
        const view = new DataView(bytes.buffer, bytes.byteOffset);
        const words = Int32Array.from({ length: messageWords }, (_, index) => view.getInt32(4 * index));
        sha1Of60Bytes(words, digest);
        const hex = [...digest].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
        expect(hex).toBe(createHash("sha1").update(bytes).digest("hex"));
      }),
    );
  });
});
