/** Opening requests and responses that break exactly one named rule (RFC 6455 §4, RFC 9112). Each char is a byte. */
import type { ViolationCode } from "@hybi/core";
import fc from "fast-check";
import { sampleAccept, sampleKey } from "../bytes/sample-random.ts";
import { otherFieldLines } from "./fields.ts";

/** A head that breaks one rule. */
export interface IllegalHead {
  readonly code: ViolationCode;
  readonly head: string;
}

/** The line to insert: in place of the line at `index`, or after the last line. */
type Way = readonly [code: ViolationCode, line: string, index?: number];

/**
 * An opening request that a server must reject, by any rule or by one of the given ones. Shrinks towards only the
 * relevant fields.
 */
export function illegalRequestHead(...codes: readonly ViolationCode[]): fc.Arbitrary<IllegalHead> {
  return illegalHead(legalRequest, [...requestWays, ...fieldWays], codes);
}

/**
 * A response to a request with `sampleKey` and without offers that a client must fail, by any rule or by one of the
 * given ones.
 */
export function illegalResponseHead(...codes: readonly ViolationCode[]): fc.Arbitrary<IllegalHead> {
  return illegalHead(legalResponse, [...responseWays, ...fieldWays], codes);
}

function illegalHead(
  legal: readonly string[],
  ways: readonly Way[],
  codes: readonly ViolationCode[],
): fc.Arbitrary<IllegalHead> {
  const chosen = codes.length === 0 ? ways : ways.filter(([code]) => codes.includes(code));
  if (chosen.length === 0) throw new RangeError(`there is no illegal head for the codes ${codes.join()}`);
  return fc.tuple(fc.constantFrom(...chosen), otherFieldLines()).map(([[code, line, index], others]) => {
    const lines = legal.map((legal, at) => `${at === index ? line : legal}\r\n`);
    const last = index === undefined ? `${line}\r\n` : "";
    return { code, head: `${lines.join("")}${others}${last}\r\n` };
  });
}

const legalRequest = [
  "GET / HTTP/1.1",
  "Host: example.com",
  "Upgrade: websocket",
  "Connection: Upgrade",
  `Sec-WebSocket-Key: ${sampleKey}`,
  "Sec-WebSocket-Version: 13",
];

const legalResponse = [
  "HTTP/1.1 101 Switching Protocols",
  "Upgrade: websocket",
  "Connection: Upgrade",
  `Sec-WebSocket-Accept: ${sampleAccept}`,
];

/** Illegal in any head (RFC 9112 §2.2, §5). */
const fieldWays: readonly Way[] = [
  ["http/white-space-before-colon", "X : y"],
  ["http/colon-missing", "X"],
  ["http/field-name", ": y"],
  ["http/field-name", "X(: y"],
  ["http/field-value", "X: \u0000"],
  ["http/bare-line-feed", "X: y\nZ: z"],
  ["http/bare-carriage-return", "X: y\rZ: z"],
];

/** Rejected by a server (RFC 6455 §4.2.1). */
const requestWays: readonly Way[] = [
  // In a response, a user agent replaces the fold with a space (RFC 9112 §5.2).
  ["http/folded-line", " y"],
  ["http/method", " GET / HTTP/1.1", 0],
  ["http/method", "G(T / HTTP/1.1", 0],
  ["http/request-target", "GET  / HTTP/1.1", 0],
  ["http/version", "GET / HTTP/1", 0],
  ["http/version", "GET / http/1.1", 0],
  ["http/version-unsupported", "GET / HTTP/2.0", 0],
  ["opening/method-not-get", "POST / HTTP/1.1", 0],
  ["opening/http-version", "GET / HTTP/1.0", 0],
  ["opening/request-target", "GET * HTTP/1.1", 0],
  ["opening/host-missing", "X: y", 1],
  ["opening/host-malformed", "Host: a b", 1],
  ["opening/upgrade-missing", "Upgrade: websocket/13", 2],
  ["opening/connection-upgrade-missing", "Connection: close", 3],
  ["opening/key-malformed", "Sec-WebSocket-Key: abc", 4],
  ["opening/key-missing", "X: y", 4],
  ["opening/version-unsupported", "Sec-WebSocket-Version: 013", 5],
  ["opening/version-missing", "X: y", 5],
  ["http/content-length", "Content-Length: -1"],
  ["http/framing-ambiguous", "Content-Length: 1\r\nTransfer-Encoding: chunked"],
  ["opening/body-unexpected", "Content-Length: 5"],
  ["opening/body-unexpected", "Transfer-Encoding: chunked"],
  ["opening/host-repeated", "Host: example.com"],
  ["opening/key-repeated", `Sec-WebSocket-Key: ${sampleKey}`],
  ["opening/version-repeated", "Sec-WebSocket-Version: 13"],
  ["opening/subprotocols-malformed", "Sec-WebSocket-Protocol: a b"],
  ["opening/subprotocol-repeated", "Sec-WebSocket-Protocol: a, a"],
  ["opening/extensions-malformed", "Sec-WebSocket-Extensions: a; =b"],
  ["opening/origin-repeated", "Origin: http://a\r\nOrigin: http://a"],
];

/** Failed by a client (RFC 6455 §4.1, "validate the server's response"). */
const responseWays: readonly Way[] = [
  ["http/status-line", "HTTP/1.1 1 Switching Protocols", 0],
  ["http/version-unsupported", "HTTP/2.0 101 Switching Protocols", 0],
  ["opening/http-version", "HTTP/1.0 101 Switching Protocols", 0],
  ["opening/upgrade-mismatch", "Upgrade: h2c", 1],
  ["opening/upgrade-mismatch", "Upgrade: websocket, websocket", 1],
  ["opening/connection-upgrade-missing", "Connection: close", 2],
  ["opening/accept-missing", "X: y", 3],
  ["opening/accept-mismatch", `Sec-WebSocket-Accept: ${sampleKey}`, 3],
  ["opening/accept-repeated", `Sec-WebSocket-Accept: ${sampleAccept}`],
  ["opening/subprotocol-not-offered", "Sec-WebSocket-Protocol: chat"],
  ["opening/subprotocol-repeated", "Sec-WebSocket-Protocol: a\r\nSec-WebSocket-Protocol: a"],
  ["opening/extensions-malformed", "Sec-WebSocket-Extensions: a; =b"],
  ["opening/extensions-repeated", "Sec-WebSocket-Extensions: a\r\nSec-WebSocket-Extensions: b"],
  ["opening/extension-not-offered", "Sec-WebSocket-Extensions: x-unheard-of"],
];
