/** The byte stream between the tester and the endpoint under test: a socket, or an in-process connection. */

/** Receives what the endpoint under test sends. */
export interface WireListener {
  data(bytes: Uint8Array): void;
  /** The endpoint closed its half of the transport, or the transport was lost. */
  end(how: "end" | "lost"): void;
}

/** A byte stream to one endpoint under test. */
export interface Wire {
  /** Whether all effects of a write have happened when `write` returns, so that the tester never needs to wait. */
  readonly isImmediate: boolean;
  start(listener: WireListener): void;
  /** Writes, and resolves when there is room for more. Does nothing once the wire is closed. */
  write(bytes: Uint8Array): Promise<void>;
  /** Closes the tester's half. */
  end(): void;
  /** Drops the connection. */
  destroy(): void;
}
