/** Ways in which others read the lines of heads, and fields that requests and responses have in common. */
import * as head from "../head-edit.ts";
import { limits } from "../ours.ts";
import { type Kind, refuses, takes, takesWith, tolerating } from "./kinds.ts";

export const noLimits = takesWith(
  "lines of any length, and any number of them",
  "RFC 9110 §5.4",
  ["http/line-too-long", "http/request-line-too-long", "http/too-many-fields"],
  (options) => ({ ...options, limits: { ...limits, ...options.limits, line: Infinity, fields: Infinity } }),
);

export const headOfAnyLength = takesWith(
  "heads that are longer",
  "RFC 9110 §5.4",
  ["http/head-too-big"],
  (options) => ({ ...options, limits: { ...limits, ...options.limits, head: Infinity } }),
);

export const bareLineFeed = takesWith(
  "an LF alone for the end of a line",
  "RFC 9112 §2.2",
  ["http/bare-line-feed"],
  tolerating("bare-line-feed"),
);

export const emptyLines = takes(
  "empty lines before the start line, more than we do, and of CR or LF alone",
  "RFC 9112 §2.2",
  ["http/too-many-empty-lines", "http/bare-line-feed", "http/bare-carriage-return", "http/version"],
  ({ stream }) => head.withoutEmptyLines(stream),
  ({ stream, ours }) => ours.offset < head.emptyLines(stream).length,
);

export const foldedLine = takes("folded lines", "RFC 9112 §5.2", ["http/folded-line"], ({ stream, ours }) =>
  head.withJoinedLine(stream, ours.offset),
);

export const connectionOfOthers = takes(
  "a Connection with elements that are no tokens beside upgrade",
  "RFC 9110 §7.6.1",
  ["opening/connection-upgrade-missing"],
  ({ stream }) => head.withField(stream, "Connection", "Upgrade"),
  ({ stream }) => head.elements(head.values(stream, "Connection")).some((each) => each.toLowerCase() === "upgrade"),
);

export const controlsInValues = takes(
  "control characters in field values",
  "RFC 9110 §5.5",
  ["http/field-value"],
  ({ stream, ours }) => head.withByte(stream, ours.offset, "x"),
);

/** As above, where some of them are white space. */
export const controlsInValuesOfPython = takes(
  "control characters in field values, some for white space",
  "RFC 9110 §5.5",
  ["http/field-value"],
  ({ stream, ours }) => head.withByte(stream, ours.offset, isPythonSpace(head.byteAt(stream, ours.offset)) ? " " : "x"),
);

/** Besides those that h11 refuses. */
const isPythonSpace = (byte: string): boolean => byte >= "\x1c" && byte <= "\x1f";

export const otherProtocols = takes(
  "names of other protocols than HTTP",
  "RFC 9112 §2.3",
  ["http/version"],
  ({ stream }) => head.withStartLine(stream, (line) => line.replace(/(?:ICE|RTSP)\/\d\.\d/, "HTTP/1.1")),
  ({ stream }) => /(?:^| )(?:ICE|RTSP)\/\d\.\d(?: |$)/.test(head.startLine(stream)),
);

export const laterVersion = (because: RegExp): Kind =>
  refuses("an HTTP version from 1.2 to 1.9", "RFC 9112 §2.3", because, (stream) =>
    /HTTP\/1\.[2-9]/.test(head.startLine(stream)),
  );

export const tabsInConnection = (because: RegExp): Kind =>
  refuses("tabs around the elements of Connection", "RFC 9110 §5.6.3", because, (stream) =>
    head.rawValues(stream, "Connection").some((value) => value.includes("\t")),
  );

export const lastConnection = refuses(
  "upgrade in another line of Connection than the last",
  "RFC 9110 §5.3",
  /Missing header, 'Connection: Upgrade'/,
  (stream) => head.values(stream, "Connection").length > 1,
);
