/**
 * Shows a WebSocket conversation as it went over the wire: heads as text, and of each frame the bytes of its header,
 * what they mean (RFC 6455 §5.2), and its payload unmasked. It listens in on bytes and takes no part, so it can look at
 * what breaks the rules too; the rules themselves are those of `@hybi/core/frame`.
 */
import { type Role, statusCodes, type ViolationCode, violationTable } from "@hybi/core";
import { FrameDecoder, headerLength, opcodes } from "@hybi/core/frame";

/** How to write. */
export interface DumpOptions {
  readonly print: (line: string) => void;
  /** Colours of a terminal. None by default. */
  readonly colour?: boolean | undefined;
  /** Columns. 100 by default. */
  readonly width?: number | undefined;
}

/** A conversation between a client and a server, as its bytes pass. */
export class WireDump {
  readonly #client: Stream;
  readonly #server: Stream;
  readonly #page: Page;

  constructor({ print, colour = false, width = 100 }: DumpOptions) {
    this.#page = new Page(print, colour, width);
    this.#client = new Stream("client", this.#page);
    this.#server = new Stream("server", this.#page);
  }

  /** The names of the columns that frames are shown in. */
  printColumns(): void {
    this.#page.printColumns();
  }

  /** Bytes that `sender` sent, cut anywhere. They are not changed. */
  receive(sender: Role, bytes: Uint8Array): void {
    (sender === "client" ? this.#client : this.#server).receive(bytes);
  }

  /** `sender` closed its half of the transport, or lost it. */
  end(sender: Role): void {
    (sender === "client" ? this.#client : this.#server).end();
  }
}

/** The bytes of one sender. */
class Stream {
  readonly #sender: Role;
  readonly #page: Page;
  readonly #decoder: FrameDecoder;
  #phase: "head" | "body" | "frames" | "broken" = "head";
  #head = "";
  /** The frame in progress; its header is complete once its length is known. */
  #header: number[] = [];
  #length: number | undefined;
  #remaining = 0;
  #preview: number[] = [];
  /** The opcode of the message in progress, which tells what its continuations hold. */
  #messageOpcode = 0;
  #ignored = 0;

  constructor(sender: Role, page: Page) {
    this.#sender = sender;
    this.#page = page;
    const sink = {
      frame: (firstByte: number, length: number) => this.#frame(firstByte, length),
      payload: (bytes: Uint8Array, start: number, end: number) => this.#payload(bytes.subarray(start, end)),
    };
    // The decoder stands where the receiver stands: frames of the client are those that a server gets.
    this.#decoder = new FrameDecoder(sink, { role: sender === "client" ? "server" : "client" });
  }

  receive(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      if (this.#phase === "head") at = this.#readHead(bytes, at);
      else if (this.#phase === "frames") at = this.#readFrame(bytes, at);
      else at = this.#readRest(bytes, at);
    }
  }

  end(): void {
    if (this.#head !== "" && this.#phase === "head") this.#page.printHead(this.#sender, this.#head);
    if (this.#ignored > 0) this.#page.printNote(`${amount(this.#ignored)} more, which nobody reads`);
    this.#page.printEnd(this.#sender);
  }

  /** Up to the empty line (RFC 9112 §2.1). */
  #readHead(bytes: Uint8Array, start: number): number {
    let at = start;
    while (at < bytes.length && !this.#head.endsWith("\r\n\r\n"))
      this.#head += String.fromCharCode(bytes[at++] as number);
    if (!this.#head.endsWith("\r\n\r\n")) return at;
    this.#page.printHead(this.#sender, this.#head);
    // Frames follow a request, and the one response that switches protocols. Another response has a body.
    this.#phase = this.#sender === "client" || /^HTTP\/1\.1 101 /.test(this.#head) ? "frames" : "body";
    return at;
  }

  #readRest(bytes: Uint8Array, start: number): number {
    if (this.#phase === "body") this.#page.printText(new TextDecoder().decode(bytes.subarray(start)));
    else this.#ignored += bytes.length - start;
    return bytes.length;
  }

  /** A header byte by byte, so that its bytes are known when it is complete; a payload in as large pieces as they come. */
  #readFrame(bytes: Uint8Array, at: number): number {
    const inPayload = this.#length !== undefined;
    const end = inPayload ? Math.min(bytes.length, at + this.#remaining) : at + 1;
    // A copy, which `slice` of a Buffer is not: the decoder unmasks in place.
    const piece = new Uint8Array(bytes.subarray(at, end));
    if (!inPayload) this.#header.push(piece[0] as number);
    const fault = this.#decoder.decode(piece);
    if (fault !== undefined && fault !== "stop") {
      this.#phase = "broken";
      this.#page.printFault(this.#sender, this.#header, bytes.subarray(end), fault.code);
      return bytes.length;
    }
    return end;
  }

  #frame(firstByte: number, length: number): undefined {
    const opcode = firstByte & 0x0f;
    if (opcode === opcodes.text || opcode === opcodes.binary) this.#messageOpcode = opcode;
    this.#length = length;
    this.#remaining = length;
  }

  #payload(bytes: Uint8Array): undefined {
    for (let at = 0; at < bytes.length && this.#preview.length < 125; at++) this.#preview.push(bytes[at] as number);
    this.#remaining -= bytes.length;
    if (this.#remaining > 0) return;
    const payload = Uint8Array.from(this.#preview);
    this.#page.printFrame(this.#sender, this.#header, this.#length ?? 0, payload, this.#messageOpcode);
    this.#header = [];
    this.#preview = [];
    this.#length = undefined;
  }
}

const arrows = { client: "client ──▶ ", server: "server ◀── " } as const;
const indent = " ".repeat(arrows.client.length);
/** A header of 14 bytes in hexadecimal, with two spaces where its parts meet. */
const headerColumn = 46;
const columns = { fin: 5, rsv: 5, opcode: 18, mask: 6 } as const;

const paints = { dim: 2, bold: 1, red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36 } as const;
type Paint = keyof typeof paints;

/** Lays out what is shown. */
class Page {
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
      const cut = this.#cut(line);
      const colon = cut.indexOf(":");
      const shown =
        index === 0
          ? this.#paint("bold", cut)
          : `${this.#paint("dim", cut.slice(0, colon + 1))}${cut.slice(colon + 1)}`;
      this.#print(`${index === 0 ? this.#arrow(sender) : indent}${shown}`);
    });
  }

  printText(text: string): void {
    for (const line of text.trimEnd().split(/\r?\n/)) this.#print(`${indent}${this.#cut(line)}`);
  }

  printFrame(
    sender: Role,
    header: readonly number[],
    length: number,
    payload: Uint8Array,
    messageOpcode: number,
  ): void {
    this.#printHeader(sender, header, length);
    const opcode = (header[0] ?? 0) & 0x0f;
    if (opcode === opcodes.close) this.#print(`${indent}${this.#paint("yellow", this.#cut(describeClose(payload)))}`);
    else if (length > 0) {
      const isText = opcode === opcodes.text || (opcode === opcodes.continuation && messageOpcode === opcodes.text);
      const shown =
        isText || (isPrintable(payload) && opcode > 0x7) ? this.#quote(payload, length) : this.#hex(payload, length);
      this.#print(`${indent}${this.#paint("green", shown)}`);
    }
  }

  /** What came of a frame before it was known to be illegal, and why it is. */
  printFault(sender: Role, header: readonly number[], rest: Uint8Array, code: ViolationCode): void {
    this.#printHeader(sender, header, undefined);
    if (rest.length > 0) this.#print(`${indent}${this.#paint("dim", this.#hex(rest.subarray(0, 125), rest.length))}`);
    const { message, section } = violationTable[code];
    this.#print(`${indent}${this.#paint("red", `✗ ${code}`)}  ${message} ${this.#paint("dim", section)}`);
  }

  printNote(text: string): void {
    this.#print(`${indent}${this.#paint("dim", text)}`);
  }

  printEnd(sender: Role): void {
    this.#print(`${this.#arrow(sender)}${this.#paint("dim", "■ end of the stream")}`);
  }

  /** RFC 6455 §5.2, bit by bit. `length` is undefined when the header is not complete. */
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

  /** The first byte, the length, and the masking key. */
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
    // Stream: a code point that is cut at the end of the preview is left out.
    const text = JSON.stringify(new TextDecoder("utf-8", { ignoreBOM: true }).decode(payload, { stream: true }));
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

function opcodeName(opcode: number): string {
  return Object.entries(opcodes).find(([, value]) => value === opcode)?.[0] ?? "reserved";
}

/** A status code, its name and the reason (RFC 6455 §5.5.1). */
function describeClose(payload: Uint8Array): string {
  if (payload.length === 0) return "no status code";
  if (payload.length === 1) return `${toHex(payload)}: half a status code`;
  const code = ((payload[0] as number) << 8) | (payload[1] as number);
  const name = Object.entries(statusCodes).find(([, value]) => value === code)?.[0];
  const words = name?.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  const reason = new TextDecoder().decode(payload.subarray(2));
  return [String(code), words, reason === "" ? undefined : JSON.stringify(reason)].filter(Boolean).join("  ");
}

function isPrintable(payload: Uint8Array): boolean {
  return payload.every((byte) => byte >= 0x20 && byte < 0x7f);
}

function toHex(bytes: Iterable<number>): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

function amount(bytes: number): string {
  return `${bytes.toLocaleString("en")} ${bytes === 1 ? "byte" : "bytes"}`;
}
