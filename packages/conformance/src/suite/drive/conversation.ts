/**
 * Runs one case on one connection: the tester opens, executes the steps, listens, and closes. What the endpoint under
 * test sends is decoded by `@hybi/core`, which detects every violation; what the tester sends is plain bytes.
 */

import { Connection, type ConnectionEvent, type Role, type Violation } from "@hybi/core";
import { FrameDecoder, opcodes, rsv1Bit } from "@hybi/core/frame";
import { concatBytes } from "@hybi/testing/wire";
import type { ConformanceCase, Ending, FrameSpec, Piece, Step } from "../case.ts";
import { payloadBytes } from "../payload.ts";
import { Compressor } from "./deflate.ts";
import { encodePiece } from "./encode-piece.ts";
import type { Arrival, Matcher } from "./matcher.ts";
import type { Opening, OpeningObserved } from "./opening.ts";
import type { Transcript } from "./transcript.ts";
import type { Wire } from "./wire.ts";

/** The longest delay of a Node timer; a timer with a longer one fires at once. */
const longestTimer = 0x7fff_ffff;

/** Maximum milliseconds to wait. */
export interface Patience {
  /** For the next answer. All answers of a case together may take twelve times as long. */
  readonly answer: number;
  /** For the connection to be failed, before the rest of the illegal data is sent. */
  readonly failFast: number;
  /** For a failure, before a Ping checks whether the connection is still open. */
  readonly silence: number;
  /** For the transport to end once the connection is closed. */
  readonly end: number;
}

/** What the tester observed. */
export interface Observed {
  opening: OpeningObserved | undefined;
  /** The first Close frame of the endpoint under test. */
  close: { readonly statusCode: number | null; readonly reason: string } | undefined;
  /** A violation by the endpoint under test. */
  violation: Violation | undefined;
  end: "end" | "lost" | undefined;
  /** The tester has stopped waiting; later arrivals do not count as answers. */
  gaveUp: boolean;
  /** The tester has started the close. */
  closedByTester: boolean;
  /** Whether the endpoint failed the connection while the tester paused; undefined when there was no pause. */
  failedInPause: boolean | undefined;
  /** The endpoint answered a Ping that was sent after something that should have failed the connection. */
  wentOn: boolean;
  /** The number of data messages and Pongs. */
  arrivals: number;
  /** What the endpoint sent after its Close frame. */
  afterClose: "nothing" | "control frames" | "data frames";
}

const canary = "are you there?";
const testerCloses = 1000;
/**
 * Time limit for all answers of a case, as a multiple of that for one: on a busy machine a thousand round trips take
 * long.
 */
const wholeCase = 12;

export class Conversation {
  readonly observed: Observed = {
    opening: undefined,
    close: undefined,
    violation: undefined,
    end: undefined,
    gaveUp: false,
    closedByTester: false,
    failedInPause: undefined,
    wentOn: false,
    arrivals: 0,
    afterClose: "nothing",
  };
  readonly #wire: Wire;
  readonly #opening: Opening;
  readonly #matchers: readonly Matcher[];
  readonly #transcript: Transcript;
  readonly #patience: Patience;
  readonly #role: Role;
  #reader: Connection | undefined;
  /** Inspects the frames that the decoder ignores: those after a Close frame. */
  readonly #watcher: FrameDecoder;
  #compressor: Compressor | undefined;
  #canarySent = false;
  #closeSeen = false;
  #wake: () => void = () => {};
  readonly #deadline: number;

  constructor(wire: Wire, opening: Opening, matchers: readonly Matcher[], transcript: Transcript, patience: Patience) {
    this.#wire = wire;
    this.#opening = opening;
    this.#matchers = matchers;
    this.#transcript = transcript;
    this.#patience = patience;
    this.#role = opening.role;
    const watch = { frame: (firstByte: number) => this.#watch(firstByte & 0x0f), payload: () => undefined };
    this.#watcher = new FrameDecoder(watch, { role: this.#role, ownedRsv: rsv1Bit, tolerateNonMinimalLength: true });
    this.#deadline = performance.now() + wholeCase * patience.answer;
  }

  /** Whether the endpoint under test has closed or failed the connection. */
  #isOver(): boolean {
    const { close, end, violation } = this.observed;
    return close !== undefined || end !== undefined || violation !== undefined;
  }

