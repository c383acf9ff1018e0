import { expect, it } from "vitest";
import * as certificates from "./certificates.ts";
import * as unseen from "./certificates-unseen.ts";

it("has the names of certificates.ts, whose place it takes, and sees no error of a certificate", () => {
  expect(Object.keys(unseen)).toEqual(Object.keys(certificates));
  const error = Object.assign(new Error("self-signed certificate"), { code: "DEPTH_ZERO_SELF_SIGNED_CERT" });
  expect(certificates.isCertificateError(error)).toBe(true);
  expect(unseen.isCertificateError(error)).toBe(false);
});
