/** The internals behind the WebSocketStream interface: two streams, two promises, and the listener of the pump. */
import type { Agreement, Violation } from "@hybi/core";
import type { ResponseHead } from "@hybi/core/opening";
import type { ClientOpening, OpeningListener } from "../client/client-opening.ts";
import { abortReason } from "../dom/dom-exception.ts";
import { ownBuffer, writable } from "../dom/message-data.ts";
import { requirePlatform } from "../dom/platform-classes.ts";
import { type FailureDetail, failureOf } from "../dom/socket-events.ts";
import { checkClose, closeError, lateWriteError, unsentError, WebSocketError } from "../dom/websocket-error.ts";
import { queueMicrotask } from "../platform/runtime.ts";
import { type Closable, type ClosableOwner, leaveOwner } from "../pump/closable.ts";
import type { Pump } from "../pump/pump.ts";
import { formatExtensions } from "./format-extensions.ts";
import { isMistake, shedReason } from "./socket-core.ts";
import type { StreamMessage, WebSocketCloseInfo, WebSocketOpenInfo, WebSocketStreamOptions } from "./stream-info.ts";

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

export class StreamCore implements OpeningListener, Closable {
  /** Every call of application code is guarded on its own. */
  get isGuarded(): boolean {
    return true;
  }

  readonly #opened = new Deferred<WebSocketOpenInfo>();
  readonly #closed = new Deferred<WebSocketCloseInfo>();
  readonly #options: WebSocketStreamOptions;
  readonly #writeHighWaterMark: number;
  /** Finite, so that the queue's size can be computed from `desiredSize`. */
  readonly #readHighWaterMark: number;

  #opening: ClientOpening | undefined;
  #pump: Pump | undefined;
  #state: "connecting" | "open" | "closing" | "closed" = "connecting";
  #detail: FailureDetail | undefined;
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
  owner: ClosableOwner | undefined;
  /** The reason of `signal`, once that has aborted the connection. */
  #abortReason: unknown;
  readonly #onAbort: () => void = () => this.#abort();

  /** @throws TypeError if the runtime lacks streams */
  constructor(options: WebSocketStreamOptions) {
    requirePlatform("WebSocketStream", "ReadableStream", "WritableStream");
    this.#options = options;
    this.#readHighWaterMark = Math.min(Number.MAX_SAFE_INTEGER, options.readHighWaterMark ?? defaultHighWaterMark);
    this.#writeHighWaterMark = options.writeHighWaterMark ?? defaultHighWaterMark;
  }

  get opened(): Promise<WebSocketOpenInfo> {
    return this.#opened.promise;
  }

  get closed(): Promise<WebSocketCloseInfo> {
    return this.#closed.promise;
  }

  // Called by the interface

