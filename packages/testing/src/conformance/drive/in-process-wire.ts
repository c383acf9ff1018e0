/** An endpoint under test in the same process: bytes go in by `receive` and come out by `takeOutput`. */
import type { Wire, WireListener } from "./wire.ts";

/** What an event must tell; those of `@hybi/core` do. */
export interface SubjectEvent {
  readonly type: string;
  readonly data?: unknown;
}

/** An endpoint that can be tested in process: an `Endpoint` of `@hybi/core`, or anything of the same shape. */
export interface InProcessSubject {
  readonly state?: string | undefined;
  readonly transport: "keep" | "await-end" | "end" | "abort";
  receive(chunk: Uint8Array): readonly SubjectEvent[];
  receiveEnd(): unknown;
  takeOutput(): readonly Uint8Array[];
  /** Server: accepts the request that an event of type "request" has told of. */
  accept?(): readonly SubjectEvent[];
  sendText(data: string): void;
  sendBinary(data: Uint8Array): void;
}

/** Drives the subject as an echo endpoint: text comes back as text, binary as binary. */
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
    // A client has its opening request to send.
    this.#deliver();
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#isOver) return;
    // The subject takes over what it is given, and may write to it.
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
    // What is delivered can make the tester write, and the subject answer, before this returns.
    for (const bytes of this.#subject.takeOutput()) this.#listener?.data(bytes);
    const { transport } = this.#subject;
    if (transport === "end" || transport === "abort") this.#finish(transport === "end" ? "end" : "lost");
  }

  #finish(how: "end" | "lost"): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#listener?.end(how);
  }
}
