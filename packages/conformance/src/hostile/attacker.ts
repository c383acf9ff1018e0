/**
 * One hostile client: a plain Node socket, without a WebSocket implementation, that behaves as its kind says and counts
 * the outcome.
 */
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { AttackAim, AttackKind } from "@hybi/testing/attacks";
import { ServerAnswer } from "./server-answer.ts";

/** Where the client connects. */
export interface AttackTarget extends AttackAim {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
}

/** Outcome of the hostile clients of one kind. */
export interface AttackTally {
  /** TCP connections established. */
  connected: number;
  /** Connections whose opening handshake succeeded. */
  opened: number;
  /** Bytes that the transport accepted. */
  sent: number;
  /**
   * How connections ended: a status code of HTTP or of a Close frame, `reset`, `end`, or the error that prevented a
   * connection.
   */
  readonly endings: Record<string, number>;
}

export function emptyTally(): AttackTally {
  return { connected: 0, opened: 0, sent: 0, endings: {} };
}

/** Minimum number of ticks before a dropped client reconnects; a random number of up to as many more is added. */
const ticksOfRest = 10;
/** Number of ticks within which a client that ends by itself does so. */
const ticksOfLife = 20;
/** Ticks between the bytes that a slow reader reads: one second. */
const ticksOfByte = 10;

/** Shared read buffer of all sockets: data is examined in place and not kept. */
const readBuffer = new Uint8Array(65_536);

export class Attacker {
  readonly #kind: AttackKind;
  readonly #index: number;
  readonly #target: AttackTarget;
  readonly #tally: AttackTally;
  /** Returns a random number from 0 to 1. */
  readonly #chance: () => number;

  #socket: Socket | undefined;
  #answer = new ServerAnswer();
  /** Bytes sent so far of the opening and of the repeated data, both of which are sent one by one with the ticks. */
  #openingSent = 0;
  #againSent = 0;
  #wasOpen = false;
  /** Whether the one-time data has been sent. */
  #hasBegun = false;
  /** Whether the socket can accept more data. */
  #hasRoom = true;
  /** Ticks until the client reconnects, or ends by itself. */
  #ticksLeft = 0;
  #ticks = 0;
  #hasEnded = false;

  constructor(kind: AttackKind, index: number, target: AttackTarget, tally: AttackTally, chance: () => number) {
    this.#kind = kind;
    this.#index = index;
    this.#target = target;
    this.#tally = tally;
    this.#chance = chance;
  }

  /**
   * Runs the next step, ten times a second, and sends what is due. Before the attack is `unleashed`, only connections
   * are opened.
   */
  tick(unleashed: boolean): void {
    this.#ticks++;
    const socket = this.#socket;
    if (socket === undefined) {
      if (this.#ticksLeft-- <= 0) this.#connect();
      return;
    }
    if (socket.connecting) return;
    if (this.#kind.openingPace === "trickled") this.#trickleOpening(socket);
    if (!unleashed) return;
    if (this.#kind.ends !== undefined && !this.#hasEnded && this.#ticksLeft-- <= 0) {
      this.#endBySelf(socket);
      return;
    }
    if (this.#kind.reads === "little" && this.#wasOpen && this.#ticks % ticksOfByte === 0) socket.resume();
    if (this.#wasOpen && this.#hasRoom && !this.#hasEnded) this.#send(socket);
  }

  /** Drops the connection. */
  stop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.destroy();
  }

  #connect(): void {
    const { host, port, secure } = this.#target;
    const { reads, transport, ends } = this.#kind;
    this.#answer = new ServerAnswer();
    this.#openingSent = 0;
    this.#againSent = 0;
    this.#wasOpen = false;
    this.#hasBegun = false;
    this.#hasRoom = true;
    this.#hasEnded = false;
    this.#ticksLeft = ends === undefined ? 0 : Math.floor(this.#chance() * ticksOfLife);
    const overTls = secure && transport !== "secure";
    // A client that reads one byte at a time has a buffer of one byte.
    const buffer = reads === "little" ? new Uint8Array(1) : readBuffer;
    const onread = {
      buffer,
      callback: (length: number) => this.#receive(buffer.subarray(0, length)),
    };
    // A half-closed connection stays half closed: the other half is not closed automatically.
    const options = { host, port, noDelay: true, allowHalfOpen: ends === "half-close" };
    const socket: Socket = overTls
      ? connectTls({ ...options, servername: "", rejectUnauthorized: false })
      : connectTcp({ ...options, onread });
    this.#socket = socket;
    let reason = "end";
    socket.on("error", (error: NodeJS.ErrnoException) => {
      reason = error.code === "ECONNRESET" || error.code === "EPIPE" ? "reset" : (error.code ?? "error");
    });
    socket.on(overTls ? "secureConnect" : "connect", () => this.#connected(socket));
    if (overTls) socket.on("data", (bytes) => this.#receive(bytes) || socket.pause());
    else if (options.allowHalfOpen) socket.on("end", () => {});
    socket.on("drain", () => {
      this.#hasRoom = true;
    });
    socket.on("close", () => this.#closed(socket, reason));
  }

  #connected(socket: Socket): void {
    this.#tally.connected++;
    const { opening, openingPace, ends } = this.#kind;
    if (openingPace === "trickled") return;
    const bytes = opening(this.#target);
    // The moment may come before the request is complete.
    const length =
      ends !== undefined && this.#chance() < 0.3 ? Math.floor(this.#chance() * bytes.length) : bytes.length;
    this.#write(socket, bytes.subarray(0, length));
  }

  /** Returns whether to keep reading. */
  #receive(bytes: Uint8Array): boolean {
    const answer = this.#answer;
    answer.receive(bytes);
    if (!answer.isOpen) return true;
    if (!this.#wasOpen) {
      this.#wasOpen = true;
      this.#tally.opened++;
    }
    return this.#kind.reads === undefined;
  }

  #trickleOpening(socket: Socket): void {
    const bytes = this.#kind.opening(this.#target);
    if (this.#openingSent < bytes.length) this.#write(socket, bytes.subarray(this.#openingSent, ++this.#openingSent));
  }

  #send(socket: Socket): void {
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      if (this.#kind.once !== undefined) this.#write(socket, this.#kind.once(this.#index));
      return;
    }
    const bytes = this.#kind.again?.();
    if (bytes === undefined) return;
    if (this.#kind.againPace !== "trickled") this.#write(socket, bytes);
    else if (this.#againSent < bytes.length) this.#write(socket, bytes.subarray(this.#againSent, ++this.#againSent));
  }

  #endBySelf(socket: Socket): void {
    this.#hasEnded = true;
    if (this.#kind.ends === "half-close") {
      socket.end();
      return;
    }
    this.#socket = undefined;
    this.#rest();
    socket.resetAndDestroy();
  }

  #write(socket: Socket, bytes: Uint8Array): void {
    if (!socket.writable || bytes.length === 0) return;
    this.#tally.sent += bytes.length;
    this.#hasRoom = socket.write(bytes);
  }

  #closed(socket: Socket, reason: string): void {
    // Ignore an end that the client caused itself.
    if (this.#socket !== socket) return;
    this.#socket = undefined;
    const { status, closeCode } = this.#answer;
    const ending = closeCode ?? (status !== undefined && status !== 101 ? status : reason);
    this.#tally.endings[ending] = (this.#tally.endings[ending] ?? 0) + 1;
    this.#rest();
  }

  #rest(): void {
    this.#ticksLeft = ticksOfRest + Math.floor(this.#chance() * ticksOfRest);
  }
}
