/**
 * Recognizes errors of certificates and of TLS itself, which a retry would meet again. Pages and Workers are never told of them, so
 * their bundles get `certificates-unseen.ts` in place of this module (the field `browser` of `package.json`).
 */

/** OpenSSL names that Node and Bun use as codes: the server's certificate, ours, or an invalid certificate, key or cipher. */
const certificateCodes =
  /CERT|UNKNOWN_CA|PEM_|NO_START_LINE|NO_CIPHER_MATCH|INVALID_PROTOCOL|^(UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED)$/;

/** Deno's messages about certificates, and all runtimes' about a TLS alert on ours or about a server that does not speak TLS. */
const certificateTexts =
  /invalid peer certificate|alert.*(certificate|unknown[ _]?ca)|wrong[ _]version[ _]number|InvalidContentType/i;

/** Whether the cause of `error` is a certificate or TLS itself; with several addresses, this must hold for all. */
export function isCertificateError(error: unknown, depth = 0): boolean {
  if (typeof error !== "object" || error === null || depth === 8) return false;
  const { code, message, cause, errors } = error as Record<string, unknown>;
  if (typeof code === "string" && certificateCodes.test(code)) return true;
  if (typeof message === "string" && certificateTexts.test(message)) return true;
  if (Array.isArray(errors) && errors.length > 0) return errors.every((one) => isCertificateError(one, depth + 1));
  return isCertificateError(cause, depth + 1);
}
