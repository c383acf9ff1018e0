/** Opening requests and responses as bytes: legal in many spellings, or illegal in one named way (RFC 6455 §4, RFC 9112). */
import type { ViolationCode } from "@hybi/core";
import fc from "fast-check";
import { sampleAccept, sampleKey } from "../bytes/sample-random.ts";

const tchars = [..."!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"];

/** token = 1*tchar (RFC 9110 §5.6.2); names that an object would have of its own accord are likely. */
export function token(): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 5, arbitrary: fc.string({ unit: fc.constantFrom(...tchars), minLength: 1, maxLength: 12 }) },
    { weight: 1, arbitrary: fc.constantFrom("__proto__", "constructor", "toString", "hasOwnProperty") },
  );
}

/** field-value (RFC 9110 §5.5): visible, with white space inside, obs-text too. */
export function fieldValue(): fc.Arbitrary<string> {
  const visible = fc.integer({ min: 0x21, max: 0xff }).filter((unit) => unit !== 0x7f);
  const inner = fc.oneof(visible, fc.constantFrom(0x20, 0x09));
  return fc
    .tuple(fc.array(visible, { maxLength: 2 }), fc.array(inner, { maxLength: 12 }), visible)
    .map(([first, middle, last]) => (first.length === 0 ? "" : String.fromCharCode(...first, ...middle, last)));
}

/** Names of fields that the opening handshake gives no meaning to. */
function otherFieldName(): fc.Arbitrary<string> {
  const reserved = /^(host|upgrade|connection|content-length|transfer-encoding|origin|cookie|sec-websocket-.*)$/i;
  return token().filter((name) => !reserved.test(name));
}

const space = (): fc.Arbitrary<string> => fc.constantFrom(" ", "", "\t", "  ", " \t ");
/** `text` with the case of its letters changed here and there. */
const spelling = (text: string): fc.Arbitrary<string> => fc.mixedCase(fc.constant(text));

function fieldLine(name: string, value: string): fc.Arbitrary<string> {
  return fc
    .tuple(spelling(name), space(), space())
    .map(([spelt, before, after]) => `${spelt}:${before}${value}${after}\r\n`);
}

function otherLines(): fc.Arbitrary<string> {
  const line = fc.tuple(otherFieldName(), space(), fieldValue(), space());
  return fc.array(line, { maxLength: 4 }).map((lines) => lines.map(([n, b, v, a]) => `${n}:${b}${v}${a}\r\n`).join(""));
}

/** A legal opening request, spelt in any way. */
export function requestHead(): fc.Arbitrary<string> {
  return fc
    .record({
      emptyLine: fc.constantFrom("", "\r\n"),
      target: fc.constantFrom("/", "/chat?room=1", "/%00", "http://example.com/absolute"),
      version: fc.constantFrom("1.1", "1.1", "1.2"),
      fields: fc
        .tuple(
          fieldLine("host", "example.com"),
          fc
            .constantFrom("websocket", "WebSocket", "h2c, websocket", "websocket, foo/1")
            .chain((v) => fieldLine("upgrade", v)),
          fc
            .constantFrom("Upgrade", "keep-alive, Upgrade", "upgrade, HTTP2-Settings")
            .chain((v) => fieldLine("connection", v)),
          fieldLine("sec-websocket-key", sampleKey),
          fieldLine("sec-websocket-version", "13"),
          otherLines(),
        )
        .chain((lines) => fc.shuffledSubarray(lines, { minLength: lines.length })),
    })
    .map(
      ({ emptyLine, target, version, fields }) => `${emptyLine}GET ${target} HTTP/${version}\r\n${fields.join("")}\r\n`,
    );
}

/** A legal response to the sample key, after up to two interim ones. */
export function responseHead(): fc.Arbitrary<string> {
  const interim = fc
    .tuple(fc.constantFrom("100 Continue", "103 Early Hints", "199 "), otherLines())
    .map(([status, lines]) => `HTTP/1.1 ${status}\r\n${lines}\r\n`);
  const final = fc
    .tuple(
      fc.constantFrom("Switching Protocols", "", "ok \xe9"),
      fc
        .tuple(
          spelling("websocket").chain((value) => fieldLine("upgrade", value)),
          fc.constantFrom("Upgrade", "keep-alive, Upgrade").chain((value) => fieldLine("connection", value)),
          fieldLine("sec-websocket-accept", sampleAccept),
          otherLines(),
        )
        .chain((lines) => fc.shuffledSubarray(lines, { minLength: lines.length })),
    )
    .map(([phrase, lines]) => `HTTP/1.1 101 ${phrase}\r\n${lines.join("")}\r\n`);
  return fc.tuple(fc.array(interim, { maxLength: 2 }), final).map(([before, last]) => before.join("") + last);
}

/** A head that breaks one rule. */
export interface BrokenHead {
  readonly code: ViolationCode;
  readonly head: string;
}

const goodRequest = [
  "GET / HTTP/1.1",
  "Host: example.com",
  "Upgrade: websocket",
  "Connection: Upgrade",
  `Sec-WebSocket-Key: ${sampleKey}`,
  "Sec-WebSocket-Version: 13",
];

/** What is put in the place of which line, or after the last one. */
const brokenLines: readonly (readonly [code: ViolationCode, line: string, index?: number])[] = [
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
  ["http/white-space-before-colon", "X : y"],
  ["http/colon-missing", "X"],
  ["http/field-name", ": y"],
  ["http/field-name", "X(: y"],
  ["http/field-value", "X: \u0000"],
  ["http/folded-line", " y"],
  ["http/bare-line-feed", "X: y\nZ: z"],
  ["http/bare-carriage-return", "X: y\rZ: z"],
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

/** An opening request that a server refuses. */
export function brokenRequestHead(): fc.Arbitrary<BrokenHead> {
  return fc.constantFrom(...brokenLines).map(([code, line, index]) => {
    const lines = [...goodRequest];
    if (index === undefined) lines.push(line);
    else lines[index] = line;
    return { code, head: `${lines.join("\r\n")}\r\n\r\n` };
  });
}
