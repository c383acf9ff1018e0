import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeBase64 } from "../bytes/base64.ts";
import { acceptValue, createKey, keySpelling } from "./key.ts";

const sha1 = (bytes: Uint8Array): Uint8Array => Uint8Array.from(createHash("sha1").update(bytes).digest());

describe("acceptValue", () => {
  it("returns the value of the example in RFC 6455 §1.3 [H09]", () => {
    expect(acceptValue("dGhlIHNhbXBsZSBub25jZQ==")).toBe("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  });

  it("returns the same with a native SHA-1, for any key [H09]", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (nonce) => {
        const key = createKey((target) => target.set(nonce));
        expect(key).toBe(encodeBase64(nonce));
        expect(keySpelling(key)).toBe("canonical");
        expect(acceptValue(key)).toBe(acceptValue(key, sha1));
      }),
    );
  });
});

describe("keySpelling", () => {
  it("distinguishes canonical, non-canonical and malformed keys [H06]", () => {
    expect(keySpelling("AAAAAAAAAAAAAAAAAAAAAA==")).toBe("canonical");
    for (const last of "Qgw") expect(keySpelling(`AAAAAAAAAAAAAAAAAAAAA${last}==`)).toBe("canonical");
    for (const last of "BPRh9/") expect(keySpelling(`AAAAAAAAAAAAAAAAAAAAA${last}==`)).toBe("non-canonical");
    for (const key of [
      "",
      "A".repeat(24),
      `${"A".repeat(23)}=`,
      `${"A".repeat(22)}=A`,
      `=${"A".repeat(21)}==`,
      `${"A".repeat(22)}==A`,
      `${"A".repeat(22)}====`,
      `${"A".repeat(21)}==`,
      `한${"A".repeat(21)}==`,
    ]) {
      expect(keySpelling(key)).toBeUndefined();
    }
  });
});
