/** The output interface shared by a handshake, a connection and an endpoint. */
import type { TransportAction } from "./closing/states.ts";

/** Bytes to write, and what to do with the transport afterwards. */
export interface Output {
  /**
   * Returns bytes to write, oldest first: about `budget` bytes at most, exceeded only to finish a frame; all of them by
   * default. The chunks never change afterwards, unless they are handed back with `releaseOutput`. Do not change them,
   * and give a receiver in the same process copies: they may be the application's own arrays, and a prepared message is one array
   * for all connections.
   */
  takeOutput(budget?: number): readonly Uint8Array[];
  /** Bytes not yet taken: of encoded frames, and of messages that are not encoded yet. */
  readonly outputLength: number;
  /** What to do with the transport once everything taken has been written. */
  readonly transportAction: TransportAction;
}
