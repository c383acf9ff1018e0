/**
 * Decodes the head of an HTTP/1.1 message from chunks (RFC 9112 §2.2, §5): the start line, the field lines and the empty
 * line. Strict: anything that two recipients could read differently is rejected.
 *
 * Each byte is examined once, regardless of chunk boundaries. While chunks arrive, only positions are recorded. At the end
 * of the head, its bytes are decoded to one string, and the fields are slices of it (bench/micro/opening.ts).
 */
import { decodeLatin1 } from "../bytes/ascii.ts";
import { decodeText } from "../bytes/text-decode.ts";
import { type Leniency, noLeniencies } from "../vocabulary/leniency.ts";
import type { Limits } from "../vocabulary/limits.ts";
import { noNativeFunctions } from "../vocabulary/native-functions.ts";
import type { HeadViolationCode } from "../vocabulary/violation.ts";
import { ByteCollector } from "./byte-collector.ts";
import type { FieldLine } from "./fields.ts";
import { isWhiteSpace, skipFieldContent, skipTchars } from "./grammar.ts";
import type { StartLineGrammar } from "./start-line.ts";

/** Result of one chunk. */
export type HeadStep<Head> =
  | { readonly type: "more" }
  /** `end` is the index in the chunk of the first byte after the head. */
  | { readonly type: "head"; readonly head: Head; readonly end: number }
  /** `offset` counts from the first byte passed to the decoder. */
  | { readonly type: "violation"; readonly code: HeadViolationCode; readonly offset: number };

const more: HeadStep<never> = { type: "more" };

// Phases, named after the element that the next byte belongs to. Numbers, because the loop below switches on them often.
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

/** Approximate memory of one entry in `#marks`, in bytes. */
const markCost = 9;

const carriageReturn = 0x0d;
const lineFeed = 0x0a;
const colon = 0x3a;

/**
 * Scratch for the marks of a head that arrives in one chunk, by the rules of bytes/scratch.ts: a list that grows with each head
 * would cost it 1,200 bytes.
 */
const scratch: number[] = [];

/** Places of the scratch that are kept for the next head: 128 fields. */
const keptMarks = 512;

/** Decodes one head. Create a new decoder for each head. */
export class HeadDecoder<Head> {
  readonly #grammar: StartLineGrammar<Head>;
  readonly #limits: Limits;
  readonly #tolerate: readonly Leniency[];

  /** The bytes of earlier chunks, if any. All positions below count from the first byte of the head. */
  #held: ByteCollector | undefined;
  #phase = beforeStartLine;
  /** Position of the next byte to examine. */
  #position = 0;
  #lineStart = 0;
  #emptyLines = 0;
  #startLineStart = 0;
  #startLineEnd = 0;
  /**
   * Four positions per field line: name start and end, value start and end. An empty name marks a continuation line. Undefined
   * until the head spans chunks: until then the marks are in `scratch`. The second field is their number.
   */
  #marks: number[] | undefined;
  #count = 0;
  #tolerated: readonly Leniency[] = noLeniencies;

  constructor(grammar: StartLineGrammar<Head>, limits: Limits, tolerate: readonly Leniency[]) {
    this.#grammar = grammar;
    this.#limits = limits;
    this.#tolerate = tolerate;
  }

  /** Bytes of the head read so far. */
  get length(): number {
    return this.#position;
  }

