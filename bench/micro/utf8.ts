/**
 * Ways to decode text from bytes, to validate it, and to encode it, in ns per message, and in GB/s for long ranges: `tsx
 * bench/micro/utf8.ts`. The thresholds in packages/core/src/bytes/text-decode.ts, text-encode.ts and utf8.ts come from
 * here.
 */
import { isUtf8 } from "node:buffer";
import { decodeText, encodeText, nodeFunctions, noNativeFunctions, skipAscii, validateUtf8 } from "../subject.ts";
import { leastTime, printRow } from "./least-time.ts";

interface NativeMethods {
  utf8Slice(this: Uint8Array, start: number, end: number): string;
  latin1Slice(this: Uint8Array, start: number, end: number): string;
}
const { utf8Slice, latin1Slice } = Buffer.prototype as unknown as NativeMethods;

const ascii = new Uint8Array(Buffer.from("The quick brown fox jumps over the lazy dog; ".repeat(24_000)));
const korean = new Uint8Array(Buffer.from("다람쥐 헌 쳇바퀴에 타고파. ".repeat(32_000)));
const fatal = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const lenient = new TextDecoder("utf-8", { ignoreBOM: true });
/** Up to Node 22, an instance that has decoded a stream once uses another, slower path from then on. */
const streamed = new TextDecoder("utf-8", { ignoreBOM: true });
streamed.decode(new Uint8Array(0), { stream: true });
streamed.decode(new Uint8Array(0));

let touched = 0;
function touch(text: string): void {
  touched += text.length + text.charCodeAt(text.length - 1);
}
function turnsFor(size: number): number {
  return Math.max(20, Math.floor(3_000_000 / (size + 100)));
}

function compareDecoders(title: string, bytes: Uint8Array, sizes: readonly number[]): void {
  const { buffer } = bytes;
  printRow(title, [
    "subarray, fatal",
    "view, fatal",
    "view, lenient",
    "… and includes",
    "view, streamed",
    "isUtf8, utf8Slice",
    "skipAscii, latin1",
    "decodeText",
    "decodeText, Node",
  ]);
  for (const size of sizes) {
    const turns = turnsFor(size);
    const view = (): Uint8Array => new Uint8Array(buffer, 0, size);
    const look = (text: string, found: boolean): void => touch(found ? "" : text);
    printRow(`  ${size}`, [
      leastTime(turns, () => touch(fatal.decode(bytes.subarray(0, size)))),
      leastTime(turns, () => touch(fatal.decode(view()))),
      leastTime(turns, () => touch(lenient.decode(view()))),
      leastTime(turns, () => {
        const text = lenient.decode(view());
        look(text, text.includes("\ufffd"));
      }),
      leastTime(turns, () => touch(streamed.decode(view()))),
      leastTime(turns, () => {
        if (isUtf8(view())) touch(utf8Slice.call(bytes, 0, size));
      }),
      leastTime(turns, () => {
        if (skipAscii(bytes, 0, size) === size) touch(latin1Slice.call(bytes, 0, size));
      }),
      leastTime(turns, () => touch(decodeText(bytes, 0, size, noNativeFunctions) as string)),
      leastTime(turns, () => touch(decodeText(bytes, 0, size, nodeFunctions) as string)),
    ]);
  }
}

function compareValidators(title: string, bytes: Uint8Array): void {
  printRow(title, ["validateUtf8", "isUtf8"]);
  for (const size of [16, 32, 64, 128, 256, 1024, 65_536]) {
    const whole = wholeCharacters(size);
    printRow(`  ${size}`, [
      leastTime(turnsFor(size), () => validateUtf8(0, bytes, 0, whole)),
      leastTime(turnsFor(size), () => isUtf8(bytes.subarray(0, whole))),
    ]);
  }
}

function compareEncoders(): void {
  const encoder = new TextEncoder();
  const target = new Uint8Array(65_536);
  const { buffer } = target;
  printRow("text into bytes", ["char by char", "encodeInto, .buffer", "encodeInto", "encodeText", "encodeText, Node"]);
  for (const size of [8, 16, 24, 32, 40, 48, 64, 125, 1024]) {
    const text = Buffer.from(ascii.subarray(0, size)).toString();
    const turns = turnsFor(size);
    printRow(`  ${size}`, [
      leastTime(turns, () => {
        for (let index = 0; index < size; index++) target[index] = text.charCodeAt(index);
      }),
      leastTime(turns, () => encoder.encodeInto(text, new Uint8Array(target.buffer, 0, size * 3))),
      leastTime(turns, () => encoder.encodeInto(text, new Uint8Array(buffer, 0, size * 3))),
      leastTime(turns, () => encodeText(text, target, 0, noNativeFunctions)),
      leastTime(turns, () => encodeText(text, target, 0, nodeFunctions)),
    ]);
  }
}

compareDecoders("ASCII", ascii, [8, 16, 17, 32, 64, 125, 200, 1024, 16_384, 1_048_576]);
compareDecoders("Korean", korean, [33, 66, 201, 1023, 16_383, 1_048_575].map(wholeCharacters));
compareValidators("Korean, valid?", korean);
compareEncoders();
if (touched === 0) throw new Error("Nothing was decoded.");

function wholeCharacters(size: number): number {
  let end = size;
  while (((korean[end] as number) & 0xc0) === 0x80) end--;
  return end;
}
