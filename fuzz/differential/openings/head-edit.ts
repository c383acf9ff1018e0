/** Inspects and changes heads line by line, without validation, so that hybi reads them as a peer does. */
import type { Stream } from "../stream.ts";

/** Returns its bytes as text, a char per byte. */
export const textOf = ({ bytes }: Stream): string => Buffer.from(bytes).toString("latin1");

/** Returns the stream with other bytes, as one chunk: hybi's verdict does not depend on chunks. */
function withText(stream: Stream, text: string): Stream {
  const bytes = Uint8Array.from(Buffer.from(text, "latin1"));
  return { ...stream, bytes, ends: [bytes.length] };
}

/** Returns the lines up to the empty one that ends the head, each with its LF and the lines folded to it; and the rest. */
function linesOf(stream: Stream): { readonly lines: string[]; readonly rest: string } {
  const text = textOf(stream);
  const lines: string[] = [];
  let at = 0;
  let isBehindStart = false;
  while (at < text.length) {
    const lineFeed = text.indexOf("\n", at);
    const end = lineFeed < 0 ? text.length : lineFeed + 1;
    const line = text.slice(at, end);
    const isEmpty = /^\r?\n$/.test(line);
    if (isEmpty && isBehindStart) break;
    const before = lines.length - 1;
    // A folded line belongs to the line before it, if that is a field line.
    if (/^[ \t]/.test(line) && before > 0 && isBehindStart) lines[before] += line;
    else lines.push(line);
    if (!isEmpty) isBehindStart = true;
    at = end;
  }
  return { lines, rest: text.slice(at) };
}

const withLines = (stream: Stream, lines: readonly string[], rest: string): Stream =>
  withText(stream, lines.join("") + rest);

/** Returns the length of the interim responses before the head that end at or before `offset`. */
export function lengthBefore(stream: Stream, offset: number): number {
  let length = 0;
  if (stream.role === "server") return length;
  for (let { lines, rest } = linesOf(stream); rest !== ""; { lines, rest } = linesOf(from(stream, length))) {
    if (!/^[\r\n]*HTTP\/\d\.\d 1(?!01)\d\d/.test(lines.join(""))) break;
    const next = length + lines.join("").length + rest.indexOf("\n") + 1;
    if (next > offset) break;
    length = next;
  }
  return length;
}

/** Returns the stream from each head on: those of interim responses, and the last one. */
export function eachHead(stream: Stream): readonly Stream[] {
  const heads = [stream];
  for (;;) {
    const last = heads[heads.length - 1] as Stream;
    const start = lengthBefore(last, endOfFirst(last));
    if (start === 0) return heads;
    heads.push(from(last, start));
  }
}

/** Returns the index after the first head. */
function endOfFirst(stream: Stream): number {
  const { lines, rest } = linesOf(stream);
  return lines.join("").length + rest.indexOf("\n") + 1;
}

/** Returns the stream without its first bytes. */
export const from = (stream: Stream, start: number): Stream => withText(stream, textOf(stream).slice(start));

/** Returns the stream with the first `length` bytes of `other` before it. */
export const behind = (stream: Stream, other: Stream, length: number): Stream =>
  withText(stream, textOf(other).slice(0, length) + textOf(stream));

/** Whether the empty line that ends the head has arrived. */
export const isWhole = (stream: Stream): boolean => linesOf(stream).rest !== "";

/** Returns the line ends before the start line. */
export const emptyLines = (stream: Stream): string => /^[\r\n]*/.exec(textOf(stream))?.[0] ?? "";

export const withoutEmptyLines = (stream: Stream): Stream => withText(stream, textOf(stream).replace(/^[\r\n]+/, ""));

/** Returns the first non-empty line, without its end. */
export const startLine = (stream: Stream): string =>
  (linesOf(stream).lines.find((line) => !isLineEnd(line)) ?? "").replace(/\r?\n$/, "");

/** Whether `offset` lies in the start line or its end. */
export const isStartLine = (stream: Stream, offset: number): boolean =>
  offset <= textOf(stream).indexOf(startLine(stream)) + startLine(stream).length;

export function withStartLine(stream: Stream, change: (line: string) => string): Stream {
  const { lines, rest } = linesOf(stream);
  const start = lines.findIndex((line) => !isLineEnd(line));
  return withLines(
    stream,
    lines.map((line, at) => (at === start ? change(line) : line)),
    rest,
  );
}

const isLineEnd = (line: string): boolean => /^\r?\n$/.test(line);

/** Returns the values of a field, whose name is case-insensitive, without surrounding white space. */
export const values = (stream: Stream, name: string): readonly string[] =>
  rawValues(stream, name).map((value) => value.replace(/^[ \t]+|[ \t]+$/g, ""));

