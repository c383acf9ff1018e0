/** Compares data with the expectations of a case as it arrives, so that no message needs to be kept. */
import type { Answer } from "../case.ts";
import { describePayload, type Payload, payloadBytes } from "../payload.ts";

/** A data message or a Pong from the endpoint under test. */
export interface Arrival {
  readonly type: "text" | "binary" | "pong";
  readonly bytes: Uint8Array;
}

/** One expected answer, possibly repeated. */
interface Pending {
  readonly type: Arrival["type"];
  readonly payload: Payload;
  readonly index: number;
  /** Index among all expected answers. */
  readonly place: number;
}

/**
 * Messages must arrive in the order in which they were requested. A Pong may arrive before messages requested earlier,
 * and one Pong may answer all Pings before it (RFC 6455 §5.4, §5.5.3).
 */
export class Matcher {
  readonly #messages: readonly Pending[];
  readonly #pongs: readonly Pending[];
  #messageAt = 0;
  #pongAt = 0;
  #lastPong: Uint8Array | undefined;
  #surprise: string | undefined;
  #pongsSkipped = 0;
  /** Index of the last message that has arrived. */
  #lastPlace = -1;
  #isLate = false;

  constructor(answers: readonly Answer[]) {
    const pending = answers.flatMap(expand).map((answer, place) => ({ ...answer, place }));
    this.#messages = pending.filter(({ type }) => type !== "pong");
    this.#pongs = pending.filter(({ type }) => type === "pong");
  }

  /** The number of expected answers that have not arrived. */
  get missing(): number {
    return this.#messages.length - this.#messageAt + (this.#isLastPongThere() ? 0 : this.#pongs.length - this.#pongAt);
  }

  /** Describes the first expected answer that has not arrived. */
  get next(): string {
    const pong = this.#isLastPongThere() ? undefined : this.#pongs[this.#pongAt];
    const message = this.#messages[this.#messageAt];
    const next = pong === undefined || (message !== undefined && message.place < pong.place) ? message : pong;
    return next === undefined ? "nothing" : describe(next);
  }

  /** Describes the first unexpected arrival. */
  get surprise(): string | undefined {
    return this.#surprise;
  }

  /** Whether a Pong arrived only after a message that was requested later. */
  get isPongLate(): boolean {
    return this.#isLate;
  }

  /** The number of Pings answered only by a later Pong. */
  get pongsSkipped(): number {
    return this.#pongsSkipped + (this.#isLastPongThere() ? this.#pongs.length - this.#pongAt : 0);
  }

  receive(arrival: Arrival): void {
    const found = arrival.type === "pong" ? this.#pong(arrival.bytes) : this.#message(arrival);
    if (found) return;
    const came = `${arrival.type} ${shorten(arrival.bytes)}`;
    this.#surprise ??= `it sent ${came}, where ${this.next} was expected`;
  }

  /** Whether all Pings have the same payload, or the last one was answered. */
  #isLastPongThere(): boolean {
    const last = this.#pongs.at(-1);
    return last === undefined || (this.#lastPong !== undefined && equal(bytesOf(last), this.#lastPong));
  }

  #pong(bytes: Uint8Array): boolean {
    for (let at = this.#pongAt; at < this.#pongs.length; at++) {
      const pending = this.#pongs[at] as Pending;
      if (!equal(bytesOf(pending), bytes)) continue;
      if (pending.place < this.#lastPlace) this.#isLate = true;
      this.#pongsSkipped += at - this.#pongAt;
      this.#pongAt = at + 1;
      this.#lastPong = bytes;
      return true;
    }
    return false;
  }

  #message({ type, bytes }: Arrival): boolean {
    const pending = this.#messages[this.#messageAt];
    if (pending?.type !== type || !equal(bytesOf(pending), bytes)) return false;
    this.#messageAt++;
    this.#lastPlace = pending.place;
    return true;
  }
}

function expand(answer: Answer): Omit<Pending, "place">[] {
  const [type, payload]: [Arrival["type"], Payload] =
    "text" in answer ? ["text", answer.text] : "binary" in answer ? ["binary", answer.binary] : ["pong", answer.pong];
  return Array.from({ length: answer.times ?? 1 }, (_, index) => ({ type, payload, index }));
}

/** The last generated payload. A payload that is sent is soon expected back by every expectation of a case. */
let cached: { payload: Payload; index: number; bytes: Uint8Array } | undefined;

function bytesOf({ payload, index }: Omit<Pending, "place" | "type">): Uint8Array {
  if (typeof payload === "string" || cached?.payload !== payload || cached.index !== index) {
    cached = { payload, index, bytes: payloadBytes(payload, index) };
  }
  return cached.bytes;
}

function describe({ type, payload }: Omit<Pending, "place">): string {
  return `${type} ${describePayload(payload)}`;
}

function equal(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return false;
  return true;
}

function shorten(bytes: Uint8Array): string {
  const shown = Array.from(bytes.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
  return bytes.length > 16 ? `${shown} … (${bytes.length} bytes)` : bytes.length === 0 ? "of no bytes" : shown;
}
