/** What lies between the tester and the endpoint under test: a socket, or nothing at all. */

/** Is told what the endpoint under test does. */
export interface WireListener {
  data(bytes: Uint8Array): void;
  /** It closed its half of the transport, or the transport was lost. */
  end(how: "end" | "lost"): void;
}

/** A byte stream to one endpoint under test. */
export interface Wire {
  /** Whether everything that a write causes has happened when `write` returns: nothing needs to be waited for then. */
  readonly isImmediate: boolean;
  start(listener: WireListener): void;
  /** Writes, and resolves when there is room for more. Writing to what was closed does nothing. */
  write(bytes: Uint8Array): Promise<void>;
  /** Closes the tester's half. */
  end(): void;
  /** Drops what is left of it. */
  destroy(): void;
}
