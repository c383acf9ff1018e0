/**
 * Heads of requests and responses (RFC 9112 §2–5), checked against a parser of our own that is as simple as possible.
 *
 * The first byte of an input selects request or response (bit 0), whether a lone LF ends a line (bit 1), and the length of
 * the chunks (bits 2–7); the rest is received.
 */
import { type Limits, violationTable } from "@hybi/core";
import type { RequestHead, ResponseHead } from "@hybi/core/opening";
import { HeadDecoder } from "../../../packages/core/src/http/head-decoder.ts";
import { encodeRequestHead, encodeResponseHead } from "../../../packages/core/src/http/head-encoder.ts";
import { requestLine, type StartLineGrammar, statusLine } from "../../../packages/core/src/http/start-line.ts";
import { defaultLimits } from "../../../packages/core/src/vocabulary/limits.ts";
import { chunks, law, sameLaw, type Target } from "../target.ts";

/** Small enough to be reached. */
const limits: Limits = { ...defaultLimits, head: 400, line: 120, fields: 6 };

const isResponseBit = 0x01;
const toleratesBit = 0x02;
/** Chunks of one byte are tried in any case. */
const chunkLength = (options: number): number => 2 + (options >> 2);

export const target: Target = {
  maxLength: 600,
  work: { perByte: 100, fixed: 4000 },
  seeds: [
    input(0, "GET /chat HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"),
    input(2, "\r\n\nGET /chat HTTP/1.0\nHost:example.com \n\nrest"),
    input(13, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n\x81\x00"),
    input(13, "HTTP/1.1 404 Not Found\r\nSet-Cookie: a=b\r\n folded\r\nContent-Length: 0\r\n\r\n"),
    input(3, "HTTP/1.1 200 \nA:\n b\n\t\n \xe5\n\n"),
  ],

  run(bytes: Uint8Array): void {
    const options = bytes[0] ?? 0;
    const stream = bytes.subarray(1);
    if ((options & isResponseBit) === 0) check(options, stream, requestLine, requestLineOf, encodeRequestHead);
    else
      check(options, stream, statusLine, statusLineOf, (head) =>
        isSendable(head) ? encodeResponseHead(head) : undefined,
      );
  },
};

function check<Head extends RequestHead | ResponseHead>(
  options: number,
  stream: Uint8Array,
  grammar: StartLineGrammar<Head>,
  startLineOf: (head: Head) => string,
  encode: (head: Head) => Uint8Array | undefined,
): void {
  const isTolerant = (options & toleratesBit) !== 0;
  const outcome = decode(grammar, limits, isTolerant, [stream.slice()]);
  sameLaw(decode(grammar, limits, isTolerant, chunks(stream, 1)), outcome, "byte by byte and in one chunk");
  const length = chunkLength(options);
  sameLaw(decode(grammar, limits, isTolerant, chunks(stream, length)), outcome, `by ${length} bytes and in one chunk`);

  if (outcome.violation !== undefined) {
    const { code, offset } = outcome.violation;
    law(code in violationTable, `${code} is not a violation`);
    law(offset <= Math.min(stream.length, limits.head), `offset ${offset} is not in the head`);
  }
  const { head } = outcome;
  if (head === undefined) {
    law(
      outcome.violation !== undefined || stream.length <= limits.head,
      "more bytes than a head may have were accepted",
    );
    return;
  }
  law(outcome.length <= limits.head, `the head has ${outcome.length} bytes`);
  const lines = linesOf(stream.subarray(0, outcome.length), isTolerant);
  checkLines(lines, startLineOf(head), head);

  const written = encode(head);
  if (written === undefined) return;
  const again = decode(grammar, defaultLimits, false, [written]);
  sameLaw(again.head, head, "encoded and decoded again");
  law(again.length === written.length, "the decoded length differs from the encoded one");
}

interface Outcome<Head> {
  readonly head: Head | undefined;
  readonly violation: { readonly code: string; readonly offset: number } | undefined;
  /** Bytes of the head; 0 if it is incomplete. */
  readonly length: number;
  readonly tolerated: readonly string[];
}

function decode<Head>(
  grammar: StartLineGrammar<Head>,
  within: Limits,
  isTolerant: boolean,
  parts: readonly Uint8Array[],
): Outcome<Head> {
  const decoder = new HeadDecoder(grammar, within, isTolerant ? ["bare-line-feed"] : []);
  let received = 0;
  for (const part of parts) {
    const step = decoder.receive(part, 0);
    const { tolerated } = decoder;
    if (step.type === "violation") {
      return { head: undefined, violation: { code: step.code, offset: step.offset }, length: 0, tolerated };
    }
    if (step.type === "head") {
      const length = received + step.end;
      law(decoder.length === length, `the head has ${decoder.length} bytes and ends after ${length}`);
      return { head: step.head, violation: undefined, length, tolerated };
    }
    received += part.length;
  }
  return { head: undefined, violation: undefined, length: 0, tolerated: decoder.tolerated };
}

/** Returns the lines of a head without line ends, without empty lines before the start line, and without its empty last line. */
function linesOf(bytes: Uint8Array, isTolerant: boolean): string[] {
  const lines = Buffer.from(bytes)
    .toString("latin1")
    .split(isTolerant ? /\r?\n/ : "\r\n");
  law(lines.pop() === "" && lines.pop() === "", "the head does not end in an empty line");
  while (lines[0] === "") lines.shift();
  return lines;
}

const name = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const value = /^(?![ \t])[\t\x20-\x7e\x80-\xff]*(?<![ \t])$/;

/** Checks a head against its lines, read one by one. */
function checkLines(lines: readonly string[], startLine: string, head: RequestHead | ResponseHead): void {
  law(lines[0] === startLine, `the start line was ${lines[0]}`);
  law(
    lines.every((line) => line.length <= limits.line),
    "a line is longer than the limit",
  );
  law(lines.length - 1 <= limits.fields, "there are more field lines than the limit");
  const fields: [string, string][] = [];
  for (const line of lines.slice(1)) {
    const last = fields[fields.length - 1];
    if (/^[ \t]/.test(line)) {
      law(last !== undefined && "status" in head, "a folded line was accepted");
      // RFC 9112 §5.2: a fold is equivalent to one space.
      last[1] = [last[1], trimmed(line)].filter((part) => part !== "").join(" ");
    } else {
      const colon = line.indexOf(":");
      fields.push([line.slice(0, colon), trimmed(line.slice(colon + 1))]);
    }
  }
  sameLaw(head.fields, fields, "the fields, and the lines one by one");
  for (const [fieldName, fieldValue] of head.fields) {
    law(name.test(fieldName), `${fieldName} is not a field name`);
    law(value.test(fieldValue), `${fieldValue} is not a field value`);
  }
}

/** Removes the white space around `text`. */
const trimmed = (text: string): string => text.replace(/^[ \t]+/, "").replace(/(?<![ \t])[ \t]+$/, "");

const requestLineOf = (head: RequestHead): string => `${head.method} ${head.target} HTTP/1.${head.minorVersion}`;

const statusLineOf = (head: ResponseHead): string =>
  `HTTP/1.${head.minorVersion} ${String(head.status).padStart(3, "0")} ${head.reasonPhrase}`;

/** Any three digits are accepted when received (RFC 9110 §15), but not when sent. */
const isSendable = ({ status }: ResponseHead): boolean => status >= 100 && status <= 599;

function input(options: number, text: string): Uint8Array {
  return Buffer.from(String.fromCharCode(options) + text, "latin1");
}
