/**
 * Connects to an endpoint under test in the same process: bytes go in through `receive` and come out through
 * `takeOutput`.
 */
import type { Wire, WireListener } from "./wire.ts";

/** The shape required of events; those of `@hybi/core` have it. */
export interface SubjectEvent {
  readonly type: string;
  readonly data?: unknown;
}

/** An endpoint that can be tested in the same process: an `Endpoint` of `@hybi/core`, or any object of the same shape. */
export interface InProcessSubject {
  readonly state?: string | undefined;
  readonly transportAction: "keep" | "await-end" | "end" | "abort";
  receive(chunk: Uint8Array): readonly SubjectEvent[];
  receiveEnd(): unknown;
  takeOutput(): readonly Uint8Array[];
  /** Server only: accepts the request that an event of type "request" has announced. */
  accept?(): readonly SubjectEvent[];
  sendText(data: string): void;
  sendBinary(data: Uint8Array): void;
}

/** Drives the subject as an echo endpoint: text is echoed as text, binary. */
export class InProcessWire implements Wire {
  readonly isImmediate = true;
  readonly #subject: InProcessSubject;
  #listener: WireListener | undefined;
  #isOver = false;

  constructor(subject: InProcessSubject) {
    this.#subject = subject;
  }

  start(listener: WireListener): void {
    this.#listener = listener;
    // A client has an opening request to send.
    this.#deliver();
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#isOver) return;
    // The subject takes ownership of the bytes it is given, and may modify them.
    this.#react(this.#subject.receive(bytes.slice()));
    this.#deliver();
  }

  end(): void {
    if (this.#isOver) return;
    this.#subject.receiveEnd();
    this.#deliver();
    this.#finish("end");
  }

  destroy(): void {
    if (!this.#isOver) this.#subject.receiveEnd();
    this.#isOver = true;
  }

  #react(events: readonly SubjectEvent[]): void {
    for (const { type, data } of events) {
      if (type === "request") this.#react(this.#subject.accept?.() ?? []);
      if (this.#subject.state !== undefined && this.#subject.state !== "open") continue;
      if (type === "text") this.#subject.sendText(data as string);
      if (type === "binary") this.#subject.sendBinary(data as Uint8Array);
    }
  }

  #deliver(): void {
    // Delivered data can make the tester write and the subject respond before this call returns.
    for (const bytes of this.#subject.takeOutput()) this.#listener?.data(bytes);
    const { transportAction } = this.#subject;
    if (transportAction === "end") this.#finish("end");
    if (transportAction === "abort") this.#finish("lost");
  }

  #finish(how: "end" | "lost"): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#listener?.end(how);
  }
}
