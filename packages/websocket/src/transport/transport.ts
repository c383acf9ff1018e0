/**
 * A bidirectional byte stream, as the pump needs it. Implement `Transport` over any other kind of transport, in about
 * 50 lines, to use everything built on it. The interface knows nothing of WebSocket and is independent of the runtime.
 */

/** Called by the pump. No method may throw; failures are reported with `error` and `close`. */
export interface Transport {
  /**
   * Starts delivering to `sink`, and reports if the transport is already lost. Called once, before any method but
   * `abort`.
   */
  start(sink: TransportSink): void;
  /**
   * Writes `chunks` in order, as one vectored write if possible. Call `sink.drain`, at once or later, when there is
   * room again. No other write follows before that: newer output waits in the endpoint, where it can still be
   * reordered. The chunks do not change before `drain`, and must not be used after it. Nobody may change or transfer them,
   * also not a peer in the same process: a broadcast passes the same array to many transports.
   */
  write(chunks: readonly Uint8Array[]): void;
  /**
   * Closes our half once everything written has left, and continues reading. Nothing is written after it. A transport
   * without half-close closes completely.
   */
  end(): void;
  /** Drops the transport at once and discards unsent output. Must lead to `sink.close`. */
  abort(): void;
  /** Stops reading, so that the peer has to stop sending. At most one more chunk may be delivered. */
  pause(): void;
  /** Resumes reading. */
  resume(): void;
  /** The peer's address, in the notation of the runtime; undefined if there is none, as over a Unix socket, or if it is not known. */
  readonly remoteAddress?: string | undefined;
  /** Where connections keep the process alive: whether this one does; at first it does. */
  ref?(): void;
  unref?(): void;
}

/** Called by the transport. No method throws, except `data` for what is no Uint8Array, and all of them may be called from inside the methods above. */
export interface TransportSink {
  /**
   * Bytes arrived. Ownership is transferred: the transport neither modifies nor reuses the chunk. The whole `buffer` under
   * it belongs to this connection, because applications can reach it: pass a copy of a chunk from a pool, from a buffer
   * that holds bytes of other connections, or from one that is much longer. `isLast` means that no other chunk follows in
   * this turn, so responses may leave at once, still in one write.
   */
  data(chunk: Uint8Array, isLast?: boolean): void;
  /**
   * The last write has left, or is in a bounded buffer of the transport: there is room for another. A write without a
   * `drain` before `close` counts as not sent.
   */
  drain(): void;
  /** The peer closed its half: no more bytes will arrive. */
  end(): void;
  /** The transport was lost, with the reason; `close` follows. */
  error(error: unknown): void;
  /** Both halves are closed or lost. Called exactly once, as the last call. */
  close(): void;
}
