/** Basic credentials (RFC 7617) and the comparison of secrets, for servers that ask and clients that answer. */
import { equalsIgnoringCase } from "../bytes/ascii.ts";
import { decodeBase64, encodeBase64 } from "../bytes/base64.ts";
import { utf8Bytes } from "../bytes/text-encode.ts";
import { portableHost } from "../host.ts";
import { trimOws } from "../http/grammar.ts";

/**
 * Whether two secrets are equal, in a time that depends on the length of `received` only: how much of it was right cannot
 * be measured. Compare a token or password from the network with this and never with `===`.
 */
export function secretsEqual(received: string | Uint8Array, expected: string | Uint8Array): boolean {
  const receivedBytes = secretBytes(received);
  const expectedBytes = secretBytes(expected);
  let difference = receivedBytes.length ^ expectedBytes.length;
  for (let at = 0; at < receivedBytes.length; at++) {
    // Where `expected` is shorter, a byte of `received` stands in for its byte: no branch depends on what is equal.
    difference |= (receivedBytes[at] as number) ^ (expectedBytes[at % (expectedBytes.length || 1)] ?? 0);
  }
  return difference === 0;
}

/** Basic credentials as they were sent: `user-id ":" password`, in UTF-8 (RFC 7617 §2.1). */
export interface BasicCredentials {
  readonly user: Uint8Array;
  readonly password: Uint8Array;
}

/** Reads the value of Authorization or Proxy-Authorization; undefined when it has no Basic credentials. */
export function parseBasicCredentials(value: string): BasicCredentials | undefined {
  const schemeEnd = value.indexOf(" ");
  if (schemeEnd < 0 || !equalsIgnoringCase(value.slice(0, schemeEnd), "basic")) return undefined;
  const pair = decodeBase64(trimOws(value.slice(schemeEnd)))?.bytes;
  if (pair === undefined) return undefined;
  // RFC 7617 §2: the first colon separates; the password may have others.
  const separator = pair.indexOf(0x3a);
  if (separator < 0) return undefined;
  return { user: pair.subarray(0, separator), password: pair.subarray(separator + 1) };
}

/** Whether the value of Authorization has exactly these credentials. Both are always compared, in constant time. */
export function basicCredentialsEqual(value: string | undefined, user: string, password: string): boolean {
  const received = value === undefined ? undefined : parseBasicCredentials(value);
  const none = new Uint8Array(0);
  const userEqual = secretsEqual(received?.user ?? none, user);
  const passwordEqual = secretsEqual(received?.password ?? none, password);
  return received !== undefined && userEqual && passwordEqual;
}

/** The value of Authorization or Proxy-Authorization that sends `user` and `password` (RFC 7617 §2). */
export function basicAuthorization(user: string, password: string): string {
  return `Basic ${encodeBase64(secretBytes(`${user}:${password}`))}`;
}

/** The value of Authorization for the userinfo of a URI, percent-decoded; a missing password is empty. */
export function userinfoAuthorization(userinfo: string): string {
  const separator = userinfo.indexOf(":");
  const pair = separator < 0 ? `${userinfo}:` : userinfo;
  return `Basic ${encodeBase64(percentDecode(pair))}`;
}

function secretBytes(secret: string | Uint8Array): Uint8Array {
  return typeof secret === "string" ? utf8Bytes(secret, portableHost) : secret;
}

/** pct-encoded = "%" HEXDIG HEXDIG (RFC 3986 §2.1). A `%` that begins none is itself. */
function percentDecode(text: string): Uint8Array {
  const bytes = secretBytes(text);
  let written = 0;
  for (let at = 0; at < bytes.length; at++) {
    const digits = String.fromCharCode(...bytes.subarray(at + 1, at + 3));
    const isEncoded = bytes[at] === 0x25 && /^[0-9A-Fa-f]{2}$/.test(digits);
    bytes[written++] = isEncoded ? Number.parseInt(digits, 16) : (bytes[at] as number);
    if (isEncoded) at += 2;
  }
  return bytes.subarray(0, written);
}
