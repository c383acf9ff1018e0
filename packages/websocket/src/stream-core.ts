/** What a WebSocketStream consists of behind its interface: two streams, two promises, and the listener of the pump. */
import type { Agreement, ResponseHead, Violation } from "@hybi/core";
import type { ClientOpening, OpeningListener } from "./client-opening.ts";
import { abortReason } from "./dom-exception.ts";
import { formatExtensions } from "./format-extensions.ts";
import { ownBuffer, writable } from "./message-data.ts";
import { queueMicrotask } from "./platform.ts";
import { requirePlatform } from "./platform-classes.ts";
import type { Pump } from "./pump.ts";
import { type Closable, type ClosableOwner, isMistake, shedReason } from "./socket-core.ts";
import { type FailureDetail, failureOf } from "./socket-events.ts";
import type { StreamMessage, WebSocketCloseInfo, WebSocketOpenInfo, WebSocketStreamOptions } from "./stream-info.ts";
import { checkClose, closeError, lateWriteError, unsentError, WebSocketError } from "./websocket-error.ts";

const defaultHighWaterMark = 65_536;

/** What a message takes of memory beside its payload, in the queue of a stream: with its place there, and a buffer of its own. */
const textCost = 64;
const bytesCost = 248;

/** Of a controller. Not every runtime, nor every runtime's types, has it. */
interface Abortable {
  readonly signal?: AbortSignal;
}

/** A promise with its ends. One that nobody looks at may be rejected without a word. */
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
  /** What it tells the application is fenced one by one. */
  get isGuarded(): boolean {
    return true;
  }

  readonly #opened = new Deferred<WebSocketOpenInfo>();
  readonly #closed = new Deferred<WebSocketCloseInfo>();
  readonly #options: WebSocketStreamOptions;
  readonly #writeHighWaterMark: number;
  /** Finite, so that what waits is known by what is left of it. */
  readonly #readHighWaterMark: number;

  #opening: ClientOpening | undefined;
  #pump: Pump | undefined;
  #state: "connecting" | "open" | "closing" | "closed" = "connecting";
  #detail: FailureDetail | undefined;
  #reader!: ReadableStreamDefaultController<StreamMessage>;
  #writer!: WritableStreamDefaultController;
  /** Whether the reader still wants messages, and whether the writer can still be told an error. */
  #isReading = false;
  #isWriting = false;
  /** What a writer waits for: room, or the end. */
  #room: Deferred<void> | undefined;
  /** Whether the application has asked for the end: what it writes then is its own mistake. */
  #isClosedByUs = false;
  /** Whether something was written that the endpoint was not given any more. */
  #isLate = false;
  owner: ClosableOwner | undefined;
  /** Why it was given up, once the signal has been aborted. */
  #abortReason: unknown;
  readonly #onAbort: () => void = () => this.#abort();

  /** @throws TypeError where the runtime has no streams */
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

  // What the application does

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

  /** `statusCode` was checked. */
  startClosing(statusCode: number | undefined, reason: string): void {
    if (this.#state === "connecting") {
      this.#giveUp({});
    } else if (this.#state === "open") {
      this.#state = "closing";
      this.#isClosedByUs = true;
      this.#pump!.endpoint.sendClose(statusCode, reason);
      // The peer's Close frame may stand behind messages that nobody takes any more.
      this.#pump!.resume("any");
      this.#pump!.touch();
    }
  }

  terminate(): void {
    if (this.#state === "connecting") this.#giveUp({});
    else this.#pump?.abort();
  }

  // What happens: `OpeningListener`

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

  fragment(): void {}
  ping(): void {}

  pong(payload: Uint8Array): void {
    this.#pump!.pongReceived(payload);
  }

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
    // As in Chromium (WPT, WebSocketStream): an end is not clean for those whose writes it has cut off.
    else if (this.#isCutOff) this.#endUnclean(unsentError(closeCode, reason));
    else this.#endClean({ closeCode, reason });
    // The application keeps the streams, and with them this.
    this.#room = undefined;
    this.#opening = undefined;
    this.#pump = undefined;
    this.owner?.ended(this);
    this.owner = undefined;
  }

  get heldLength(): number {
    if (!this.#isReading || this.#state === "closed") return 0;
    return Math.max(0, this.#readHighWaterMark - (this.#reader.desiredSize ?? this.#readHighWaterMark));
  }

  /** The server is short of memory, and this connection holds much of it. */
  shed(): void {
    if (this.#state === "closed") return;
    this.#state = "closing";
    this.#detail ??= { error: new Error(shedReason) };
    // What waits for the reader is let go of.
    if (this.#isReading) this.#reader.error(closeError(1006, "", this.#detail));
    this.#isReading = false;
    this.#pump?.giveUp();
  }

  settled(): void {
    if (this.#room === undefined || this.#isCutOff || this.#pump!.bufferedLength >= this.#writeHighWaterMark) return;
    this.#room.resolve();
    this.#room = undefined;
  }

  // What they are made of

  /** Whether a Close frame has left, or will, in the place of something that was written. */
  get #isCutOff(): boolean {
    return this.#isLate || (this.#pump?.endpoint.droppedLength ?? 0) > 0;
  }

  #endClean(info: WebSocketCloseInfo): void {
    this.#room?.resolve();
    if (this.#isReading) this.#reader.close();
    if (this.#isWriting) this.#writer.error(lateWriteError("The connection is closed."));
    this.#closed.resolve(info);
  }

  /** The error of an end that was not clean: the reason of `signal`, where that has given the connection up. */
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
        // A message of no bytes takes room as well, or a peer could send any number of them.
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
        // A stream is told that it was aborted only once the write that is under way has ended.
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
      // A copy: the writer may use the buffer again once this call is over.
      else pump.endpoint.sendBinary(data.slice());
    } catch (error) {
      if (!isMistake(error)) pump.brokeOff(error);
      throw error;
    }
    pump.touch();
    if (pump.bufferedLength < this.#writeHighWaterMark) return undefined;
    this.#room = new Deferred();
    return this.#room.promise;
  }

  /** The connection is closing. What the peer's Close frame has come before never leaves, and the writer is told so at the end. */
  #writeLate(): Promise<void> {
    if (this.#isClosedByUs || this.#state === "closed") throw lateWriteError("The connection is closing.");
    this.#isLate = true;
    this.#room = new Deferred();
    return this.#room.promise;
  }

  /** Closes with what the application's `WebSocketError` says, and with nothing for another reason. */
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
