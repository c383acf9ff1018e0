/**
 * The argument with which a server constructs an accepted socket, in place of a URL. It is a class, so that no URL can be
 * mistaken for it. Not public.
 */

/** Holds the URL that the client requested, and a factory for the core behind the socket's interface. */
export class Accepted {
  readonly url: string;
  readonly createCore: (target: EventTarget | undefined) => unknown;

  constructor(url: string, createCore: (target: EventTarget | undefined) => unknown) {
    this.url = url;
    this.createCore = createCore;
  }
}
