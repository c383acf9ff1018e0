/** Legal opening requests and responses, in many spellings (RFC 6455 §4, RFC 9112). Each char is a byte. */
import fc from "fast-check";
import { sampleAccept, sampleKey } from "../bytes/sample-random.ts";
import { fieldLine, inAnyOrder, otherFieldLines, spelling } from "./fields.ts";

/**
 * A legal opening request with `sampleKey`, in any spelling. Shrinks towards that of RFC 6455 §1.2, without its
 * optional parts.
 */
export function requestHead(): fc.Arbitrary<string> {
  const fields = inAnyOrder(
    fieldLine("Host", fc.constant("example.com")),
    fieldLine("Upgrade", fc.constantFrom("websocket", "WebSocket", "h2c, websocket", "websocket, foo/1")),
    fieldLine("Connection", fc.constantFrom("Upgrade", "keep-alive, Upgrade", "upgrade, HTTP2-Settings")),
    fieldLine("Sec-WebSocket-Key", fc.constant(sampleKey)),
    fieldLine("Sec-WebSocket-Version", fc.constant("13")),
    otherFieldLines(),
  );
  const target = fc.constantFrom("/", "/chat?room=1", "/%00", "http://example.com/absolute");
  return fc
    .tuple(fc.constantFrom("", "\r\n"), target, fc.constantFrom("1.1", "1.1", "1.2"), fields)
    .map(([emptyLine, target, version, lines]) => `${emptyLine}GET ${target} HTTP/${version}\r\n${lines}\r\n`);
}

/**
 * A legal response to a request with `sampleKey`, after up to two interim responses. Shrinks towards that of RFC 6455
 * §1.2, without its optional parts.
 */
export function responseHead(): fc.Arbitrary<string> {
  const interim = fc
    .tuple(fc.constantFrom("100 Continue", "103 Early Hints", "199 "), otherFieldLines())
    .map(([status, lines]) => `HTTP/1.1 ${status}\r\n${lines}\r\n`);
  const fields = inAnyOrder(
    fieldLine("Upgrade", spelling("websocket")),
    fieldLine("Connection", fc.constantFrom("Upgrade", "keep-alive, Upgrade")),
    fieldLine("Sec-WebSocket-Accept", fc.constant(sampleAccept)),
    otherFieldLines(),
  );
  const final = fc
    .tuple(fc.constantFrom("Switching Protocols", "", "ok \xe9"), fields)
    .map(([phrase, lines]) => `HTTP/1.1 101 ${phrase}\r\n${lines}\r\n`);
  return fc.tuple(fc.array(interim, { maxLength: 2 }), final).map(([before, last]) => before.join("") + last);
}
