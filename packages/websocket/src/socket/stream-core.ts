/** The internals behind the WebSocketStream interface: two streams, two promises, and the listener of the pump. */

import type { Agreement } from "@hybi/core";
import { type Closer, checkClose } from "../dom/check-close.ts";
import { abortReason } from "../dom/dom-exception.ts";
import { ownBuffer, writable } from "../dom/message-data.ts";
import { requirePlatform } from "../dom/platform-classes.ts";
import { closeError, isEndOfConnection, lateWriteError, unsentError, WebSocketError } from "../dom/websocket-error.ts";
import type { Pump } from "../pump/pump.ts";
import { formatExtensions } from "./format-extensions.ts";
import { CLOSED, CONNECTING, Lifecycle, OPEN } from "./lifecycle.ts";
import type { Opening } from "./opening.ts";
import { responseOf } from "./opening-response.ts";
import { isMistake, isRefused } from "./send-errors.ts";
import type { StreamMessage, StreamSettings, WebSocketCloseInfo, WebSocketOpenInfo } from "./stream-info.ts";

const defaultHighWaterMark = 65_536;

/**
 * Memory overhead of a message in the queue of a stream, excluding its payload: its slot and, for bytes, its buffer.
 */
const textCost = 56;
const bytesCost = 248;

/** A member of the controller that some runtimes, or their types, lack. */
interface Abortable {
  readonly signal?: AbortSignal;
}

/** A promise with its resolving functions. Its rejection is never reported as unhandled. */
class Deferred<Value> {
  readonly promise: Promise<Value>;
  resolve!: (value: Value) => void;
  reject!: (error: unknown) => void;

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.promise.catch(() => {});
  }
}

export class StreamCore extends Lifecycle {
  readonly #opened = new Deferred<WebSocketOpenInfo>();
  readonly #closed = new Deferred<WebSocketCloseInfo>();
  readonly #options: StreamSettings;
  readonly #writeHighWaterMark: number;
  /** Finite, so that the queue's size can be computed from `desiredSize`. */
  readonly #readHighWaterMark: number;

  /** The stream, which sets it. */
  target!: object;
  #reader!: ReadableStreamDefaultController<StreamMessage>;
  #writer!: WritableStreamDefaultController;
  /** Whether the reader still wants messages, and whether the writer can still receive an error. */
  #isReading = false;
  #isWriting = false;
  /** What a waiting writer awaits: room for another message, or the end. */
  #room: Deferred<void> | undefined;
  /** Whether the application has closed the connection. Writing afterwards is a mistake of its own. */
  #isClosedByUs = false;
  /** Whether a message was written too late to be passed to the endpoint. */
  #isLate = false;
  /** The reason of `signal`, once that has aborted the connection. */
  #abortReason: unknown;
  readonly #onAbort: () => void = () => this.#abort();

  /** Which status codes a `WebSocketError` may close with. */
  readonly #closer: Closer;

  /** @throws TypeError if the runtime lacks streams */
  constructor(options: StreamSettings, closer: Closer) {
    super();
    this.#closer = closer;
    requirePlatform("WebSocketStream", "ReadableStream", "WritableStream");
    this.#options = options;
    this.#readHighWaterMark = Math.min(Number.MAX_SAFE_INTEGER, options.readHighWaterMark ?? defaultHighWaterMark);
    // At least 1: a writer waits until fewer bytes are left, so that with 0, too, it waits until all has left.
    this.#writeHighWaterMark = Math.max(1, options.writeHighWaterMark ?? defaultHighWaterMark);
  }

  get opened(): Promise<WebSocketOpenInfo> {
    return this.#opened.promise;
  }

  get closed(): Promise<WebSocketCloseInfo> {
    return this.#closed.promise;
  }

  // Called by the interface

