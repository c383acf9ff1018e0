/** What Deno lends to core gives the same results as the platform's decoder. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { denoFunctions } from "../src/native-functions.ts";

it("decodeAscii makes one char of each byte, wherever they lie in an array", () => {
  fc.assert(
    fc.property(fc.uint8Array({ max: 0x7f, maxLength: 5_000 }), fc.nat({ max: 9 }), (content, before) => {
      const bytes = new Uint8Array(before + content.length + 5).fill(0xff);
      bytes.set(content, before);
      const text = denoFunctions.decodeAscii?.(bytes, before, before + content.length);
      expect(text).toBe(new TextDecoder().decode(content));
    }),
  );
});
