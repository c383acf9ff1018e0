/**
 * Creates a self-signed certificate for 127.0.0.1 (RFC 5280). The DER encoding is short because all optional parts are omitted.
 */
import { generateKeyPairSync, randomBytes, sign } from "node:crypto";

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
const sha256WithEcdsa = der(tags.sequence, der(tags.oid, Buffer.from("2a8648ce3d040302", "hex")));

/** Returns a new private key and its self-signed certificate, in PEM. */
export function selfSigned(): { readonly key: string; readonly cert: string } {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const commonName = der(
    tags.sequence,
    der(tags.oid, Buffer.from("550403", "hex")),
    der(tags.utf8, Buffer.from("hybi")),
  );
  const name = der(tags.sequence, der(tags.set, commonName));
  const day = 86_400_000;
  const validity = der(tags.sequence, utcTime(Date.now() - day), utcTime(Date.now() + day));
  // subjectAltName: iPAddress 127.0.0.1
  const altName = der(tags.octets, der(tags.sequence, der(0x87, Buffer.from([127, 0, 0, 1]))));
  const extension = der(tags.sequence, der(tags.oid, Buffer.from("551d11", "hex")), altName);
  const toBeSigned = der(
    tags.sequence,
    der(0xa0, der(tags.integer, Buffer.from([2]))),
    der(tags.integer, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ...[sha256WithEcdsa, name, validity, name],
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, der(tags.sequence, extension)),
  );
  const signature = der(tags.bits, Buffer.from([0]), sign("sha256", toBeSigned, privateKey));
  const certificate = der(tags.sequence, toBeSigned, sha256WithEcdsa, signature);
  const lines = certificate.toString("base64").replace(/.{64}/g, "$&\n");
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
  };
}

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const prefix = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...prefix]), content]);
}

function utcTime(at: number): Buffer {
  const digits = new Date(at).toISOString().replace(/\D/g, "").slice(2, 14);
  return der(tags.utcTime, Buffer.from(`${digits}Z`));
}
