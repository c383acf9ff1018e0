/** Basic authentication (RFC 7617), for clients and servers, and constant-time comparison of secrets. */

import { equalsIgnoringCase } from "../bytes/ascii.ts";
import { decodeBase64, encodeBase64 } from "../bytes/base64.ts";
import { isBytes, noBytes } from "../bytes/byte-arrays.ts";
import { utf8Bytes } from "../bytes/text-encode.ts";
import { kindOf, UsageError } from "../checks/usage-error.ts";
import { noNativeFunctions } from "../vocabulary/native-functions.ts";
import { trimOws } from "./grammar.ts";

/**
 * Whether two secrets are equal, compared in a time that depends only on the length of `received`, so that timing does not
 * reveal how much of it matches. Use this, never `===`, to compare a token or password from the network.
 *
 * @throws UsageError `option/type`
 */
export function secretsEqual(received: string | Uint8Array, expected: string | Uint8Array): boolean {
  const receivedBytes = secretBytes(received);
  const expectedBytes = secretBytes(expected);
  let difference = receivedBytes.length ^ expectedBytes.length;
  for (let at = 0; at < receivedBytes.length; at++) {
    // Where `expected` is shorter, its bytes repeat, so that no branch depends on the comparison. The lengths differ already.
    difference |= receivedBytes[at]! ^ (expectedBytes[at % (expectedBytes.length || 1)] ?? 0);
  }
  return difference === 0;
}

/** Basic credentials as received: `user-id ":" password`, in UTF-8 (RFC 7617 §2.1). */
export interface BasicCredentials {
  readonly user: Uint8Array;
  readonly password: Uint8Array;
}

/**
 * Parses the value of Authorization or Proxy-Authorization. Returns undefined unless it has Basic credentials.
 *
 * @throws UsageError `option/type`
 */
export function parseBasicCredentials(value: string): BasicCredentials | undefined {
  if (typeof value !== "string") throw wrongType("The value of Authorization must be a string", value);
  const schemeEnd = value.indexOf(" ");
  if (schemeEnd < 0 || !equalsIgnoringCase(value.slice(0, schemeEnd), "basic")) return undefined;
  const pair = decodeBase64(trimOws(value.slice(schemeEnd)))?.bytes;
  if (pair === undefined) return undefined;
  // RFC 7617 §2: the first colon is the separator; the password may contain more.
  const separator = pair.indexOf(0x3a);
  if (separator < 0) return undefined;
  return { user: pair.subarray(0, separator), password: pair.subarray(separator + 1) };
}

/**
 * Whether the value of Authorization, if there is one, has exactly these credentials. Always compares both parts, in constant time.
 *
 * @throws UsageError `option/type`
 */
export function basicCredentialsEqual(value: string | null | undefined, user: string, password: string): boolean {
  const received = value === undefined || value === null ? undefined : parseBasicCredentials(value);
  const userEqual = secretsEqual(received?.user ?? noBytes, user);
  const passwordEqual = secretsEqual(received?.password ?? noBytes, password);
  return received !== undefined && userEqual && passwordEqual;
}

/** Returns the value of Authorization or Proxy-Authorization for `user` and `password` (RFC 7617 §2). */
export function basicAuthorization(user: string, password: string): string {
  return `Basic ${encodeBase64(secretBytes(`${user}:${password}`))}`;
}

/** Returns the value of Authorization for the userinfo of a URI, percent-decoded. A missing password is sent empty. */
export function userinfoAuthorization(userinfo: string): string {
  const separator = userinfo.indexOf(":");
  const pair = separator < 0 ? `${userinfo}:` : userinfo;
  return `Basic ${encodeBase64(percentDecode(pair))}`;
}

function secretBytes(secret: string | Uint8Array): Uint8Array {
  if (typeof secret === "string") return utf8Bytes(secret, noNativeFunctions);
  if (!isBytes(secret)) throw wrongType("A secret must be a string or a Uint8Array", secret);
  return secret;
}

function wrongType(rule: string, value: unknown): UsageError {
  return new UsageError("option/type", `${rule}, but is ${kindOf(value)}.`);
}

/** pct-encoded = "%" HEXDIG HEXDIG (RFC 3986 §2.1). A `%` without two hex digits is kept literally. */
function percentDecode(text: string): Uint8Array {
  const bytes = secretBytes(text);
  let written = 0;
  for (let at = 0; at < bytes.length; at++) {
    const digits = String.fromCharCode(...bytes.subarray(at + 1, at + 3));
    const isEncoded = bytes[at] === 0x25 && /^[0-9A-Fa-f]{2}$/.test(digits);
    bytes[written++] = isEncoded ? Number.parseInt(digits, 16) : bytes[at]!;
    if (isEncoded) at += 2;
  }
  return bytes.subarray(0, written);
}
