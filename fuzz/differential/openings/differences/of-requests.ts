/** Ways in which others read requests. */
import type { ViolationCode } from "@hybi/core";
import type { Stream } from "../../stream.ts";
import type { Verdict } from "../../verdict.ts";
import * as head from "../head-edit.ts";
import { key } from "../terms.ts";
import { type Kind, refuses, takes, takesWith, tolerating } from "./kinds.ts";

export const otherVersion = takes(
  "an Upgrade in other versions of HTTP than 1.1",
  "RFC 9110 §7.8",
  ["http/version-unsupported", "opening/http-version"],
  ({ stream }) => head.withStartLine(stream, (line) => line.replace(/HTTP\/\d\.\d/, "HTTP/1.1")),
);

export const anyTarget = takes(
  "targets of any form",
  "RFC 9112 §3.2",
  ["opening/request-target", "http/request-target", "http/start-line", "http/bare-carriage-return"],
  ({ stream }) => head.withStartLine(stream, (line) => line.replace(/ [^ \n]+ (?=HTTP\/)/, " / ")),
  ({ stream, ours }) =>
    (ours.code === "opening/request-target" || head.isStartLine(stream, ours.offset)) &&
    /^[A-Z-]+ [^ ]+ HTTP\/\d\.\d$/.test(head.startLine(stream)),
);

export const anyHost = takes(
  "a request without Host, with several, or with any",
  "RFC 9112 §3.2",
  ["opening/host-missing", "opening/host-repeated", "opening/host-malformed"],
  ({ stream }) => head.withField(stream, "Host", "example.com"),
);

export const aHost = takes(
  "a request with several Host fields, or with any",
  "RFC 9112 §3.2",
  ["opening/host-repeated", "opening/host-malformed"],
  ({ stream }) => head.withField(stream, "Host", "example.com"),
);

export const listOfProtocols = (because: RegExp): Kind =>
  refuses(
    "websocket among others in Upgrade",
    "RFC 9110 §7.8",
    because,
    (stream) => head.values(stream, "Upgrade").join().toLowerCase() !== "websocket",
  );

/** Bytes that are taken for a body are none of the connection's. */
export const readBody = (codes: readonly ViolationCode[]): Kind =>
  takes(
    "a request that announces a body, and what is behind the head for it",
    "RFC 6455 §4.1",
    codes,
    ({ stream, theirs }) => withRestOf(withoutBody(stream), theirs),
  );

/** The stream with as many bytes behind the head as the peer told of. */
export function withRestOf(stream: Stream, theirs: Verdict): Stream {
  const rest = /^rest (\d+)$/.exec(theirs.events.at(-1) ?? "")?.[1];
  if (rest === undefined) return stream;
  return head.withLastHead(stream, (last) => head.withRest(last, Number(rest)));
}

const withoutBody = (stream: Stream): Stream =>
  head.withField(head.withField(stream, "Content-Length"), "Transfer-Encoding");

export const severalOrigins = takes(
  "several Origin fields",
  "RFC 6454 §7.3",
  ["opening/origin-repeated"],
  ({ stream }) => head.withField(stream, "Origin"),
);

export const nonCanonicalKey = takesWith(
  "a key whose pad bits are not zero",
  "RFC 4648 §3.5",
  ["opening/key-malformed"],
  tolerating("non-canonical-key"),
);

export const anyKey = takes(
  "any key, and several",
  "RFC 6455 §4.2.1",
  ["opening/key-malformed", "opening/key-repeated"],
  ({ stream }) => head.withField(stream, "Sec-WebSocket-Key", key),
);
