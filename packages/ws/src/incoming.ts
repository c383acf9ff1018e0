/** The half of a connection that receives: what the pump reports becomes the events of the socket, and the last of them its end. */
import { Buffer } from "node:buffer";
import type { Violation } from "@hybi/core";
import type { PumpListener } from "@hybi/websocket";
import { bufferOver, converted, type ReceivedMessage } from "./data.ts";
import { violationError } from "./errors.ts";
import { closedCleanly } from "./event-target.ts";
import { beginDelivery, endDelivery, Outgoing } from "./outgoing.ts";
import { closed, closing, open } from "./state.ts";
import { throwLater } from "./turns.ts";

/** Events that wait for turns of their own. They form a list, so that nothing keeps those that have had theirs. */
interface Deferred {
  first: DeferredEvent | undefined;
  last: DeferredEvent | undefined;
  length: number;
}

interface DeferredEvent {
  readonly run: () => void;
  next: DeferredEvent | undefined;
}

/** From this many deferred events on, reading rests. */
const mostDeferred = 64;

/** The listener of its pump. */
export class Incoming extends Outgoing implements PumpListener {
  isPaused = false;
  #hasFailed = false;
  /** With `allowSynchronousEvents: false`. */
  #deferred: Deferred | undefined;
  /** One function for all connections of a server: gets the socket before `close` is emitted. */
  onClosed: ((socket: never) => void) | undefined;

  get isGuarded(): boolean {
    return true;
  }

  get takesTextBytes(): boolean {
    return true;
  }

  request(): void {}
  open(): void {}
  rejection(): void {}
  text(): void {}
  piece(): void {}

  textBytes(bytes: Uint8Array, start: number, end: number): void {
    this.message(bufferOver(bytes, start, end), false);
  }

  binary(bytes: Uint8Array, start: number, end: number): void {
    this.message(bufferOver(bytes, start, end), true);
  }

  ping(payload: Uint8Array): void {
    this.control("ping", payload);
  }

  pong(payload: Uint8Array): void {
    this.control("pong", payload);
  }

  close(): void {
    if (this.state === open) this.state = closing;
  }

  failure(violation: Violation): void {
    if (this.#deferred !== undefined) {
      this.defer(this.#deferred, () => this.violated(violation));
      return;
    }
    const before = beginDelivery(this);
    this.violated(violation);
    endDelivery(before);
  }

  end(clean: boolean, statusCode: number, reason: string): void {
    if (this.#deferred === undefined) this.ended(clean, statusCode, reason);
    else this.defer(this.#deferred, () => this.ended(clean, statusCode, reason));
  }

  /** From here on each event has a turn of its own. */
  deferEvents(): void {
    this.#deferred = { first: undefined, last: undefined, length: 0 };
  }

  /** Nothing came of the opening. */
  failed(error: Error): void {
    this.state = closing;
    this.#hasFailed = true;
    try {
      this.socket.emit("error", error);
    } finally {
      this.ended(false, 1006, "");
    }
  }

  message(data: Buffer, isBinary: boolean): void {
    const message = isBinary ? converted(data, this.socket.binaryType) : data;
    if (this.#deferred !== undefined) {
      this.defer(this.#deferred, () => this.emit("message", message, isBinary));
      return;
    }
    this.emitMessage(message, isBinary, data.buffer);
  }

  emitMessage(message: ReceivedMessage | Blob, isBinary: boolean, memory: ArrayBufferLike): void {
    const before = beginDelivery(this, memory);
    try {
      this.socket.emit("message", message, isBinary);
    } catch (error) {
      throwLater(error);
    }
    endDelivery(before);
  }

  control(name: "ping" | "pong", payload: Uint8Array): void {
    const data = bufferOver(payload, 0, payload.length);
    if (this.#deferred !== undefined) {
      this.defer(this.#deferred, () => this.emit(name, data));
      return;
    }
    const before = beginDelivery(this);
    this.emit(name, data);
    endDelivery(before);
  }

  emit(name: string, ...values: unknown[]): void {
    try {
      this.socket.emit(name, ...values);
    } catch (error) {
      throwLater(error);
    }
  }

  /** Emits in a turn of its own, behind what waits already. Reading rests while much is waiting. */
  defer(deferred: Deferred, run: () => void): void {
    const event: DeferredEvent = { run, next: undefined };
    if (deferred.last === undefined) deferred.first = event;
    else deferred.last.next = event;
    deferred.last = event;
    if (++deferred.length === 1) setImmediate(() => this.emitDeferred(deferred));
    if (deferred.length >= mostDeferred) this.pump!.pauseAtOnce("loop");
  }

  emitDeferred(deferred: Deferred): void {
    const { run, next } = deferred.first!;
    deferred.first = next;
    deferred.length--;
    if (next !== undefined) setImmediate(() => this.emitDeferred(deferred));
    else {
      deferred.last = undefined;
      this.pump!.resume("loop");
    }
    run();
  }

  violated(violation: Violation): void {
    this.state = closing;
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.emit("error", violationError(violation));
  }

  ended(clean: boolean, statusCode: number, reason: string): void {
    if (this.state === closed) return;
    const failure = this.pump?.failure;
    if (failure?.kind === "given-up" && !this.#hasFailed) this.emit("error", failure.error);
    this.state = closed;
    this.rejectUnsent();
    if (clean) Object.defineProperty(this.socket, closedCleanly, { value: true });
    this.onClosed?.(this.socket as never);
    this.emit("close", statusCode, Buffer.from(reason));
  }
}
