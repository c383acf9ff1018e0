/** How `http-parser-js` and `websocket-extensions`, which `websocket-driver` reads heads with, differ from us. */
import type { Difference } from "../../peer.ts";
import * as head from "../head-edit.ts";
import * as kinds from "./kinds.ts";

export const topBitDropped = (peer: string): Difference => ({
  name: `${peer} reads bytes without their top bit`,
  section: "RFC 9110 §5.5",
  applies: ({ stream }) => /[\x80-\xff]/.test(head.headsOf(stream)),
  instead: ({ stream }) => ({
    // What becomes an LF is no end of a line for it, and nothing in one either.
    stream: head.withBytes(stream, (byte) => (byte === "\x8a" ? "x" : String.fromCharCode(byte.charCodeAt(0) & 0x7f))),
  }),
});

export const anyNames = kinds.takes(
  "names of fields with any bytes in them",
  "RFC 9110 §5.1",
  ["http/field-name"],
  ({ stream, ours }) => head.withByte(stream, ours.offset, "~"),
  ({ stream, ours }) => head.byteAt(stream, ours.offset) !== ":",
);

export const noLines = kinds.takes(
  "lines that are none for nothing",
  "RFC 9112 §5",
  ["http/field-name", "http/white-space-before-colon", "http/colon-missing", "http/white-space-before-fields"],
  ({ stream, ours }) => head.withoutLine(stream, ours.offset),
);

export const quotedValues = kinds.takes(
  "quoted values that are no tokens",
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
