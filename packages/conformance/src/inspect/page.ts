/** Lays out the dump of a conversation, line by line. */
import { type Role, type Violation, type ViolationCode, violationTable } from "@hybi/core";
import { headerLength, opcodes } from "@hybi/core/frame";
import { amount, describeClose, escapeLine, isPrintable, opcodeName, quote, toHex } from "./words.ts";

const arrows = { client: "client ──▶ ", server: "server ◀── " } as const;
const indent = " ".repeat(arrows.client.length);
/** Width of a 14-byte header in hexadecimal, with two spaces between its parts. */
const headerColumn = 46;
const columns = { fin: 5, rsv: 5, opcode: 18, mask: 6 } as const;

const paints = { dim: 2, bold: 1, red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36 } as const;
type Paint = keyof typeof paints;

/** A frame that arrived completely. */
export interface ShownFrame {
  readonly header: readonly number[];
  readonly length: number;
  /** The beginning of the payload, unmasked. */
  readonly payload: Uint8Array;
  /** The opcode of the message that the frame belongs to. */
  readonly messageOpcode: number;
  readonly isCompressed: boolean;
}

export class Page {
  readonly #print: (line: string) => void;
  readonly #colour: boolean;
  readonly #width: number;

  constructor(print: (line: string) => void, colour: boolean, width: number) {
    this.#print = print;
    this.#colour = colour;
    this.#width = width;
  }

  printColumns(): void {
    const { fin, rsv, opcode, mask } = columns;
    const names = `${"FIN".padEnd(fin)}${"RSV".padEnd(rsv)}${"opcode".padEnd(opcode)}${"MASK".padEnd(mask)}length`;
    this.#print(this.#paint("dim", `${indent}${"header".padEnd(headerColumn)}${names}`));
  }

  printHead(sender: Role, head: string): void {
    const lines = head.split("\r\n").filter((line) => line !== "");
    lines.forEach((line, index) => {
      const cut = this.#cut(escapeLine(line));
      const colon = cut.indexOf(":");
      const shown =
        index === 0
          ? this.#paint("bold", cut)
          : `${this.#paint("dim", cut.slice(0, colon + 1))}${cut.slice(colon + 1)}`;
      this.#print(`${index === 0 ? this.#arrow(sender) : indent}${shown}`);
    });
  }

  printText(text: string): void {
    for (const line of text.trimEnd().split(/\r?\n/)) this.#print(`${indent}${this.#cut(escapeLine(line))}`);
  }

  printFrame(sender: Role, { header, length, payload, messageOpcode, isCompressed }: ShownFrame): void {
    this.#printHeader(sender, header, length);
    const opcode = (header[0] ?? 0) & 0x0f;
    if (opcode === opcodes.close) this.#print(`${indent}${this.#paint("yellow", this.#cut(describeClose(payload)))}`);
    else if (length > 0) {
      const isText = opcode === opcodes.text || (opcode === opcodes.continuation && messageOpcode === opcodes.text);
      const isQuoted = !isCompressed && (isText || (isPrintable(payload) && opcode > 0x7));
      const shown = isQuoted ? this.#quote(payload, length) : this.#hex(payload, length);
      this.#print(`${indent}${this.#paint(isCompressed ? "dim" : "green", shown)}`);
    }
  }

  /** Prints a compressed message after inflation (RFC 7692 §7.2.2). */
  printInflated(data: string | Uint8Array): void {
    const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
    const preview = bytes.subarray(0, 125);
    const shown = typeof data === "string" ? this.#quote(preview, bytes.length) : this.#hex(preview, bytes.length);
    const size = typeof data === "string" && !shown.endsWith("bytes") ? `  ${amount(bytes.length)}` : "";
    this.#print(`${indent}${this.#paint("dim", "inflated: ")}${this.#paint("green", shown)}${size}`);
  }

  /** Prints the bytes of a frame received before it was found to be illegal. */
  printBroken(sender: Role, header: readonly number[], rest: Uint8Array): void {
    this.#printHeader(sender, header, undefined);
    if (rest.length > 0) this.#print(`${indent}${this.#paint("dim", this.#hex(rest.subarray(0, 125), rest.length))}`);
  }

