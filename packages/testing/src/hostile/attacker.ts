/** One hostile client: a socket of Node's with no WebSocket on it, which does what its kind does and counts what comes of it. */
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { AttackAim, AttackKind } from "./kinds.ts";
import { ServerAnswer } from "./server-answer.ts";

/** Where it connects to. */
export interface AttackTarget extends AttackAim {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
}

/** What came of the hostile clients of one kind. */
export interface AttackTally {
  /** TCP connections that were made. */
  connected: number;
  /** Those whose opening handshake succeeded. */
  opened: number;
  /** Bytes that the transport took. */
  sent: number;
  /** How the server ended them: a status code of HTTP or of a Close frame, `reset`, `end`, or why nobody could connect. */
  readonly endings: Record<string, number>;
}

export function emptyTally(): AttackTally {
  return { connected: 0, opened: 0, sent: 0, endings: {} };
}

/** Ticks until a client that was dropped comes again, at least, and by chance as many more. */
const ticksOfRest = 10;
/** Ticks in which a client that ends by itself does so. */
const ticksOfLife = 20;
/** Ticks between the bytes that a slow reader takes: a second. */
const ticksOfByte = 10;

/** All sockets read into it, one after the other: what is read is looked at, and not kept. */
const readBuffer = new Uint8Array(65_536);

export class Attacker {
  readonly #kind: AttackKind;
  readonly #index: number;
  readonly #target: AttackTarget;
  readonly #tally: AttackTally;
  /** From 0 to 1. */
  readonly #chance: () => number;

  #socket: Socket | undefined;
  #answer = new ServerAnswer();
  /** Bytes of the opening, and of what is sent again, that were sent by the tick. */
  #openingSent = 0;
  #againSent = 0;
  #wasOpen = false;
  /** Whether what is sent once was sent. */
  #hasBegun = false;
  /** Whether the socket has room. */
  #hasRoom = true;
  /** Until it comes again, or ends by itself. */
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

  /** The next step, ten times a second: what is due is sent. Until all are `unleashed`, connections are opened only. */
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
    // One byte at a time for who reads one byte at a time.
    const buffer = reads === "little" ? new Uint8Array(1) : readBuffer;
    const onread = {
      buffer,
      callback: (length: number) => this.#receive(buffer.subarray(0, length)),
    };
    // A half that was closed stays so: nobody closes the other one for it.
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
    // Any moment is also one before the request is whole.
    const length =
      ends !== undefined && this.#chance() < 0.3 ? Math.floor(this.#chance() * bytes.length) : bytes.length;
    this.#write(socket, bytes.subarray(0, length));
  }

  /** Returns whether more is wanted. */
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
    // What it ended itself was no doing of the server's.
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
