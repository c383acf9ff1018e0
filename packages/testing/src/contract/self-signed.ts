/**
 * Generates a self-signed certificate with Web Crypto (RFC 5280). The DER stays short because every optional part is
 * left out. For tests on a single machine only.
 */

/** A certificate and its key, in PEM. */
export interface SelfSigned {
  readonly cert: string;
  readonly key: string;
}

const tags = {
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  oid: 0x06,
  utf8: 0x0c,
  sequence: 0x30,
  set: 0x31,
  utcTime: 0x17,
};
const algorithm = { name: "ECDSA", namedCurve: "P-256" } as const;
const objectIds = {
  ecdsaWithSha256: [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02],
  commonName: [0x55, 0x04, 0x03],
  subjectAltName: [0x55, 0x1d, 0x11],
};

/** A certificate for 127.0.0.1 that is valid from yesterday until tomorrow. */
export async function selfSigned(): Promise<SelfSigned> {
  const { privateKey, publicKey } = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const signatureAlgorithm = der(tags.sequence, der(tags.oid, objectIds.ecdsaWithSha256));
  const commonName = der(tags.sequence, der(tags.oid, objectIds.commonName), der(tags.utf8, ascii("hybi")));
  const name = der(tags.sequence, der(tags.set, commonName));
  const day = 86_400_000;
  const validity = der(tags.sequence, utcTime(Date.now() - day), utcTime(Date.now() + day));
  const address = der(tags.octets, der(tags.sequence, der(0x87, [127, 0, 0, 1])));
  const extension = der(tags.sequence, der(tags.oid, objectIds.subjectAltName), address);
  const serial = crypto.getRandomValues(new Uint8Array(8));
  const toBeSigned = der(
    tags.sequence,
    der(0xa0, der(tags.integer, [2])),
    der(tags.integer, [1], serial),
    ...[signatureAlgorithm, name, validity, name],
    new Uint8Array(await crypto.subtle.exportKey("spki", publicKey)),
    der(0xa3, der(tags.sequence, extension)),
  );
  const pair = new Uint8Array(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, privateKey, toBeSigned));
  const signature = der(tags.sequence, integer(pair.subarray(0, 32)), integer(pair.subarray(32)));
  const certificate = der(tags.sequence, toBeSigned, signatureAlgorithm, der(tags.bits, [0], signature));
  const pkcs8 = new Uint8Array(await crypto.subtle.exportKey("pkcs8", privateKey));
  return { cert: pem("CERTIFICATE", certificate), key: pem("PRIVATE KEY", pkcs8) };
}

function der(tag: number, ...parts: readonly ArrayLike<number>[]): Uint8Array<ArrayBuffer> {
  const content = parts.flatMap((part) => Array.from(part));
  const { length } = content;
  const prefix = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Uint8Array.from([tag, ...prefix, ...content]);
}

/** An unsigned INTEGER: DER allows no leading zeros, except one where the first bit is set. */
function integer(bytes: Uint8Array): Uint8Array {
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = bytes.subarray(first);
  return der(tags.integer, digits[0]! >= 0x80 ? [0] : [], digits);
}

function utcTime(at: number): Uint8Array {
  const digits = new Date(at).toISOString().replace(/\D/g, "").slice(2, 14);
  return der(tags.utcTime, ascii(`${digits}Z`));
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function pem(label: string, bytes: Uint8Array): string {
  const lines = btoa(String.fromCharCode(...bytes)).replace(/.{64}/g, "$&\n");
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}
