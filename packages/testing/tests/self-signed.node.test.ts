import { createPrivateKey, X509Certificate } from "node:crypto";
import { selfSigned } from "@hybi/testing/adapter-contract";
import { expect, it } from "vitest";

it("a certificate is for 127.0.0.1, valid now, signed by its own key, whatever its random numbers", async () => {
  for (let count = 0; count < 20; count++) {
    const { cert, key } = await selfSigned();
    const certificate = new X509Certificate(cert);
    expect(certificate.checkIP("127.0.0.1")).toBe("127.0.0.1");
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect(Date.parse(certificate.validFrom) < Date.now() && Date.now() < Date.parse(certificate.validTo)).toBe(true);
  }
});
