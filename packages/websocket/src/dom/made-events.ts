/**
 * Event, EventTarget and MessageEvent (DOM §2) for runtimes without them, such as Hermes. There is no tree: an event has one
 * target, whose listeners are called in the order in which they were added.
 */

import { asUncaught } from "../event-loop/reporter.ts";
import { invalidState } from "./dom-exception.ts";

interface MadeEventInit {
  readonly bubbles?: boolean | undefined;
  readonly cancelable?: boolean | undefined;
  readonly composed?: boolean | undefined;
}

const [noPhase, atTarget] = [0, 2];

/** Calls `tell` with each of `listeners` until the event is stopped. Not a public method, because only targets may use it. */
let dispatch: (
  event: MadeEvent,
  target: MadeEventTarget,
  listeners: readonly Listener[],
  tell: (listener: Listener) => void,
) => void;

export class MadeEvent {
  static {
    dispatch = (event, target, listeners, tell) => {
      if (event.#currentTarget !== null) throw invalidState("The event is already being dispatched.");
      event.#target = target;
      event.#currentTarget = target;
      for (const listener of listeners) {
        if (event.#isStopped) break;
        tell(listener);
      }
      event.#currentTarget = null;
      event.#isStopped = false;
    };
  }

  readonly type: string;
  readonly bubbles: boolean;
  readonly cancelable: boolean;
  readonly composed: boolean;
  readonly isTrusted: boolean = false;
  readonly timeStamp: number = Date.now();
  #target: MadeEventTarget | null = null;
  #currentTarget: MadeEventTarget | null = null;
  #isCanceled = false;
  #isStopped = false;

  constructor(type: string, init: MadeEventInit | null = {}) {
    this.type = `${type}`;
    this.bubbles = Boolean(init?.bubbles);
    this.cancelable = Boolean(init?.cancelable);
    this.composed = Boolean(init?.composed);
  }

  get target(): MadeEventTarget | null {
    return this.#target;
  }

  get currentTarget(): MadeEventTarget | null {
    return this.#currentTarget;
  }

  get eventPhase(): number {
    return this.#currentTarget === null ? noPhase : atTarget;
  }

  get defaultPrevented(): boolean {
    return this.#isCanceled;
  }

  composedPath(): MadeEventTarget[] {
    return this.#currentTarget === null ? [] : [this.#currentTarget];
  }

  preventDefault(): void {
    if (this.cancelable) this.#isCanceled = true;
  }

  /** A no-op: there is nothing above the target. */
  stopPropagation(): void {}

  stopImmediatePropagation(): void {
    this.#isStopped = true;
  }

  get [Symbol.toStringTag](): string {
    return "Event";
  }
}

type Callback = ((this: unknown, event: MadeEvent) => unknown) | { handleEvent(event: MadeEvent): unknown };

interface Listener {
  readonly type: string;
  readonly callback: Callback;
  readonly capture: boolean;
  readonly once: boolean;
  isRemoved: boolean;
}

interface ListenerOptions {
  readonly capture?: boolean | undefined;
  readonly once?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export class MadeEventTarget {
  /** Replaced on each change, so that a dispatch in progress uses the listeners that it began with. */
  #listeners: readonly Listener[] = [];

  addEventListener(type: string, callback: Callback | null, options: ListenerOptions | boolean | null = {}): void {
    const { capture, once, signal } = optionsOf(options);
    if (signal?.aborted === true || callback === null || callback === undefined) return;
    if (this.#find(type, callback, capture) !== undefined) return;
    this.#listeners = [...this.#listeners, { type: `${type}`, callback, capture, once, isRemoved: false }];
    signal?.addEventListener("abort", () => this.removeEventListener(type, callback, capture));
  }

  removeEventListener(type: string, callback: Callback | null, options: ListenerOptions | boolean | null = {}): void {
    const listener = this.#find(type, callback, optionsOf(options).capture);
    if (listener === undefined) return;
    listener.isRemoved = true;
    this.#listeners = this.#listeners.filter((other) => other !== listener);
  }

  dispatchEvent(event: MadeEvent): boolean {
    if (!(event instanceof MadeEvent)) throw new TypeError("Only an Event can be dispatched.");
    const listeners = this.#listeners.filter(({ type }) => type === event.type);
    dispatch(event, this, listeners, (listener) => {
      if (listener.isRemoved) return;
      const { callback, once, capture, type } = listener;
      if (once) this.removeEventListener(type, callback, capture);
      try {
        if (typeof callback === "function") callback.call(this, event);
        else callback.handleEvent(event);
      } catch (error) {
        asUncaught(error);
      }
    });
    return !event.defaultPrevented;
  }

  get [Symbol.toStringTag](): string {
    return "EventTarget";
  }

  #find(type: string, callback: Callback | null, capture: boolean): Listener | undefined {
    return this.#listeners.find(
      (listener) => listener.type === `${type}` && listener.callback === callback && listener.capture === capture,
    );
  }
}

function optionsOf(given: ListenerOptions | boolean | null): {
  capture: boolean;
  once: boolean;
  signal: AbortSignal | undefined;
} {
  const options: ListenerOptions = typeof given === "object" && given !== null ? given : { capture: Boolean(given) };
  return { capture: Boolean(options.capture), once: Boolean(options.once), signal: options.signal };
}

interface MadeMessageEventInit extends MadeEventInit {
  readonly data?: unknown;
  readonly origin?: string | undefined;
}

/** Returns a `MessageEvent` class that extends `Base`, which is the platform's Event or the one defined here. */
export function makeMessageEvent(Base: typeof Event): typeof MessageEvent {
  class MadeMessageEvent extends Base {
    readonly data: unknown;
    readonly origin: string;
    readonly lastEventId: string = "";
    readonly source: null = null;
    readonly ports: readonly [] = [];

    constructor(type: string, init: MadeMessageEventInit = {}) {
      super(type, init as ConstructorParameters<typeof Event>[1]);
      this.data = init.data ?? null;
      this.origin = `${init.origin ?? ""}`;
    }

    get [Symbol.toStringTag](): string {
      return "MessageEvent";
    }
  }
  return MadeMessageEvent as never;
}
