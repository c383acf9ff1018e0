import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { base64Digit, decodeBase64, encodeBase64 } from "./base64.ts";

describe("encodeBase64", () => {
  it("encodes the test vectors of RFC 4648 §10", () => {
    const vectors = ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"];
    const bytes = [..."foobar"].map((char) => char.charCodeAt(0));
    for (const [length, text] of vectors.entries()) {
      expect(encodeBase64(Uint8Array.from(bytes.slice(0, length)))).toBe(text);
    }
  });

  it("encodes as the platform does, and decodeBase64 returns the original bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
        const text = encodeBase64(bytes);
        expect(text).toBe(Buffer.from(bytes).toString("base64"));
        expect(decodeBase64(text)).toEqual({ bytes, canonical: true });
      }),
    );
  });
});

describe("decodeBase64", () => {
  it.each(["A", "AA", "AAA", "AA=", "A===", "====", "=AAA", "AA=A", "AA-_", "AA A", "A한AA", "Zg==Zg=="])(
    "returns undefined for %j",
    (text) => {
      expect(decodeBase64(text)).toBeUndefined();
    },
  );

  it("reports pad bits that are not zero (RFC 4648 §3.5)", () => {
    expect(decodeBase64("Zh==")).toEqual({ bytes: Uint8Array.of(0x66), canonical: false });
    expect(decodeBase64("Zm9=")).toEqual({ bytes: Uint8Array.of(0x66, 0x6f), canonical: false });
  });
});

describe("base64Digit", () => {
  it("recognizes the 64 chars of the alphabet and no others", () => {
    const known = Array.from({ length: 0x200 }, (_, unit) => base64Digit(unit)).filter((digit) => digit >= 0);
    expect(known.length).toBe(64);
    expect(new Set(known).size).toBe(64);
  });
});
