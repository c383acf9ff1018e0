/** The bytes of one sender: heads, then frames, and after whatever breaks a rule bytes that are only shown. */

import { type AgreedExtension, Connection, type Role } from "@hybi/core";
import { FrameDecoder, opcodes, rsv1Bit } from "@hybi/core/frame";
import { permessageDeflate } from "@hybi/permessage-deflate";
import { sampleRandom } from "../bytes/sample-random.ts";
import { agreedExtensions } from "./agreed-extensions.ts";
import type { Page } from "./page.ts";

/** What the handshake led to, which both senders' frames depend on. */
export interface SharedAgreement {
  extensions(): readonly AgreedExtension[];
  agree(extensions: readonly AgreedExtension[]): void;
}

const previewLength = 125;
const noBytes = new Uint8Array(0);

export class Stream {
  readonly #sender: Role;
  readonly #page: Page;
  readonly #agreement: SharedAgreement;
  #phase: "begin" | "head" | "body" | "frames" | "broken" = "begin";
  #head = "";
  /** Bytes so far. */
  #received = 0;
  #frames: FrameReader | undefined;

  constructor(sender: Role, page: Page, agreement: SharedAgreement) {
    this.#sender = sender;
    this.#page = page;
    this.#agreement = agreement;
  }

  receive(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      if (this.#phase === "begin") this.#phase = beginsHead(bytes[at] as number) ? "head" : "frames";
      if (this.#phase === "head") at = this.#readHead(bytes, at);
      else if (this.#phase === "frames") at = this.#readFrame(bytes, at);
      else at = this.#readRest(bytes, at);
    }
    this.#received += bytes.length;
  }

  end(): void {
    if (this.#head !== "" && this.#phase === "head") this.#page.printHead(this.#sender, this.#head);
    this.#frames?.end();
    this.#page.printEnd(this.#sender);
  }

  /** Up to the empty line (RFC 9112 §2.1). */
  #readHead(bytes: Uint8Array, start: number): number {
    let at = start;
    while (at < bytes.length && !this.#head.endsWith("\r\n\r\n"))
      this.#head += String.fromCharCode(bytes[at++] as number);
    if (!this.#head.endsWith("\r\n\r\n")) return at;
    this.#page.printHead(this.#sender, this.#head);
    const [, status = ""] = /^HTTP\/1\.\d (\d{3})/.exec(this.#head) ?? [];
    // Frames follow a request, and the one response that switches protocols. RFC 9110 §15.2: other 1xx responses are
    // interim, and what follows any other one is its body.
    if (status === "101") this.#agreement.agree(agreedExtensions(this.#head));
    if (this.#sender === "client" || status === "101") this.#phase = "frames";
    else if (!status.startsWith("1")) this.#phase = "body";
    this.#head = "";
    return at;
  }

  #readRest(bytes: Uint8Array, start: number): number {
    const rest = bytes.subarray(start);
    if (this.#phase === "body") this.#page.printText(new TextDecoder().decode(rest));
    else this.#page.printBytes(this.#sender, rest, this.#received + start);
    return bytes.length;
  }

  #readFrame(bytes: Uint8Array, at: number): number {
    this.#frames ??= new FrameReader(this.#sender, this.#page, this.#agreement.extensions());
    const end = this.#frames.read(bytes, at);
    if (this.#frames.isBroken) this.#phase = "broken";
    return end;
  }
}

/** A method or a status line; but RSV1 on the first fragment of a message is 0x41 or 0x42, which are letters too. */
function beginsHead(byte: number): boolean {
  return byte === 0x0d || (byte >= 0x43 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
}

/** Frames, one by one; a connection beside them finds what is wrong with payloads, and inflates messages. */
class FrameReader {
  isBroken = false;
  readonly #sender: Role;
  readonly #page: Page;
  readonly #decoder: FrameDecoder;
  readonly #receiver: Connection;
  /** The frame in progress; its header is complete once its length is known. */
  #header: number[] = [];
  #length: number | undefined;
  #remaining = 0;
  #preview: number[] = [];
  /** Of the message in progress, which tells what its continuations hold. */
  #messageOpcode = 0;
  #isCompressed = false;
  #isClosed = false;

  constructor(sender: Role, page: Page, extensions: readonly AgreedExtension[]) {
    this.#sender = sender;
    this.#page = page;
    const sink = {
      frame: (firstByte: number, length: number) => this.#frame(firstByte, length),
      payload: (bytes: Uint8Array, start: number, end: number) => this.#payload(bytes.subarray(start, end)),
    };
    // Both stand where the receiver stands: frames of the client are those that a server gets.
    const role = sender === "client" ? "server" : "client";
    const known = extensions.filter(({ name }) => name === "permessage-deflate");
    this.#decoder = new FrameDecoder(sink, { role, ownedRsv: known.length > 0 ? rsv1Bit : 0 });
    this.#receiver = new Connection(
      { role, subprotocol: undefined, extensions: known, tolerated: [] },
      {
        extensions: [permessageDeflate()],
        random: sampleRandom(),
        limits: { message: Number.POSITIVE_INFINITY, fragments: Number.POSITIVE_INFINITY },
      },
    );
  }

  /** A header byte by byte, so that its bytes are known when it is complete; a payload in as large pieces as they come. */
  read(bytes: Uint8Array, at: number): number {
    const inPayload = this.#length !== undefined;
    const end = inPayload ? Math.min(bytes.length, at + this.#remaining) : at + 1;
    // Copies, which `slice` of a Buffer is not: both unmask in place.
    const piece = new Uint8Array(bytes.subarray(at, end));
    const copy = piece.slice();
    if (!inPayload) this.#header.push(piece[0] as number);
    const fault = this.#decoder.decode(piece);
    if (fault !== undefined && fault !== "stop") {
      this.isBroken = true;
      this.#page.printBroken(this.#sender, this.#header, noBytes);
      this.#page.printFault(fault.code);
      return end;
    }
    this.#receive(copy);
    return end;
  }

  /** The stream ended, perhaps within a frame. */
  end(): void {
    if (this.#header.length === 0 || this.isBroken) return;
    this.#page.printBroken(this.#sender, this.#header, Uint8Array.from(this.#preview));
    this.#page.printNote("the frame is not complete");
  }

  #receive(bytes: Uint8Array): void {
    for (const event of this.#receiver.receive(bytes)) {
      if (event.type === "text" || event.type === "binary") {
        if (this.#isCompressed) this.#page.printInflated(event.data);
      } else if (event.type === "failure") {
        // A payload may be wrong before it has come whole.
        if (this.#header.length > 0) this.#printFrame();
        this.#page.printFault(event.violation.code);
        this.isBroken = true;
      } else if (event.type === "close") this.#isClosed = true;
    }
  }

  #frame(firstByte: number, length: number): undefined {
    const opcode = firstByte & 0x0f;
    if (opcode === opcodes.text || opcode === opcodes.binary) {
      this.#messageOpcode = opcode;
      this.#isCompressed = (firstByte & rsv1Bit) !== 0;
    }
    this.#length = length;
    this.#remaining = length;
  }

  #payload(bytes: Uint8Array): undefined {
    for (let at = 0; at < bytes.length && this.#preview.length < previewLength; at++) {
      this.#preview.push(bytes[at] as number);
    }
    this.#remaining -= bytes.length;
    if (this.#remaining === 0) this.#printFrame();
  }

  #printFrame(): void {
    const opcode = (this.#header[0] ?? 0) & 0x0f;
    this.#page.printFrame(this.#sender, {
      header: this.#header,
      length: this.#length ?? 0,
      payload: Uint8Array.from(this.#preview),
      messageOpcode: this.#messageOpcode,
      isCompressed: this.#isCompressed && opcode <= opcodes.binary,
    });
    // RFC 6455 §5.5.1: nothing is read after a Close frame.
    if (this.#isClosed) this.#page.printNote("after the Close frame: nobody reads it");
    this.#header = [];
    this.#preview = [];
    this.#length = undefined;
  }
}
