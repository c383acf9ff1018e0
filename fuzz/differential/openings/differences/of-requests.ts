/** Differences in reading requests. */
import type { ViolationCode } from "@hybi/core";
import type { Stream } from "../../stream.ts";
import type { Verdict } from "../../verdict.ts";
import * as head from "../head-edit.ts";
import { key } from "../terms.ts";
import { accepts, acceptsWith, type Kind, rejects, tolerating } from "./kinds.ts";

export const otherVersion = accepts(
  "an Upgrade in versions of HTTP other than 1.1",
  "RFC 9110 §7.8",
  ["http/version-unsupported", "opening/http-version"],
  ({ stream }) => head.withStartLine(stream, (line) => line.replace(/HTTP\/\d\.\d/, "HTTP/1.1")),
);

export const anyTarget = accepts(
  "targets of any form",
  "RFC 9112 §3.2",
  ["opening/request-target", "http/request-target", "http/start-line", "http/bare-carriage-return"],
  ({ stream }) => head.withStartLine(stream, (line) => line.replace(/ [^ \n]+ (?=HTTP\/)/, " / ")),
  ({ stream, ours }) =>
    (ours.code === "opening/request-target" || head.isStartLine(stream, ours.offset)) &&
    /^[A-Z-]+ [^ ]+ HTTP\/\d\.\d$/.test(head.startLine(stream)),
);

export const anyHost = accepts(
  "a request without Host, or with several or invalid ones",
  "RFC 9112 §3.2",
  ["opening/host-missing", "opening/host-repeated", "opening/host-malformed"],
  ({ stream }) => head.withField(stream, "Host", "example.com"),
);

export const aHost = accepts(
  "a request with several or invalid Host fields",
  "RFC 9112 §3.2",
  ["opening/host-repeated", "opening/host-malformed"],
  ({ stream }) => head.withField(stream, "Host", "example.com"),
);

export const listOfProtocols = (because: RegExp): Kind =>
  rejects(
    "websocket among other elements in Upgrade",
    "RFC 9110 §7.8",
    because,
    (stream) => head.values(stream, "Upgrade").join().toLowerCase() !== "websocket",
  );

/** Bytes that the peer takes as a body do not belong to the connection. */
export const readBody = (codes: readonly ViolationCode[]): Kind =>
  accepts(
    "a request that announces a body, and reads the bytes behind the head as that body",
    "RFC 6455 §4.1",
    codes,
    ({ stream, theirs }) => withRestOf(withoutBody(stream), theirs),
  );

/** Returns the stream with as many bytes behind the head as the peer reported. */
export function withRestOf(stream: Stream, theirs: Verdict): Stream {
  const rest = /^rest (\d+)$/.exec(theirs.events.at(-1) ?? "")?.[1];
  if (rest === undefined) return stream;
  return head.withLastHead(stream, (last) => head.withRest(last, Number(rest)));
}

const withoutBody = (stream: Stream): Stream =>
  head.withField(head.withField(stream, "Content-Length"), "Transfer-Encoding");

export const severalOrigins = accepts(
  "several Origin fields",
  "RFC 6454 §7.3",
  ["opening/origin-repeated"],
  ({ stream }) => head.withField(stream, "Origin"),
);

export const nonCanonicalKey = acceptsWith(
  "a key whose pad bits are not zero",
  "RFC 4648 §3.5",
  ["opening/key-malformed"],
  tolerating("non-canonical-key"),
);

export const anyKey = accepts(
  "any key, and several keys",
  "RFC 6455 §4.2.1",
  ["opening/key-malformed", "opening/key-repeated"],
  ({ stream }) => head.withField(stream, "Sec-WebSocket-Key", key),
);