  begin(opening: ClientOpening): void {
    this.#opening = opening;
    const { signal } = this.#options;
    if (signal?.aborted === true) {
      this.#abort();
      return;
    }
    signal?.addEventListener("abort", this.#onAbort, { once: true });
    opening.start();
  }

  /** `statusCode` must already have been checked. */
  startClosing(statusCode: number | undefined, reason: string): void {
    if (this.#state === "connecting") {
      this.#giveUp({});
    } else if (this.#state === "open") {
      this.#state = "closing";
      this.#isClosedByUs = true;
      this.#pump!.endpoint.sendClose(statusCode, reason);
      // The peer's Close frame may be behind messages that nothing takes any more.
      this.#pump!.resume("any");
      this.#pump!.requestFlush();
    }
  }

  terminate(): void {
    if (this.#state === "connecting") this.#giveUp({});
    else this.#pump?.abort();
  }

  // Called by the pump: `OpeningListener`

  attach(pump: Pump): void {
    this.#pump = pump;
  }

  openingFailed(detail: FailureDetail): void {
    this.#detail ??= detail;
    this.end(false, 1006, "");
  }

  acceptedLate(detail: FailureDetail): void {
    this.#detail = detail;
    this.#state = "closing";
    queueMicrotask(() => this.end(false, 1006, ""));
  }

  request(): void {}

  open(agreement: Agreement): void {
    this.#opening?.leave();
    if (this.#state !== "connecting") return;
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    this.#state = "open";
    this.#opened.resolve({
      readable: this.#readable(),
      writable: this.#writable(),
      extensions: formatExtensions(agreement),
      protocol: agreement.subprotocol ?? "",
    });
  }

  rejection(response: ResponseHead, body: Uint8Array): void {
    if (this.#state === "connecting" && this.#opening?.follow(response) === true) return;
    this.#detail ??= { response, body };
    this.#pump!.abort();
  }

  text(data: string): void {
    this.#enqueue(data);
  }

  binary(bytes: Uint8Array, start: number, end: number): void {
    this.#enqueue(new Uint8Array(ownBuffer(bytes, start, end)));
  }

  piece(): void {}
  ping(): void {}

  pong(): void {}

  close(): void {
    this.#state = "closing";
  }

  failure(violation: Violation): void {
    const wasConnecting = this.#state === "connecting";
    this.#detail ??= failureOf(violation, this.#pump?.lost);
    this.#state = "closing";
    if (wasConnecting && this.#opening !== undefined) this.#pump!.abort();
  }

  end(clean: boolean, closeCode: number, reason: string): void {
    this.#opening?.leave();
    this.#state = "closed";
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    if (!clean) this.#endUnclean(this.#errorOf(closeCode, reason));
    // As in Chromium (WPT, WebSocketStream): if the end has cut off writes, it is not clean for the application.
    else if (this.#isCutOff) this.#endUnclean(unsentError(closeCode, reason));
    else this.#endClean({ closeCode, reason });
    const pump = this.#pump;
    // The application keeps the streams, and they keep this object, so release the rest.
    this.#room = undefined;
    this.#opening = undefined;
    this.#pump = undefined;
    leaveOwner(this, pump);
  }

  get heldLength(): number {
    if (!this.#isReading || this.#state === "closed") return 0;
    return Math.max(0, this.#readHighWaterMark - (this.#reader.desiredSize ?? this.#readHighWaterMark));
  }

  /** Called when the server is short of memory and this connection holds much of it. */
  shed(): void {
    if (this.#state === "closed") return;
    this.#state = "closing";
    this.#detail ??= { error: new Error(shedReason) };
    // Release the messages that wait for the reader.
    if (this.#isReading) this.#reader.error(closeError(1006, "", this.#detail));
    this.#isReading = false;
    this.#pump?.giveUp();
  }

  flushed(): void {
    if (this.#room === undefined || this.#isCutOff || this.#pump!.bufferedLength >= this.#writeHighWaterMark) return;
    this.#room.resolve();
    this.#room = undefined;
  }

  // Internals

  /** Whether a Close frame has been, or will be, sent in place of something that was written. */
  get #isCutOff(): boolean {
    return this.#isLate || (this.#pump?.endpoint.droppedLength ?? 0) > 0;
  }

  #endClean(info: WebSocketCloseInfo): void {
    this.#room?.resolve();
    if (this.#isReading) this.#reader.close();
    if (this.#isWriting) this.#writer.error(lateWriteError("The connection is closed."));
    this.#closed.resolve(info);
  }

  /** Returns the error for an unclean end: the reason of `signal` if that has aborted the connection. */
  #errorOf(closeCode: number, reason: string): unknown {
    const lost = this.#pump?.lost;
    const detail = this.#detail ?? (lost === undefined ? undefined : { error: lost });
    const isAborted = this.#abortReason !== undefined && detail?.error === this.#abortReason;
    return isAborted ? this.#abortReason : closeError(closeCode, reason, detail);
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
          this.#pump?.resume("stream");
          this.#pump?.heldChanged();
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
    if (!this.#isReading || this.#state !== "open") return;
    this.#reader.enqueue(message);
    if ((this.#reader.desiredSize ?? 0) <= 0) this.#pump!.pause("stream");
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
    if (this.#state !== "open") return this.#writeLate();
    const pump = this.#pump!;
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
    if (this.#isClosedByUs || this.#state === "closed") throw lateWriteError("The connection is closing.");
    this.#isLate = true;
    this.#room = new Deferred();
    return this.#room.promise;
  }

  /** Closes with the code and reason of the application's `WebSocketError`, and without them for any other reason. */
  #closeFor(reason: unknown): void {
    const isOurs = reason instanceof WebSocketError && reason.detail === undefined;
    if (isOurs) this.startClosing(checkClose(reason.closeCode ?? undefined, reason.reason), reason.reason);
    else this.startClosing(undefined, "");
  }

  #abort(): void {
    this.#abortReason = abortReason(this.#options.signal);
    this.#giveUp({ error: this.#abortReason });
  }

  #giveUp(detail: FailureDetail): void {
    if (this.#state !== "connecting") return;
    this.#detail ??= detail;
    this.#state = "closing";
    if (this.#opening === undefined) this.#pump!.abort();
    else this.#opening.abort();
  }
}
