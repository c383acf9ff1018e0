/** Differences in reading the lines of heads, and fields that requests and responses share. */
import * as head from "../head-edit.ts";
import { limits } from "../ours.ts";
import { accepts, acceptsWith, type Kind, rejects, tolerating } from "./kinds.ts";

export const noLimits = acceptsWith(
  "lines of any length and in any number",
  "RFC 9110 §5.4",
  ["http/line-too-long", "http/request-line-too-long", "http/too-many-fields"],
  (options) => ({ ...options, limits: { ...limits, ...options.limits, line: Infinity, fields: Infinity } }),
);

export const headOfAnyLength = acceptsWith("longer heads", "RFC 9110 §5.4", ["http/head-too-big"], (options) => ({
  ...options,
  limits: { ...limits, ...options.limits, head: Infinity },
}));

export const bareLineFeed = acceptsWith(
  "a lone LF as the end of a line",
  "RFC 9112 §2.2",
  ["http/bare-line-feed"],
  tolerating("bare-line-feed"),
);

export const emptyLines = accepts(
  "more empty lines before the start line than hybi, also of CR or LF alone",
  "RFC 9112 §2.2",
  ["http/too-many-empty-lines", "http/bare-line-feed", "http/bare-carriage-return", "http/version"],
  ({ stream }) => head.withoutEmptyLines(stream),
  ({ stream, ours }) => ours.offset < head.emptyLines(stream).length,
);

export const foldedLine = accepts("folded lines", "RFC 9112 §5.2", ["http/folded-line"], ({ stream, ours }) =>
  head.withJoinedLine(stream, ours.offset),
);

export const connectionOfOthers = accepts(
  "a Connection with elements that are not tokens beside upgrade",
  "RFC 9110 §7.6.1",
  ["opening/connection-upgrade-missing"],
  ({ stream }) => head.withField(stream, "Connection", "Upgrade"),
  ({ stream }) => head.elements(head.values(stream, "Connection")).some((each) => each.toLowerCase() === "upgrade"),
);

export const controlsInValues = accepts(
  "control characters in field values",
  "RFC 9110 §5.5",
  ["http/field-value"],
  ({ stream, ours }) => head.withByte(stream, ours.offset, "x"),
);

/** Like the previous one, where some of them count as white space. */
export const controlsInValuesOfPython = accepts(
  "control characters in field values, some as white space",
  "RFC 9110 §5.5",
  ["http/field-value"],
  ({ stream, ours }) => head.withByte(stream, ours.offset, isPythonSpace(head.byteAt(stream, ours.offset)) ? " " : "x"),
);

/** In addition to those that h11 rejects. */
const isPythonSpace = (byte: string): boolean => byte >= "\x1c" && byte <= "\x1f";

export const otherProtocols = accepts(
  "names of protocols other than HTTP",
  "RFC 9112 §2.3",
  ["http/version"],
  ({ stream }) => head.withStartLine(stream, (line) => line.replace(/(?:ICE|RTSP)\/\d\.\d/, "HTTP/1.1")),
  ({ stream }) => /(?:^| )(?:ICE|RTSP)\/\d\.\d(?: |$)/.test(head.startLine(stream)),
);

export const laterVersion = (because: RegExp): Kind =>
  rejects("an HTTP version from 1.2 to 1.9", "RFC 9112 §2.3", because, (stream) =>
    /HTTP\/1\.[2-9]/.test(head.startLine(stream)),
  );

export const tabsInConnection = (because: RegExp): Kind =>
  rejects("tabs around the elements of Connection", "RFC 9110 §5.6.3", because, (stream) =>
    head.rawValues(stream, "Connection").some((value) => value.includes("\t")),
  );

export const lastConnection = rejects(
  "upgrade in a line of Connection other than the last",
  "RFC 9110 §5.3",
  /Missing header, 'Connection: Upgrade'/,
  (stream) => head.values(stream, "Connection").length > 1,
);
