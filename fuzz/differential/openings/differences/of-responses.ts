/** Differences in reading responses. */
import type { ViolationCode } from "@hybi/core";
import * as head from "../head-edit.ts";
import { limits } from "../ours.ts";
import { accepts, acceptsWith, type Kind, rejects } from "./kinds.ts";

export const moreInterimResponses = acceptsWith(
  "any number of interim responses",
  "RFC 9110 §15.2",
  ["opening/too-many-interim-responses"],
  (options) => ({ ...options, limits: { ...limits, ...options.limits, interimResponses: Infinity } }),
);

export const noSpaceBehindStatus = accepts(
  "a status line without the space before the reason phrase",
  "RFC 9112 §4",
  ["http/status-line", "http/start-line"],
  ({ stream }) => head.withStartLine(stream, (line) => line.replace(/^([\r\n]*.{12})/, "$1 ")),
  ({ stream }) => /^HTTP\/\d\.\d \d{3}(?! )/.test(head.startLine(stream)),
);

export const controlsInReason = accepts(
  "control characters in reason phrases",
  "RFC 9112 §4",
  ["http/start-line", "http/bare-carriage-return"],
  ({ stream, ours }) => head.withByte(stream, ours.offset, "x"),
  ({ stream, ours }) => ours.offset >= 13 && head.isStartLine(stream, ours.offset),
);

export const emptySubprotocol = accepts(
  "an empty Sec-WebSocket-Protocol as none",
  "RFC 6455 §4.3",
  ["opening/subprotocol-not-offered"],
  ({ stream }) => head.withField(stream, "Sec-WebSocket-Protocol"),
  ({ stream }) => head.values(stream, "Sec-WebSocket-Protocol").join() === "",
);

/** The peer uses the last line of a field. */
export const lastOf = (name: string, section: string, code: ViolationCode): Kind =>
  accepts(
    `the last of several ${name}`,
    section,
    [code],
    ({ stream }) => head.withField(stream, name, head.values(stream, name).at(-1) ?? ""),
    ({ stream }) => head.values(stream, name).length > 1,
  );

export const interimResponse = (because: RegExp): Kind =>
  rejects("interim responses", "RFC 9110 §15.2", because, (stream) =>
    /^HTTP\/\d\.\d 1(?!01)\d\d/.test(head.startLine(stream)),
  );

export const lengthsOf101 = (because: RegExp): Kind =>
  rejects("an invalid Content-Length or Transfer-Encoding where there is no body", "RFC 9112 §6.3", because, (stream) =>
    ["Content-Length", "Transfer-Encoding"].some((name) => head.values(stream, name).length > 0),
  );

export const noSubprotocol = (because: RegExp): Kind =>
  rejects(
    "a response without a subprotocol although some were offered",
    "RFC 6455 §4.1",
    because,
    (stream) => head.values(stream, "Sec-WebSocket-Protocol").length === 0,
  );

export const foldedResponse = (because: RegExp): Kind =>
  rejects("folded lines", "RFC 9112 §5.2", because, (stream) => /\n[ \t]/.test(head.headsOf(stream)));
