/** Takes the place of `certificates.ts` in bundles for browsers and Workers. */
export const isCertificateError = (_error: unknown): boolean => false;
