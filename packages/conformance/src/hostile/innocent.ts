/** An innocent client: sends a message from time to time, and measures how long its echo takes. */
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { Endpoint, type EndpointEvent } from "@hybi/core";
import type { AttackTarget } from "./attacker.ts";

/** The outcome of an opening. */
export type OpeningOutcome = "open" | "refused" | "failed";

/** Combined counts of the innocent clients in one phase. */
export interface InnocentTally {
  sent: number;
  answered: number;
  /** Echoes that differ from what was sent. */
  wrong: number;
  /** Connections that the server ended. */
  closed: number;
  /** Milliseconds; for a message without an echo, how long the client waited for it. */
  readonly latencies: number[];
}

interface Outstanding {
  /** Tally of the phase in which the message was sent; its echo may arrive in a later one. */
  readonly tally: InnocentTally;
  readonly data: string | Uint8Array;
  readonly at: number;
  isGivenUp: boolean;
}

/** One in this many messages is binary and long. */
const longEvery = 8;
const longLength = 4_096;

/** Milliseconds until an opening counts as failed. */
const patience = 10_000;

export class Innocent {
  readonly #target: AttackTarget;
  readonly #name: string;
  readonly #outstanding: Outstanding[] = [];
  /** Index in `#outstanding` of the first message without an echo. */
  #answered = 0;
  #count = 0;
  #endpoint: Endpoint | undefined;
  #socket: Socket | undefined;
  #settle: ((outcome: OpeningOutcome) => void) | undefined;
  /** Whether the client itself is ending the connection. */
  #isLeaving = false;

  #tally: InnocentTally;

  constructor(target: AttackTarget, name: string, tally: InnocentTally) {
    this.#target = target;
    this.#name = name;
    this.#tally = tally;
  }

  /** Starts counting in the tally of another phase. */
  countIn(tally: InnocentTally): void {
    this.#tally = tally;
  }

  /** Stops waiting for outstanding echoes: the time waited so far counts as their latency, and they are not counted again. */
  giveUp(): void {
    for (const outstanding of this.#outstanding.slice(this.#answered)) {
      if (outstanding.isGivenUp) continue;
      outstanding.isGivenUp = true;
      outstanding.tally.latencies.push(performance.now() - outstanding.at);
    }
  }

  get isOpen(): boolean {
    return this.#endpoint?.state === "open";
  }

  get isOpening(): boolean {
    return this.#settle !== undefined;
  }

  /** The number of messages waiting for their echo. */
  get waiting(): number {
    return this.#outstanding.length - this.#answered;
  }

  /** Opens a connection, for the first time or again. */
  open(): Promise<OpeningOutcome> {
    const { host, port, secure, authority, resource } = this.#target;
    const url = `${secure ? "wss" : "ws"}://${authority}${resource}`;
    const endpoint = Endpoint.client({ url, random: (bytes) => crypto.getRandomValues(bytes) });
    const options = { host, port, noDelay: true };
    const socket = secure ? connectTls({ ...options, servername: "", rejectUnauthorized: false }) : connectTcp(options);
    this.#endpoint = endpoint;
    this.#socket = socket;
    this.#isLeaving = false;
    // The "close" handler reports the outcome.
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      if (this.#socket !== socket) return;
      for (const event of endpoint.receive(bytes)) this.#react(event);
      this.#flush();
    });
    socket.on("close", () => this.#ended(socket));
    return new Promise((resolve) => {
      const timer = setTimeout(() => socket.destroy(), patience);
      this.#settle = (outcome) => {
        clearTimeout(timer);
        this.#settle = undefined;
        resolve(outcome);
      };
      this.#flush();
    });
  }

  /** Sends a message and waits for its echo. Does nothing unless the connection is open. */
  send(): void {
    if (!this.isOpen || this.#endpoint === undefined) return;
    const number = this.#count++;
    const text = `${this.#name}, message ${number}: `.padEnd(40 + (number % 60), "ä");
    const data = number % longEvery === 0 ? new Uint8Array(longLength).fill(number) : text;
    this.#outstanding.push({ data, at: performance.now(), tally: this.#tally, isGivenUp: false });
    this.#tally.sent++;
    if (typeof data === "string") this.#endpoint.sendText(data);
    else this.#endpoint.sendBinary(data);
    this.#flush();
  }

  /** Closes the connection, with a closing handshake if the server still takes part in it. */
  leave(): void {
    this.#isLeaving = true;
    const socket = this.#socket;
    if (this.isOpen) this.#endpoint?.sendClose(1000);
    this.#flush();
    setTimeout(() => socket?.destroy(), 1_000);
  }

  #react(event: EndpointEvent): void {
    if (event.type === "open") this.#settle?.("open");
    else if (event.type === "rejection") {
      // A connection that ends here was never open.
      this.#isLeaving = true;
      this.#settle?.("refused");
    } else if (event.type === "text" || event.type === "binary") this.#receiveEcho(event.data);
  }

  #receiveEcho(data: string | Uint8Array): void {
    const next = this.#outstanding[this.#answered];
    if (next === undefined) return;
    this.#answered++;
    if (!next.isGivenUp) {
      const { tally, at } = next;
      tally.answered++;
      if (!isSame(data, next.data)) tally.wrong++;
      tally.latencies.push(performance.now() - at);
    }
    if (this.#answered < this.#outstanding.length) return;
    this.#outstanding.length = 0;
    this.#answered = 0;
  }

  #flush(): void {
    const [socket, endpoint] = [this.#socket, this.#endpoint];
    if (socket === undefined || endpoint === undefined) return;
    if (socket.writable) for (const bytes of endpoint.takeOutput()) socket.write(bytes);
    if (endpoint.transportAction === "end") socket.end();
  }

  #ended(socket: Socket): void {
    if (this.#socket !== socket) return;
    this.#socket = undefined;
    this.#endpoint = undefined;
    this.giveUp();
    this.#outstanding.length = 0;
    this.#answered = 0;
    if (this.#settle !== undefined) this.#settle("failed");
    else if (!this.#isLeaving) this.#tally.closed++;
  }
}

function isSame(data: string | Uint8Array, expected: string | Uint8Array): boolean {
  if (typeof data === "string" || typeof expected === "string") return data === expected;
  return data.length === expected.length && data.every((byte, at) => byte === expected[at]);
}
