/**
 * Reads the head of an HTTP/1.1 message out of chunks (RFC 9112 §2.2, §5): the start line, the field lines and the empty
 * line. Strict: whatever two recipients could read differently is refused.
 *
 * Every byte is looked at once, however the chunks are cut. While chunks come, only positions are noted; the bytes
 * become text in one piece at the end of the head, and the fields are slices of it (bench/micro/opening.ts).
 */
import { decodeLatin1 } from "../bytes/ascii.ts";
import { decodeText } from "../bytes/text-decode.ts";
import { portableHost } from "../host.ts";
import type { Leniency } from "../leniency.ts";
import type { Limits } from "../limits.ts";
import type { ViolationCode } from "../violation.ts";
import { ByteCollector } from "./byte-collector.ts";
import type { FieldLine } from "./fields.ts";
import { isWhiteSpace, skipFieldContent, skipTchars } from "./grammar.ts";
import type { StartLineGrammar } from "./start-line.ts";

/** What one chunk led to. */
export type HeadStep<Head> =
  | { readonly type: "more" }
  /** `end` is the index, in the chunk, of the first byte after the head. */
  | { readonly type: "head"; readonly head: Head; readonly end: number }
  /** `offset` counts from the first byte that the decoder was given. */
  | { readonly type: "violation"; readonly code: ViolationCode; readonly offset: number };

const more: HeadStep<never> = { type: "more" };

// Phases, named after what the next byte is part of. Numbers, because the loop below switches on them for every byte.
const beforeStartLine = 0;
const emptyLineFeed = 1;
const startLine = 2;
const startLineFeed = 3;
const fieldLineStart = 4;
const fieldName = 5;
const beforeValue = 6;
const fieldValue = 7;
const fieldLineFeed = 8;
const lastLineFeed = 9;

/** Bytes that a position takes in the list of them, about. */
const markCost = 9;

const carriageReturn = 0x0d;
const lineFeed = 0x0a;
const colon = 0x3a;

/** Reads one head. Make another for the next one. */
export class HeadDecoder<Head> {
  readonly #grammar: StartLineGrammar<Head>;
  readonly #limits: Limits;
  readonly #tolerate: readonly Leniency[];

  /** The bytes of earlier chunks; empty as long as there was none. All positions below count from the first byte. */
  readonly #held = new ByteCollector();
  #phase = beforeStartLine;
  /** Up to here the bytes have been looked at. */
  #position = 0;
  #lineStart = 0;
  #emptyLines = 0;
  #startLineStart = 0;
  #startLineEnd = 0;
  /** Four positions of each field line: its name from and to, its value from and to. An empty name continues the line before. */
  readonly #marks: number[] = [];
  #tolerated: readonly Leniency[] = [];

  constructor(grammar: StartLineGrammar<Head>, limits: Limits, tolerate: readonly Leniency[]) {
    this.#grammar = grammar;
    this.#limits = limits;
    this.#tolerate = tolerate;
  }

  /** Bytes of the head so far, and all of them once it is complete. */
  get length(): number {
    return this.#position;
  }

  /** Bytes of memory that the part of the head takes that was read: none once it is complete. */
  get heldLength(): number {
    return this.#held.heldLength + markCost * this.#marks.length;
  }

  /** The leniencies that were needed so far. */
  get tolerated(): readonly Leniency[] {
    return this.#tolerated;
  }

  /** Reads on in `chunk`, from the index `start`. */
  receive(chunk: Uint8Array, start: number): HeadStep<Head> {
    const held = this.#held.length;
    if (held === 0) {
      const step = this.#read(chunk, start, chunk.length);
      if (step.type === "more") this.#held.append(chunk, start, chunk.length);
      else this.#marks.length = 0;
      return step;
    }
    // One byte more than the limit is enough to see that there are too many.
    this.#held.append(chunk, start, Math.min(chunk.length, start + this.#limits.head + 1 - held));
    const step = this.#read(this.#held.bytes, 0, this.#held.length);
    if (step.type !== "more") {
      this.#held.clear();
      this.#marks.length = 0;
    }
    return step.type === "head" ? { ...step, end: step.end - held + start } : step;
  }

