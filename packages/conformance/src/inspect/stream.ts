/** The byte stream of one sender: heads, then frames. After a violation, bytes are shown without being interpreted. */

import { type AgreedExtension, Connection, type Role } from "@hybi/core";
import { FrameDecoder, opcodes, rsv1Bit } from "@hybi/core/frame";
import { permessageDeflate } from "@hybi/permessage-deflate";
import { agreedExtensions } from "./agreed-extensions.ts";
import type { Page } from "./page.ts";

/** The outcome of the handshake, on which the frames of both senders depend. */
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
  /** Bytes received so far. */
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
      if (this.#phase === "begin") this.#phase = beginsHead(bytes[at]!) ? "head" : "frames";
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

  /** Reads up to the empty line (RFC 9112 §2.1). */
  #readHead(bytes: Uint8Array, start: number): number {
    let at = start;
    while (at < bytes.length && !this.#head.endsWith("\r\n\r\n")) this.#head += String.fromCharCode(bytes[at++]!);
    if (!this.#head.endsWith("\r\n\r\n")) return at;
    this.#page.printHead(this.#sender, this.#head);
    const [, status = ""] = /^HTTP\/1\.\d (\d{3})/.exec(this.#head) ?? [];
    // Frames follow a request, and the one response that switches protocols. Other 1xx responses are interim (RFC 9110
    // §15.2), and any other response is followed by its body.
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

/**
 * Whether `byte` may begin a method or a status line; but RSV1 on the first fragment of a message makes 0x41 or 0x42,
 * which are letters too.
 */
function beginsHead(byte: number): boolean {
  return byte === 0x0d || (byte >= 0x43 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
}

/** Reads frames one by one. A connection fed with the same bytes detects payload violations and inflates messages. */
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
  /** Opcode of the message in progress, which says what its continuation frames contain. */
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
    // Both take the role of the receiver: the client's frames are those a server receives.
    const role = sender === "client" ? "server" : "client";
    const known = extensions.filter(({ name }) => name === "permessage-deflate");
    this.#decoder = new FrameDecoder(sink, { role, ownedRsv: known.length > 0 ? rsv1Bit : 0 });
    this.#receiver = new Connection(
      { role, subprotocol: undefined, extensions: known, tolerated: [] },
      {
        extensions: [permessageDeflate()],
        // Only receives: no masking key is ever used.
        random: (target) => target.fill(1),
        limits: { message: Number.POSITIVE_INFINITY, fragments: Number.POSITIVE_INFINITY },
      },
    );
  }

  /**
   * Reads a header byte by byte, so that all its bytes are known when it is complete, and a payload in pieces as large
   * as they arrive.
   */
  read(bytes: Uint8Array, at: number): number {
    const inPayload = this.#length !== undefined;
    const end = inPayload ? Math.min(bytes.length, at + this.#remaining) : at + 1;
    // Copies are needed, because both unmask in place; `slice` of a Buffer does not copy.
    const piece = new Uint8Array(bytes.subarray(at, end));
    const copy = piece.slice();
    if (!inPayload) this.#header.push(piece[0]!);
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

  /** The stream ended, possibly within a frame. */
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
        // A payload may be illegal before it has arrived completely.
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
      this.#preview.push(bytes[at]!);
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