/** Returns the values as they were sent. */
export const rawValues = (stream: Stream, name: string): readonly string[] =>
  linesOf(stream)
    .lines.filter((line) => isOf(line, name))
    .map((line) =>
      line
        .slice(name.length + 1)
        .replace(/\r?\n$/, "")
        .replace(/\r?\n[ \t]+/g, " "),
    );

const isOf = (line: string, name: string): boolean => line.toLowerCase().startsWith(`${name.toLowerCase()}:`);

/** Returns the head with these lines of the field, behind the start line, replacing all that it had. */
export function withField(stream: Stream, name: string, ...newValues: readonly string[]): Stream {
  const { lines, rest } = linesOf(stream);
  const others = lines.filter((line) => !isOf(line, name));
  const at = others.findIndex((line) => !isLineEnd(line)) + 1;
  const added = newValues.map((value) => `${name}: ${value}\r\n`);
  return withLines(stream, [...others.slice(0, at), ...added, ...others.slice(at)], rest);
}

/** Returns the head with `inserted` replacing the byte at `offset`. */
export function withByte(stream: Stream, offset: number, inserted: string): Stream {
  const text = textOf(stream);
  return withText(stream, text.slice(0, offset) + inserted + text.slice(offset + 1));
}

export const byteAt = (stream: Stream, offset: number): string => textOf(stream)[offset] ?? "";

export function withoutLine(stream: Stream, offset: number): Stream {
  const text = textOf(stream);
  const [start, end] = lineRange(stream, offset);
  return withText(stream, text.slice(0, start) + text.slice(end));
}

function lineRange(stream: Stream, offset: number): [start: number, end: number] {
  const text = textOf(stream);
  const lineFeed = text.indexOf("\n", offset);
  return [text.lastIndexOf("\n", offset - 1) + 1, lineFeed < 0 ? text.length : lineFeed + 1];
}

/** Returns the head with the line that begins at `offset` joined to the previous one by one SP. */
export function withJoinedLine(stream: Stream, offset: number): Stream {
  const text = textOf(stream);
  const before = text.slice(0, offset).replace(/\r?\n$/, "");
  return withText(stream, `${before} ${text.slice(offset).replace(/^[ \t]+/, "")}`);
}

/** Returns the elements of a list, which may be empty. */
export const elements = (lines: readonly string[]): readonly string[] =>
  lines.flatMap((line) => line.split(",").map((element) => element.replace(/^[ \t]+|[ \t]+$/g, "")));

/** Returns the stream with at most `length` bytes behind the head. */
export function withRest(stream: Stream, length: number): Stream {
  const { lines, rest } = linesOf(stream);
  const end = rest.indexOf("\n") + 1;
  return withText(stream, lines.join("") + rest.slice(0, end + length));
}

/** Whether the stream ends within its start line. */
export const isInStartLine = (stream: Stream): boolean => !/^[\r\n]*[^\r\n][^\n]*\n/.test(textOf(stream));

export const continuedBy = (stream: Stream, more: string): Stream => withText(stream, textOf(stream) + more);

/** Returns the stream without its incomplete last line; if that line has a colon, completes it instead. */
export function withoutUnfinishedName(stream: Stream): Stream {
  const text = textOf(stream);
  const start = text.lastIndexOf("\n") + 1;
  const isPastColon = text.slice(start).includes(":");
  return withText(stream, isPastColon ? `${text.replace(/\r$/, "")}\r\n` : text.slice(0, start));
}

/** Returns all heads, as they were sent. */
export const headsOf = (stream: Stream): string => {
  const before = lengthBefore(stream, Number.POSITIVE_INFINITY);
  return textOf(stream).slice(0, before) + linesOf(from(stream, before)).lines.join("");
};

/** Returns the stream with `changed` applied to each byte of its heads, but not to those behind them. */
export function withBytes(stream: Stream, changed: (byte: string) => string): Stream {
  const heads = headsOf(stream);
  return withText(stream, Array.from(heads, changed).join("") + textOf(stream).slice(heads.length));
}

/** Returns the stream with one head, which has the start line of the last one and the fields of all. */
export function merged(stream: Stream): Stream {
  const heads = eachHead(stream).map(linesOf);
  const last = heads[heads.length - 1] as (typeof heads)[number];
  const fields = heads.flatMap(({ lines }) => lines.slice(1));
  return withLines(stream, [...last.lines.slice(0, 1), ...fields], last.rest);
}

/** Returns the stream from its last head on, without interim responses. */
export const lastHead = (stream: Stream): Stream => from(stream, lengthBefore(stream, Number.POSITIVE_INFINITY));

/** Returns the stream with `change` applied to its last head. */
export const withLastHead = (stream: Stream, change: (last: Stream) => Stream): Stream =>
  behind(change(lastHead(stream)), stream, lengthBefore(stream, Number.POSITIVE_INFINITY));