  /** Reads on in `bytes[first, end)`, in which the head begins at `first`. */
  #read(bytes: Uint8Array, first: number, end: number): HeadStep<Head> {
    const headStop = first + this.#limits.head;
    const stop = Math.min(end, headStop);
    const lineLimit = this.#limits.line;
    const marks = this.#marks;
    // What the loop changes is held in variables: a private field would be written to memory for every phase.
    let phase = this.#phase;
    let at = first + this.#position;
    let lineStart = first + this.#lineStart;
    let lineStop = Math.min(stop, lineStart + lineLimit);

    while (at < stop) {
      const byte = bytes[at] as number;
      switch (phase) {
        case beforeStartLine: {
          const isLineEnd = byte === carriageReturn || byte === lineFeed;
          if (isLineEnd && this.#grammar.emptyLines > 0) {
            if (this.#emptyLines++ === this.#grammar.emptyLines) return fault("http/too-many-empty-lines", at - first);
            const code = this.#lineEndFault(byte);
            if (code !== undefined) return fault(code, at - first);
            if (byte === carriageReturn) at++;
            phase = emptyLineFeed;
            break;
          }
          this.#startLineStart = at - first;
          phase = startLine;
          break;
        }

        case emptyLineFeed:
          if (byte !== lineFeed) return fault("http/bare-carriage-return", at - 1 - first);
          lineStart = ++at;
          lineStop = Math.min(stop, lineStart + lineLimit);
          phase = beforeStartLine;
          break;

        case startLine: {
          at = skipFieldContent(bytes, at, lineStop);
          if (at === stop) break;
          const tooLong = at - lineStart >= lineLimit;
          const code = this.#lineEndFault(bytes[at] as number, tooLong ? this.#grammar.tooLong : "http/start-line");
          if (code !== undefined) return fault(code, at - first);
          this.#startLineEnd = at - first;
          if (bytes[at] === carriageReturn) at++;
          phase = startLineFeed;
          break;
        }

        case startLineFeed: {
          if (byte !== lineFeed) return fault("http/bare-carriage-return", at - 1 - first);
          const wrong = this.#grammar.check(bytes, first + this.#startLineStart, first + this.#startLineEnd);
          if (wrong !== undefined && !this.#tolerates(wrong.leniency)) return fault(wrong.code, wrong.at - first);
          lineStart = ++at;
          lineStop = Math.min(stop, lineStart + lineLimit);
          phase = fieldLineStart;
          break;
        }

        case fieldLineStart: {
          if (byte === carriageReturn || byte === lineFeed) {
            const code = this.#lineEndFault(byte);
            if (code !== undefined) return fault(code, at - first);
            if (byte === carriageReturn) at++;
            phase = lastLineFeed;
            break;
          }
          if (marks.length === 4 * this.#limits.fields) return fault("http/too-many-fields", at - first);
          const code = isWhiteSpace(byte) ? this.#foldFault() : undefined;
          if (code !== undefined) return fault(code, at - first);
          marks.push(at - first);
          if (isWhiteSpace(byte)) marks.push(at - first);
          phase = isWhiteSpace(byte) ? beforeValue : fieldName;
          break;
        }

        case fieldName: {
          at = skipTchars(bytes, at, lineStop);
          if (at === stop) break;
          const code = this.#nameEndFault(bytes[at] as number, at - lineStart);
          if (code !== undefined) return fault(code, at - first);
          marks.push(at - first);
          at++;
          phase = beforeValue;
          break;
        }

        case beforeValue:
          while (at < lineStop && isWhiteSpace(bytes[at] as number)) at++;
          if (at === stop) break;
          marks.push(at - first);
          phase = fieldValue;
          break;

        case fieldValue: {
          at = skipFieldContent(bytes, at, lineStop);
          if (at === stop) break;
          const tooLong = at - lineStart >= lineLimit;
          const code = this.#lineEndFault(bytes[at] as number, tooLong ? "http/line-too-long" : "http/field-value");
          if (code !== undefined) return fault(code, at - first);
          marks.push(this.#valueEnd(bytes, first, at) - first);
          if (bytes[at] === carriageReturn) at++;
          phase = fieldLineFeed;
          break;
        }

        case fieldLineFeed:
          if (byte !== lineFeed) return fault("http/bare-carriage-return", at - 1 - first);
          lineStart = ++at;
          lineStop = Math.min(stop, lineStart + lineLimit);
          phase = fieldLineStart;
          break;

        case lastLineFeed:
          if (byte !== lineFeed) return fault("http/bare-carriage-return", at - 1 - first);
          at++;
          this.#position = at - first;
          return { type: "head", head: this.#head(bytes, first, at), end: at };
      }
    }

    this.#phase = phase;
    this.#position = at - first;
    this.#lineStart = lineStart - first;
    return at === headStop && at < end ? fault("http/head-too-big", at - first) : more;
  }

  /** What is wrong with `byte`, where only the end of the line could come; `otherwise` when it is no line end at all. */
  #lineEndFault(byte: number, otherwise?: ViolationCode): ViolationCode | undefined {
    if (byte === carriageReturn) return undefined;
    if (byte !== lineFeed) return otherwise;
    // RFC 9112 §2.2: a recipient MAY recognize a single LF as a line terminator.
    return this.#tolerates("bare-line-feed") ? undefined : "http/bare-line-feed";
  }

  /** Whether `leniency` may be used; notes that it was. */
  #tolerates(leniency: Leniency | undefined): boolean {
    if (leniency === undefined || !this.#tolerate.includes(leniency)) return false;
    if (!this.#tolerated.includes(leniency)) this.#tolerated = [...this.#tolerated, leniency];
    return true;
  }

  /** What is wrong with `byte`, where the colon after a name of `length` chars should come. */
  #nameEndFault(byte: number, length: number): ViolationCode | undefined {
    if (length >= this.#limits.line) return "http/line-too-long";
    if (byte === colon) return length === 0 ? "http/field-name" : undefined;
    // RFC 9112 §5.1: no white space is allowed between the name and the colon.
    if (isWhiteSpace(byte)) return "http/white-space-before-colon";
    return byte === carriageReturn || byte === lineFeed ? "http/colon-missing" : "http/field-name";
  }

  /** What is wrong with a line that begins with white space. */
  #foldFault(): ViolationCode | undefined {
    // RFC 9112 §2.2: white space between the start line and the first field.
    if (this.#marks.length === 0) return "http/white-space-before-fields";
    return this.#grammar.foldedLines === "refuse" ? "http/folded-line" : undefined;
  }

  /** Where the value that began at the last mark ends, without the white space before `lineEnd` (RFC 9112 §5.1). */
  #valueEnd(bytes: Uint8Array, first: number, lineEnd: number): number {
    const valueStart = first + (this.#marks[this.#marks.length - 1] as number);
    let at = lineEnd;
    while (at > valueStart && isWhiteSpace(bytes[at - 1] as number)) at--;
    return at;
  }

  /** The head in `bytes[first, end)`, all of which has been checked. */
  #head(bytes: Uint8Array, first: number, end: number): Head {
    const text = decodeChars(bytes, first, end);
    const marks = this.#marks;
    const fields: FieldLine[] = [];
    for (let mark = 0; mark < marks.length; mark += 4) {
      const name = text.slice(marks[mark], marks[mark + 1]);
      const value = text.slice(marks[mark + 2], marks[mark + 3]);
      if (name !== "") fields.push([name, value]);
      else fields.push(joined(fields.pop() as FieldLine, value));
    }
    return this.#grammar.head(text.slice(this.#startLineStart, this.#startLineEnd), fields);
  }
}

function fault(code: ViolationCode, offset: number): HeadStep<never> {
  return { type: "violation", code, offset };
}

/** RFC 9112 §5.2: the fold becomes one SP. */
function joined([name, value]: FieldLine, continuation: string): FieldLine {
  return [name, value === "" || continuation === "" ? value + continuation : `${value} ${continuation}`];
}

/** The bytes as chars, one for each: a text that has fewer chars was not ASCII. */
function decodeChars(bytes: Uint8Array, start: number, end: number): string {
  const text = decodeText(bytes, start, end, portableHost);
  return text?.length === end - start ? text : decodeLatin1(bytes, start, end);
}
