/** Marks what an accepted socket is made of, so that no URL can be taken for it. Not public. */
import type { SocketCore } from "./socket-core.ts";
import type { StreamCore } from "./stream-core.ts";

/** In place of a URL: the URL that the client asked for, and the core that goes behind the interface. */
export class Accepted {
  readonly url: string;
  readonly createCore: (target?: EventTarget) => SocketCore & StreamCore;

  constructor(url: string, createCore: (target?: EventTarget) => SocketCore | StreamCore) {
    this.url = url;
    this.createCore = createCore as (target?: EventTarget) => SocketCore & StreamCore;
  }
}