  override begin(opening: Opening): void {
    const { signal } = this.#options;
    if (signal?.aborted === true) {
      this.opening = opening;
      this.#abort();
      return;
    }
    signal?.addEventListener("abort", this.#onAbort, { once: true });
    super.begin(opening);
  }

  // Called by the opening and by the pump

  text(data: string): void {
    this.#enqueue(data);
  }

  binary(bytes: Uint8Array, start: number, end: number): void {
    this.#enqueue(new Uint8Array(ownBuffer(bytes, start, end)));
  }

  /** With `autoPong: false` of its server, the Pong that RFC 6455 §5.5.2 demands: an application has no event to answer. */
  override ping(payload: Uint8Array): void {
    super.ping(payload);
    const { pump } = this;
    if (pump?.endpoint.connection?.autoPong !== false) return;
    try {
      pump.pong(payload);
    } catch (error) {
      if (!isRefused(error)) throw error;
    }
  }

  get heldLength(): number {
    if (!this.#isReading || this.readyState === CLOSED) return 0;
    return Math.max(0, this.#readHighWaterMark - (this.#reader.desiredSize ?? this.#readHighWaterMark));
  }

  flushed(): void {
    if (this.#room === undefined || this.pump === undefined || this.#isCutOff(this.pump)) return;
    if (this.pump.bufferedLength >= this.#writeHighWaterMark) return;
    this.#room.resolve();
    this.#room = undefined;
  }

  // Called by `Lifecycle`

  protected get hasOpened(): boolean {
    return this.#reader !== undefined;
  }

  protected handleOpen(agreement: Agreement): void {
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    this.#opened.resolve({
      readable: this.#readable(),
      writable: this.#writable(),
      extensions: formatExtensions(agreement),
      protocol: agreement.subprotocol ?? "",
      response: responseOf(agreement),
    });
  }

  protected override sendClose(statusCode: number | undefined, reason: string): void {
    this.#isClosedByUs = true;
    super.sendClose(statusCode, reason);
  }

  /** Releases the messages that wait for the reader. */
  protected discard(): void {
    if (this.#isReading) this.#reader.error(closeError(1006, "", this.cause));
    this.#isReading = false;
  }

  protected handleEnd(clean: boolean, closeCode: number, reason: string, pump: Pump | undefined): void {
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    if (!clean) this.#endUnclean(this.#errorOf(closeCode, reason));
    // As in Chromium (WPT, WebSocketStream): if the end has cut off writes, it is not clean for the application.
    else if (this.#isCutOff(pump)) this.#endUnclean(unsentError(closeCode, reason));
    else this.#endClean({ closeCode, reason });
    this.#room = undefined;
  }

  // Internals

  /** Whether a Close frame has been, or will be, sent in place of something that was written. */
  #isCutOff(pump: Pump | undefined): boolean {
    return this.#isLate || (pump?.endpoint.droppedLength ?? 0) > 0;
  }

  #endClean(info: WebSocketCloseInfo): void {
    this.#room?.resolve();
    if (this.#isReading) this.#reader.close();
    if (this.#isWriting) this.#writer.error(lateWriteError("The connection is closed."));
    this.#closed.resolve(info);
  }

  /** Returns the error for an unclean end: the reason of `signal` if that has aborted the connection. */
  #errorOf(closeCode: number, reason: string): unknown {
    const { cause } = this;
    const isAborted = cause?.kind === "given-up" && cause.error !== undefined && cause.error === this.#abortReason;
    return isAborted ? this.#abortReason : closeError(closeCode, reason, cause);
  }

  #endUnclean(error: unknown): void {
    this.#opened.reject(error);
    this.#room?.reject(error);
    if (this.#isReading) this.#reader.error(error);
    if (this.#isWriting) this.#writer.error(error);
    this.#closed.reject(error);
  }

  #readable(): ReadableStream<StreamMessage> {
    this.#isReading = true;
    return new ReadableStream<StreamMessage>(
      {
        start: (controller) => {
          this.#reader = controller;
        },
        pull: () => {
          this.pump?.resume("stream");
          this.pump?.heldChanged();
        },
        cancel: (reason) => {
          this.#isReading = false;
          this.#closeFor(reason);
        },
      },
      {
        highWaterMark: this.#readHighWaterMark,
        // Empty messages must count as well, or a peer could send any number of them.
        size: (message) => message!.length + (typeof message === "string" ? textCost : bytesCost),
      },
    );
  }

  #enqueue(message: StreamMessage): void {
    if (!this.#isReading || this.readyState !== OPEN) return;
    this.#reader.enqueue(message);
    if ((this.#reader.desiredSize ?? 0) <= 0) this.pump!.pause("stream");
  }

  #writable(): WritableStream<string | ArrayBuffer | ArrayBufferView> {
    this.#isWriting = true;
    return new WritableStream({
      start: (controller) => {
        this.#writer = controller;
        // The stream's own `abort` is only called once the pending write has ended.
        const { signal } = controller as Abortable;
        signal?.addEventListener("abort", () => this.#room?.reject(signal.reason));
      },
      write: (message) => this.#write(message),
      close: async () => {
        this.#isWriting = false;
        this.startClosing(undefined, "");
        await this.#closed.promise;
      },
      abort: (reason) => {
        this.#isWriting = false;
        this.#closeFor(reason);
      },
    });
  }

  /** Sends `message`, and waits until there is room for another. */
  #write(message: unknown): Promise<void> | undefined {
    const data = writable(message);
    if (this.readyState !== OPEN) return this.#writeLate();
    const pump = this.pump!;
    try {
      if (typeof data === "string") pump.endpoint.sendText(data);
      // Copy: the writer may reuse the buffer after this call.
      else pump.endpoint.sendBinary(data.slice());
    } catch (error) {
      if (!isMistake(error)) pump.brokeOff(error);
      throw error;
    }
    pump.requestFlush();
    if (pump.bufferedLength < this.#writeHighWaterMark) return undefined;
    this.#room = new Deferred();
    return this.#room.promise;
  }

  /**
   * The connection is closing. A message written after the peer's Close frame is never sent; its write is settled at
   * the end.
   */
  #writeLate(): Promise<void> {
    if (this.#isClosedByUs || this.readyState === CLOSED) throw lateWriteError("The connection is closing.");
    this.#isLate = true;
    this.#room = new Deferred();
    return this.#room.promise;
  }

  /**
   * Closes with the code and reason of the application's `WebSocketError`, and without them for any other reason.
   *
   * @throws DOMException for a code that must not be sent; the connection is then closed without one
   */
  #closeFor(reason: unknown): void {
    if (!(reason instanceof WebSocketError) || isEndOfConnection(reason)) {
      this.startClosing(undefined, "");
      return;
    }
    let code: number | undefined;
    let text = "";
    try {
      code = checkClose(reason.closeCode ?? undefined, reason.reason, this.#closer);
      text = reason.reason;
    } finally {
      this.startClosing(code, text);
    }
  }

  #abort(): void {
    this.#abortReason = abortReason(this.#options.signal);
    if (this.readyState === CONNECTING) this.giveUp({ kind: "given-up", error: this.#abortReason });
  }
}
