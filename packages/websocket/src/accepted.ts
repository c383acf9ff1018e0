/** Marks what an accepted socket is made of, so that no URL can be taken for it. Not public. */

/** In place of a URL: the URL that the client asked for, and the core that goes behind the interface. */
export class Accepted {
  readonly url: string;
  readonly createCore: (target: EventTarget | undefined) => unknown;

  constructor(url: string, createCore: (target: EventTarget | undefined) => unknown) {
    this.url = url;
    this.createCore = createCore;
  }
}
