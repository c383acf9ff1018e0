/** A fake WebSocket: behaves like the platform's, with the test in place of the network. */
import { CloseEvent } from "../../src/dom/socket-events.ts";

export class FakeSocket extends EventTarget {
  readyState = 0;
  readonly sent: unknown[] = [];
  readonly closedWith: unknown[][] = [];
  /** The number of listeners for each type of event. */
  readonly listeners: Record<string, number> = {};

  constructor(readyState = 0) {
    super();
    this.readyState = readyState;
  }

  override addEventListener(type: string, listener: (event: Event) => void): void {
    this.listeners[type] = (this.listeners[type] ?? 0) + 1;
    super.addEventListener(type, listener);
  }

  send(data: unknown): void {
    if (this.readyState === 0) throw new DOMException("The socket is still connecting.", "InvalidStateError");
    if (this.readyState === 1) this.sent.push(data);
  }

  close(...args: unknown[]): void {
    this.closedWith.push(args);
    if (this.readyState < 2) this.readyState = 2;
  }

  // Called by the test in place of the network

  open(): this {
    if (this.readyState === 0) this.readyState = 1;
    this.dispatchEvent(new Event("open"));
    return this;
  }

  message(data: unknown): void {
    this.dispatchEvent(new MessageEvent("message", { data }));
  }

  fail(detail: object = {}): void {
    this.dispatchEvent(Object.assign(new Event("error"), detail));
  }

  closed(code = 1006, reason = "", wasClean = false): void {
    this.readyState = 3;
    this.dispatchEvent(new CloseEvent("close", { code, reason, wasClean }));
  }
}
