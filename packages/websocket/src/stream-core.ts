/** What a WebSocketStream consists of behind its interface: two streams, two promises, and the listener of the pump. */
import type { Agreement, ResponseHead, Violation } from "@hybi/core";
import type { ClientOpening, OpeningListener } from "./client-opening.ts";
import { abortReason, invalidState } from "./dom-exception.ts";
import { formatExtensions } from "./format-extensions.ts";
import { ownBuffer, writable } from "./message-data.ts";
import { queueMicrotask } from "./platform.ts";
import { requirePlatform } from "./platform-classes.ts";
import type { Pump } from "./pump.ts";
import type { Closable, ClosableOwner } from "./socket-core.ts";
import { type FailureDetail, failureOf } from "./socket-events.ts";
import type { StreamMessage, WebSocketCloseInfo, WebSocketOpenInfo, WebSocketStreamOptions } from "./stream-info.ts";
import { checkClose, closeError, WebSocketError } from "./websocket-error.ts";

const defaultHighWaterMark = 65_536;

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
  readonly #opened = new Deferred<WebSocketOpenInfo>();
  readonly #closed = new Deferred<WebSocketCloseInfo>();
  readonly #options: WebSocketStreamOptions;
  readonly #writeHighWaterMark: number;

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
  owner: ClosableOwner | undefined;
  /** Why it was given up, once the signal has been aborted. */
  #abortReason: unknown;
  readonly #onAbort: () => void = () => this.#abort();

  /** @throws TypeError where the runtime has no streams */
  constructor(options: WebSocketStreamOptions) {
    requirePlatform("WebSocketStream", "ReadableStream", "WritableStream");
    this.#options = options;
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
    if (clean) this.#endClean({ closeCode, reason });
    else this.#endUnclean(closeCode, reason);
    this.#room?.resolve();
    this.owner?.ended(this);
  }

  settled(): void {
    if (this.#room === undefined || this.#pump!.bufferedLength >= this.#writeHighWaterMark) return;
    this.#room.resolve();
    this.#room = undefined;
  }

  // What they are made of

  #endClean(info: WebSocketCloseInfo): void {
    if (this.#isReading) this.#reader.close();
    if (this.#isWriting) this.#writer.error(invalidState("The connection is closed."));
    this.#closed.resolve(info);
  }

  #endUnclean(closeCode: number, reason: string): void {
    const lost = this.#pump?.lost;
    const detail = this.#detail ?? (lost === undefined ? undefined : { error: lost });
    const isAborted = this.#abortReason !== undefined && detail?.error === this.#abortReason;
    const error = isAborted ? this.#abortReason : closeError(closeCode, reason, detail);
    this.#opened.reject(error);
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
        pull: () => this.#pump?.resume("stream"),
        cancel: (reason) => {
          this.#isReading = false;
          this.#closeFor(reason);
        },
      },
      {
        highWaterMark: this.#options.readHighWaterMark ?? defaultHighWaterMark,
        // A message of no bytes takes room as well, or a peer could send any number of them.
        size: (message) => message!.length + 1,
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
    if (this.#state !== "open") throw invalidState("The connection is closing.");
    const pump = this.#pump!;
    if (typeof data === "string") pump.endpoint.sendText(data);
    // A copy: the writer may use the buffer again once this call is over.
    else pump.endpoint.sendBinary(data.slice());
    pump.touch();
    if (pump.bufferedLength < this.#writeHighWaterMark) return undefined;
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
