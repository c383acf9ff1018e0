/** The events of listeners that `addEventListener` and the attributes `on…` add: plain objects with getters, as `ws` has them. */
import type { Buffer } from "node:buffer";
import type { EventEmitter } from "node:events";

/** The event `open`, and what all others are. */
export class Event {
  readonly #type: string;
  readonly #target: EventEmitter;

  constructor(type: string, target: EventEmitter) {
    this.#type = type;
    this.#target = target;
  }

  get type(): string {
    return this.#type;
  }

  get target(): EventEmitter {
    return this.#target;
  }
}

/** The event `message`. */
export class MessageEvent extends Event {
  readonly #data: string | Buffer | ArrayBuffer | Buffer[] | Blob;

  constructor(type: string, init: { data: string | Buffer | ArrayBuffer | Buffer[] | Blob }, target: EventEmitter) {
    super(type, target);
    this.#data = init.data;
  }

  get data(): string | Buffer | ArrayBuffer | Buffer[] | Blob {
    return this.#data;
  }
}

/** The event `close`. */
export class CloseEvent extends Event {
  readonly #init: { readonly code: number; readonly reason: string; readonly wasClean: boolean };

  constructor(type: string, init: { code: number; reason: string; wasClean: boolean }, target: EventEmitter) {
    super(type, target);
    this.#init = init;
  }

  get code(): number {
    return this.#init.code;
  }

  get reason(): string {
    return this.#init.reason;
  }

  get wasClean(): boolean {
    return this.#init.wasClean;
  }
}

/** The event `error`. */
export class ErrorEvent extends Event {
  readonly #init: { readonly error: unknown; readonly message: string };

  constructor(type: string, init: { error: unknown; message: string }, target: EventEmitter) {
    super(type, target);
    this.#init = init;
  }

  get error(): unknown {
    return this.#init.error;
  }

  get message(): string {
    return this.#init.message;
  }
}

for (const [event, names] of [
  [Event, ["type", "target"]],
  [MessageEvent, ["data"]],
  [CloseEvent, ["code", "reason", "wasClean"]],
  [ErrorEvent, ["error", "message"]],
] as const) {
  for (const name of names) Object.defineProperty(event.prototype, name, { enumerable: true });
}