  #isAnswered(): boolean {
    return this.#matchers.some(({ missing }) => missing === 0);
  }

  #isWrong(): boolean {
    return this.#matchers.every(({ surprise }) => surprise !== undefined);
  }

  /** Opens the connection; returns whether the case continues. */
  async open(plan: ConformanceCase): Promise<boolean> {
    const { early = [], chop, end } = plan.opening ?? {};
    this.#wire.start({ data: (bytes) => this.#data(bytes), end: (how) => this.#end(how) });
    if (this.#opening.observed !== undefined) this.#opened(this.#opening.observed);
    const head = concatBytes([this.#opening.head, this.#encode(early)]);
    await this.#write(head, chop);
    if (end === true) this.#wire.end();
    const isRefusal = plan.expect.opening !== undefined && plan.expect.opening.type !== "open";
    if (isRefusal && this.#role === "server") {
      await this.#until(() => this.#isOver() || this.#isWrong());
      return false;
    }
    await this.#until(() => this.observed.opening !== undefined || this.observed.end !== undefined);
    return this.observed.opening?.type === "open";
  }

  async follow(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      if (this.observed.end !== undefined) return;
      await this.#step(step);
    }
  }

  /** Waits for the expected answers, closes, and waits for the end. */
  async finish(expected: Ending["type"]): Promise<void> {
    if (expected === "failed") await this.#awaitFailure();
    else if (expected === "open") await this.#until(() => this.#isOver() || this.#isAnswered() || this.#isWrong());
    else await this.#until(() => (expected === "ended" ? this.observed.end !== undefined : this.#isOver()));
    const isOpenStill = expected === "open" || this.observed.wentOn;
    if (isOpenStill && !this.#isOver()) {
      this.observed.closedByTester = true;
      await this.#send([closeFrame(testerCloses)]);
      // Once something is wrong, the result cannot change, so wait only briefly.
      await this.#until(() => this.#isOver(), this.#isWrong() ? this.#patience.end : undefined);
    }
    await this.#awaitEnd();
  }

  /** Drops the connection. */
  destroy(): void {
    this.#compressor?.release();
    this.#reader?.receiveEnd();
    this.#wire.destroy();
  }

  /** Closes the connection without testing anything. */
  async leave(): Promise<void> {
    this.observed.closedByTester = true;
    await this.#send([closeFrame(testerCloses)]);
    await this.#until(() => this.#isOver(), this.#patience.end);
    await this.#awaitEnd();
  }

  /** Waits for the connection to be failed; if nothing arrives, sends a Ping to check whether it is still open. */
  async #awaitFailure(): Promise<void> {
    await this.#until(() => this.#isOver(), this.#patience.silence);
    if (this.#isOver()) return;
    this.#canarySent = true;
    await this.#send([{ opcode: opcodes.ping, payload: canary }]);
    await this.#until(() => this.#isOver() || this.observed.wentOn);
  }

  async #awaitEnd(): Promise<void> {
    const { close, end } = this.observed;
    if (!this.#isOver()) this.observed.gaveUp = true;
    if (close !== undefined && end === undefined && !this.observed.closedByTester) {
      await this.#send([closeFrame(close.statusCode)]);
    }
    // RFC 6455 §7.1.1: the server closes first.
    if (this.#role === "server" || close === undefined) this.#wire.end();
    await this.#until(() => this.observed.end !== undefined, this.#patience.end);
  }

  async #step(step: Step): Promise<void> {
    if ("send" in step) await this.#send(step.send, step.chop);
    else if ("exchange" in step) {
      const before = this.observed.arrivals;
      for (let index = 0; index < step.times && !this.#isOver() && !this.#isWrong(); index++) {
        await this.#write(encodePiece(step.exchange, this.#role, this.#compressor, index));
        await this.#until(() => this.#isOver() || this.#isWrong() || this.observed.arrivals > before + index);
        if (this.observed.arrivals <= before + index) return;
      }
    } else if ("flood" in step) {
      const frame = this.#encode([step.flood]);
      await this.#write(concatBytes(Array.from({ length: step.times }, () => frame)));
    } else if ("cut" in step) await this.#sendCut(step.cut, step.at);
    else if ("pause" in step) await this.#pause();
    else if ("awaitAnswers" in step) {
      await this.#until(() => this.#isOver() || this.#isWrong() || this.observed.arrivals >= step.awaitAnswers);
    } else this.#wire.end();
  }

  async #pause(): Promise<void> {
    await this.#until(() => this.#isOver(), this.#patience.failFast);
    this.observed.failedInPause ??= this.#isOver();
  }

  async #sendCut(frame: FrameSpec, at: readonly number[]): Promise<void> {
    const bytes = this.#encode([frame]);
    const header = bytes.length - payloadBytes(frame.payload ?? "").length;
    const cuts = [0, ...at.map((length) => header + length), bytes.length];
    for (let index = 1; index < cuts.length; index++) {
      if (index === cuts.length - 1) await this.#pause();
      await this.#write(bytes.subarray(cuts[index - 1], cuts[index]));
    }
  }

  #encode(pieces: readonly Piece[]): Uint8Array {
    for (const piece of pieces) {
      if ("opcode" in piece && piece.opcode === opcodes.close) this.observed.closedByTester = true;
    }
    return concatBytes(pieces.map((piece) => encodePiece(piece, this.#role, this.#compressor)));
  }

  #send(pieces: readonly Piece[], chop?: number): Promise<void> {
    return this.#write(this.#encode(pieces), chop);
  }

  async #write(bytes: Uint8Array, chop: number = Math.max(1, bytes.length)): Promise<void> {
    if (bytes.length > 0) this.#transcript.add(this.#role, bytes);
    for (let at = 0; at < bytes.length; at += chop) {
      if (this.observed.end !== undefined) return;
      await this.#wire.write(bytes.subarray(at, at + chop));
    }
  }

  #data(bytes: Uint8Array): void {
    this.#transcript.add(this.#role === "client" ? "server" : "client", bytes);
    // A copy, because the decoder unmasks in place.
    const chunk = bytes.slice();
    if (this.#reader !== undefined) this.#read(this.#reader, chunk);
    else if (this.observed.opening === undefined) {
      const observed = this.#opening.receive(chunk);
      if (observed !== undefined) this.#opened(observed);
    }
    this.#wake();
  }

  #opened(observed: OpeningObserved): void {
    this.observed.opening = observed;
    if (observed.type === "violation") this.observed.violation = observed.violation;
    if (observed.type !== "open") return;
    const { agreement, rest } = observed;
    const { deflate, extensions } = this.#opening;
    this.#compressor = new Compressor(this.#role, agreement, deflate);
    const limits = { message: 268_435_456, fragments: Number.POSITIVE_INFINITY };
    // The reader only receives: no masking key is ever used.
    const random = (target: Uint8Array): Uint8Array => target.fill(1);
    this.#reader = new Connection(agreement, { random, extensions, limits });
    this.#read(this.#reader, rest);
  }

  #read(reader: Connection, chunk: Uint8Array): void {
    // Only a client's frames are masked, and they are unmasked in place.
    if (this.observed.violation === undefined) this.#watcher.decode(this.#role === "server" ? chunk.slice() : chunk);
    this.#heard(reader.receive(chunk));
  }

  #watch(opcode: number): undefined {
    if (opcode === opcodes.close) this.#closeSeen = true;
    else if (this.#closeSeen) {
      if (opcode < opcodes.close) this.observed.afterClose = "data frames";
      else if (this.observed.afterClose === "nothing") this.observed.afterClose = "control frames";
    }
  }

  #heard(events: readonly ConnectionEvent[]): void {
    for (const event of events) {
      switch (event.type) {
        case "text":
          this.#arrived({ type: "text", bytes: new TextEncoder().encode(event.data) });
          break;
        case "binary":
          this.#arrived({ type: "binary", bytes: event.data });
          break;
        case "pong":
          if (this.#canarySent && new TextDecoder().decode(event.payload) === canary) this.observed.wentOn = true;
          else this.#arrived({ type: "pong", bytes: event.payload });
          break;
        case "ping":
          // The endpoint may send a Ping at any time; after the tester's Close frame it gets no Pong.
          if (!this.observed.closedByTester) void this.#write(pongFor(event.payload, this.#role));
          break;
        case "close":
          this.observed.close ??= { statusCode: event.statusCode ?? null, reason: event.reason };
          break;
        case "failure":
          this.observed.violation ??= event.violation;
          break;
        case "piece":
        case "end":
          break;
        default:
          event satisfies never;
      }
    }
  }

  #arrived(arrival: Arrival): void {
    this.observed.arrivals++;
    for (const matcher of this.#matchers) matcher.receive(arrival);
  }

  #end(how: "end" | "lost"): void {
    this.#transcript.add(this.#role === "client" ? "server" : "client", undefined);
    if (this.observed.opening === undefined) {
      const observed = this.#opening.receiveEnd();
      if (observed !== undefined) this.#opened(observed);
    }
    this.observed.end ??= how;
    this.#wake();
  }

  /** Waits until `condition()` holds, for at most `milliseconds` and at most the remaining time of the case. */
  async #until(condition: () => boolean, milliseconds: number = this.#patience.answer): Promise<void> {
    const deadline = Math.min(this.#deadline, performance.now() + milliseconds);
    while (!condition() && !this.#wire.isImmediate) {
      const left = deadline - performance.now();
      if (left <= 0) return;
      let timer: ReturnType<typeof setTimeout> | undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        timer = setTimeout(resolve, Math.min(left, longestTimer));
      });
      clearTimeout(timer);
      // Data that arrived while the tester was busy is in time, so process it before giving up.
      if (performance.now() >= deadline) await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }
}

function closeFrame(statusCode: number | null): Piece {
  const hex = statusCode === null ? "" : statusCode.toString(16).padStart(4, "0");
  return { opcode: opcodes.close, payload: { hex } };
}

function pongFor(payload: Uint8Array, sender: Role): Uint8Array {
  const hex = Array.from(payload, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return encodePiece({ opcode: opcodes.pong, payload: { hex } }, sender, undefined);
}