  /** Memory used by the part of the head read so far, in bytes; 0 once the head is complete. */
  get heldLength(): number {
    return (this.#held?.heldLength ?? 0) + markCost * (this.#marks?.length ?? 0);
  }

  /** Leniencies used so far. */
  get tolerated(): readonly Leniency[] {
    return this.#tolerated;
  }

  /** Decodes `chunk` from index `start` on. */
  receive(chunk: Uint8Array, start: number): HeadStep<Head> {
    if (this.#held === undefined) {
      const step = this.#read(chunk, start, chunk.length);
      if (step.type === "more") {
        this.#held = new ByteCollector();
        this.#held.append(chunk, start, chunk.length);
        this.#marks = scratch.slice(0, this.#count);
      }
      if (scratch.length > keptMarks) scratch.length = keptMarks;
      return step;
    }
    const held = this.#held.length;
    // One byte above the limit is enough to detect that the head is too big.
    this.#held.append(chunk, start, Math.min(chunk.length, start + this.#limits.head + 1 - held));
    const step = this.#read(this.#held.bytes, 0, this.#held.length);
    if (step.type !== "more") {
      this.#held.clear();
      this.#marks = undefined;
    }
    return step.type === "head" ? { ...step, end: step.end - held + start } : step;
  }

  /** Continues decoding in `bytes[first, end)`, where the head begins at `first`. */
  #read(bytes: Uint8Array, first: number, end: number): HeadStep<Head> {
    const headStop = first + this.#limits.head;
    const stop = Math.min(end, headStop);
    const lineLimit = this.#limits.line;
    const marks = this.#marks ?? scratch;
    let count = this.#count;
    // The loop works on local variables: updating private fields would write to memory in every phase.
    let phase = this.#phase;
    let at = first + this.#position;
    let lineStart = first + this.#lineStart;
    let lineStop = Math.min(stop, lineStart + lineLimit);

    while (at < stop) {
      const byte = bytes[at]!;
      switch (phase) {
        case beforeStartLine: {
          const isLineEnd = byte === carriageReturn || byte === lineFeed;
          if (isLineEnd && this.#grammar.emptyLines > 0) {
            if (this.#emptyLines++ === this.#grammar.emptyLines) return fault("http/too-many-empty-lines", at - first);
            const code = this.#checkLineEnd(byte);
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
          const code = this.#checkLineEnd(bytes[at]!, tooLong ? this.#grammar.tooLong : "http/start-line");
          if (code !== undefined) return fault(code, at - first);
          this.#startLineEnd = at - first;
          if (bytes[at] === carriageReturn) at++;
          phase = startLineFeed;
          break;
        }

        case startLineFeed: {
          if (byte !== lineFeed) return fault("http/bare-carriage-return", at - 1 - first);
          const wrong = this.#grammar.check(bytes, first + this.#startLineStart, first + this.#startLineEnd);
          if (wrong !== undefined && !this.#tolerates(wrong.leniency)) return fault(wrong.code, wrong.offset - first);
          lineStart = ++at;
          lineStop = Math.min(stop, lineStart + lineLimit);
          phase = fieldLineStart;
          break;
        }

        case fieldLineStart: {
          if (byte === carriageReturn || byte === lineFeed) {
            const code = this.#checkLineEnd(byte);
            if (code !== undefined) return fault(code, at - first);
            if (byte === carriageReturn) at++;
            phase = lastLineFeed;
            break;
          }
          if (count === 4 * this.#limits.fields) return fault("http/too-many-fields", at - first);
          const code = isWhiteSpace(byte) ? this.#checkFold(count) : undefined;
          if (code !== undefined) return fault(code, at - first);
          marks[count++] = at - first;
          if (isWhiteSpace(byte)) marks[count++] = at - first;
          phase = isWhiteSpace(byte) ? beforeValue : fieldName;
          break;
        }

        case fieldName: {
          at = skipTchars(bytes, at, lineStop);
          if (at === stop) break;
          const code = this.#checkNameEnd(bytes[at]!, at - lineStart);
          if (code !== undefined) return fault(code, at - first);
          marks[count++] = at - first;
          at++;
          phase = beforeValue;
          break;
        }

        case beforeValue:
          while (at < lineStop && isWhiteSpace(bytes[at]!)) at++;
          if (at === stop) break;
          marks[count++] = at - first;
          phase = fieldValue;
          break;

        case fieldValue: {
          at = skipFieldContent(bytes, at, lineStop);
          if (at === stop) break;
          const tooLong = at - lineStart >= lineLimit;
          const code = this.#checkLineEnd(bytes[at]!, tooLong ? "http/line-too-long" : "http/field-value");
          if (code !== undefined) return fault(code, at - first);
          marks[count] = valueEnd(bytes, first + marks[count - 1]!, at) - first;
          count++;
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
          return { type: "head", head: this.#head(bytes, first, at, marks, count), end: at };
      }
    }

    this.#phase = phase;
    this.#count = count;
    this.#position = at - first;
    this.#lineStart = lineStart - first;
    return at === headStop && at < end ? fault("http/head-too-big", at - first) : more;
  }

  /** Returns the violation of `byte` where a line end is expected; `otherwise` when it is neither CR nor LF. */
  #checkLineEnd(byte: number, otherwise?: HeadViolationCode): HeadViolationCode | undefined {
    if (byte === carriageReturn) return undefined;
    if (byte !== lineFeed) return otherwise;
    // RFC 9112 §2.2: a recipient MAY recognize a single LF as a line terminator.
    return this.#tolerates("bare-line-feed") ? undefined : "http/bare-line-feed";
  }

  /** Whether `leniency` is enabled. If so, records its use. */
  #tolerates(leniency: Leniency | undefined): boolean {
    if (leniency === undefined || !this.#tolerate.includes(leniency)) return false;
    if (!this.#tolerated.includes(leniency)) this.#tolerated = [...this.#tolerated, leniency];
    return true;
  }

  /** Returns the violation of `byte` where the colon after a name of `length` chars is expected. */
  #checkNameEnd(byte: number, length: number): HeadViolationCode | undefined {
    if (length >= this.#limits.line) return "http/line-too-long";
    if (byte === colon) return length === 0 ? "http/field-name" : undefined;
    // RFC 9112 §5.1: no white space is allowed between the name and the colon.
    if (isWhiteSpace(byte)) return "http/white-space-before-colon";
    return byte === carriageReturn || byte === lineFeed ? "http/colon-missing" : "http/field-name";
  }

  /** Returns the violation of a line that begins with white space, or undefined when folded lines are joined. */
  #checkFold(count: number): HeadViolationCode | undefined {
    // RFC 9112 §2.2: white space between the start line and the first field.
    if (count === 0) return "http/white-space-before-fields";
    return this.#grammar.foldedLines === "refuse" ? "http/folded-line" : undefined;
  }

  /** Builds the head from `bytes[first, end)`, which have been checked. */
  #head(bytes: Uint8Array, first: number, end: number, marks: readonly number[], count: number): Head {
    const text = decodeChars(bytes, first, end);
    // At its length from the start: a list that grows has room for 17.
    const fields = new Array<FieldLine>(count / 4);
    let length = 0;
    for (let mark = 0; mark < count; mark += 4) {
      const name = text.slice(marks[mark], marks[mark + 1]);
      const value = text.slice(marks[mark + 2], marks[mark + 3]);
      if (name !== "") fields[length++] = [name, value];
      else fields[length - 1] = joined(fields[length - 1]!, value);
    }
    fields.length = length;
    return this.#grammar.head(text.slice(this.#startLineStart, this.#startLineEnd), fields);
  }
}

/** Returns the end of a value, without the white space before `lineEnd` (RFC 9112 §5.1). */
function valueEnd(bytes: Uint8Array, start: number, lineEnd: number): number {
  let at = lineEnd;
  while (at > start && isWhiteSpace(bytes[at - 1]!)) at--;
  return at;
}

function fault(code: HeadViolationCode, offset: number): HeadStep<never> {
  return { type: "violation", code, offset };
}

/** Joins a folded line: the fold becomes one SP (RFC 9112 §5.2). */
function joined([name, value]: FieldLine, continuation: string): FieldLine {
  return [name, value === "" || continuation === "" ? value + continuation : `${value} ${continuation}`];
}

/** Decodes one char per byte. If UTF-8 decoding fails or yields fewer chars, the bytes are not ASCII: use Latin-1. */
function decodeChars(bytes: Uint8Array, start: number, end: number): string {
  const text = decodeText(bytes, start, end, noNativeFunctions);
  return text?.length === end - start ? text : decodeLatin1(bytes, start, end);
}