  /** Prints the rule that was broken. */
  printFault(code: ViolationCode | Violation["code"]): void {
    const { message, section } = violationTable[code];
    this.#print(`${indent}${this.#paint("red", `✗ ${code}`)}  ${message} ${this.#paint("dim", section)}`);
  }

  /** Prints bytes without interpreting them, sixteen per line; `offset` is the offset of the first byte. */
  printBytes(sender: Role, bytes: Uint8Array, offset: number): void {
    for (let at = 0; at < bytes.length; at += 16) {
      const line = bytes.subarray(at, at + 16);
      const text = Array.from(line, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".")).join("");
      const place = (offset + at).toString(16).padStart(6, "0");
      const shown = this.#paint("dim", `${place}  ${toHex(line).padEnd(47)}  ${text}`);
      this.#print(`${at === 0 ? this.#arrow(sender) : indent}${shown}`);
    }
  }

  printNote(text: string): void {
    this.#print(`${indent}${this.#paint("dim", text)}`);
  }

  printEnd(sender: Role): void {
    this.#print(`${this.#arrow(sender)}${this.#paint("dim", "■ end of the stream")}`);
  }

  /** Prints the header bit by bit (RFC 6455 §5.2). `length` is undefined when the header is incomplete. */
  #printHeader(sender: Role, header: readonly number[], length: number | undefined): void {
    const first = header[0] ?? 0;
    const second = header[1];
    const fin = String(first >>> 7).padEnd(columns.fin);
    const rsv = ((first >>> 4) & 0x7).toString(2).padStart(3, "0").padEnd(columns.rsv);
    const opcode = `${(first & 0x0f).toString(16).toUpperCase()} ${opcodeName(first & 0x0f)}`.padEnd(
      second === undefined ? 0 : columns.opcode,
    );
    const mask = second === undefined ? "" : String(second >>> 7).padEnd(columns.mask);
    const size = length ?? (second === undefined ? undefined : second & 0x7f);
    const lengthText = size === undefined ? "" : size.toLocaleString("en");
    const decoded = `${fin}${rsv}${this.#paint("cyan", opcode)}${mask}${lengthText}`;
    this.#print(`${this.#arrow(sender)}${this.#headerHex(header)}${decoded}`.trimEnd());
  }

  /** Formats the first byte, the length, and the masking key. */
  #headerHex(header: readonly number[]): string {
    const masked = ((header[1] ?? 0) & 0x80) !== 0;
    const size = (header[1] ?? 0) & 0x7f;
    const lengthEnd = headerLength(size < 126 ? 0 : size === 126 ? 126 : 65_536, false);
    const parts: [Paint, readonly number[]][] = [
      ["cyan", header.slice(0, 1)],
      ["bold", header.slice(1, lengthEnd)],
      ["magenta", masked ? header.slice(lengthEnd) : []],
    ];
    const present = parts.filter(([, bytes]) => bytes.length > 0);
    const plainLength = present.map(([, bytes]) => toHex(bytes)).join("  ").length;
    const painted = present.map(([paint, bytes]) => this.#paint(paint, toHex(bytes))).join("  ");
    return painted + " ".repeat(Math.max(2, headerColumn - plainLength));
  }

  #quote(payload: Uint8Array, length: number): string {
    // `stream`: omits a code point that is cut off at the end of the preview.
    const text = quote(new TextDecoder("utf-8", { ignoreBOM: true }).decode(payload, { stream: true }));
    const room = this.#width - indent.length - 24;
    const isCut = length > payload.length || text.length > room;
    return isCut ? `${text.slice(0, Math.min(room, text.length - 1))}… ${amount(length)}` : text;
  }

  #hex(payload: Uint8Array, length: number): string {
    const most = 20;
    const text = toHex(payload.subarray(0, most));
    return length > most ? `${text} … ${amount(length)}` : text;
  }

  #arrow(sender: Role): string {
    return this.#paint(sender === "client" ? "blue" : "magenta", arrows[sender]);
  }

  #cut(text: string): string {
    const room = this.#width - indent.length;
    return text.length > room ? `${text.slice(0, room - 1)}…` : text;
  }

  #paint(paint: Paint, text: string): string {
    return this.#colour ? `\u001b[${paints[paint]}m${text}\u001b[0m` : text;
  }
}
