/**
 * What the interfaces of this folder are constructed with. The classes that applications construct, with a URL, convert their
 * arguments to it (`client/websocket.ts`), and so does a server that accepts a request: that keeps what is particular to one role
 * out of a bundle of the other. Not public, and neither are the cores behind the interfaces. They are classes, so that no URL can be
 * mistaken for one.
 */
import type { Closer } from "../dom/check-close.ts";

/** Of a socket: its URL, which status codes its `close` may use, and a factory for its `SocketCore`. */
export class SocketSource {
  readonly url: string;
  readonly closer: Closer;
  readonly createCore: (target: EventTarget) => unknown;

  constructor(url: string, closer: Closer, createCore: (target: EventTarget) => unknown) {
    this.url = url;
    this.closer = closer;
    this.createCore = createCore;
  }
}

/** The same of a stream, with its `StreamCore`. */
export class StreamSource {
  readonly url: string;
  readonly closer: Closer;
  readonly core: unknown;

  constructor(url: string, closer: Closer, core: unknown) {
    this.url = url;
    this.closer = closer;
    this.core = core;
  }
}

/** @throws TypeError unless `given` is a `Source`: an application has called the `constructor` of an accepted socket with a URL */
export function checkSource(given: unknown, Source: typeof SocketSource | typeof StreamSource): void {
  if (!(given instanceof Source)) throw new TypeError("Illegal constructor: this class is not constructed with a URL.");
}
