/** Differences of `http-parser-js` and `websocket-extensions`, with which `websocket-driver` reads heads. */
import type { Difference } from "../../peer.ts";
import * as head from "../head-edit.ts";
import * as kinds from "./kinds.ts";

export const topBitDropped = (peer: string): Difference => ({
  name: `${peer} ignores the top bit of bytes`,
  section: "RFC 9110 §5.5",
  applies: ({ stream }) => /[\x80-\xff]/.test(head.headsOf(stream)),
  instead: ({ stream }) => ({
    // A byte that becomes an LF neither ends a line for it, nor belongs to one.
    stream: head.withBytes(stream, (byte) => (byte === "\x8a" ? "x" : String.fromCharCode(byte.charCodeAt(0) & 0x7f))),
  }),
});

export const anyNames = kinds.accepts(
  "field names with any bytes",
  "RFC 9110 §5.1",
  ["http/field-name"],
  ({ stream, ours }) => head.withByte(stream, ours.offset, "~"),
  ({ stream, ours }) => head.byteAt(stream, ours.offset) !== ":",
);

export const noLines = kinds.accepts(
  "invalid lines, which it ignores",
  "RFC 9112 §5",
  ["http/field-name", "http/white-space-before-colon", "http/colon-missing", "http/white-space-before-fields"],
  ({ stream, ours }) => head.withoutLine(stream, ours.offset),
);

export const quotedValues = kinds.accepts(
  "quoted values that are not tokens",
  "RFC 6455 §9.1",
  ["opening/extensions-malformed"],
  ({ stream }) =>
    head.withField(
      stream,
      "Sec-WebSocket-Extensions",
      ...head
        .values(stream, "Sec-WebSocket-Extensions")
        .map((value) => value.replace(/"([^"]*)"/g, (quoted, text) => (/^[\w.+-]+$/.test(text) ? quoted : "x"))),
    ),
  ({ stream }) => head.values(stream, "Sec-WebSocket-Extensions").some((value) => /"[^"]*"/.test(value)),
);
