/**
 * A byte stream both ways, as the pump needs it. Whoever has another kind of transport implements `Transport` over it, in
 * about 50 lines, and gets everything above. There is nothing of WebSocket in it, and nothing of one runtime.
 */

/** What a pump does with a transport. Nothing here throws; what goes wrong is told with `error` and `close`. */
export interface Transport {
  /** Begins to deliver to `sink`, and tells it if the transport is lost already. Called once, before all but `abort`. */
  start(sink: TransportSink): void;
  /**
   * Writes `chunks` in order, as one write where the transport can. `sink.drain` answers it, at once or later, and until
   * then there is no other: what comes up meanwhile waits where it can still be put in another order. The chunks do not
   * change before that, and may not be used after it.
   */
  write(chunks: readonly Uint8Array[]): void;
  /**
   * Closes our half once everything written has left, and goes on reading. Nothing is written after it. A transport
   * without halves closes altogether.
   */
  end(): void;
  /** Drops the transport at once, written or not. `sink.close` answers it. */
  abort(): void;
  /** Stops reading, so that the peer comes to a halt; no more than one chunk may still come. */
  pause(): void;
  /** Reads again. */
  resume(): void;
}

/** What a transport tells. Nothing here throws, and everything may be called from inside the methods above. */
export interface TransportSink {
  /**
   * Bytes arrived. The chunk is given away: the transport neither writes to it nor uses it again. `isLast` tells that no
   * other comes in this turn, so that answers need not wait for its end to leave in one write.
   */
  data(chunk: Uint8Array, isLast?: boolean): void;
  /**
   * The last write has left, or is where the transport keeps a bounded amount: there is room for another. A write that is not
   * answered before `close` has not left.
   */
  drain(): void;
  /** The peer closed its half: no more bytes come. */
  end(): void;
  /** The transport was lost, and why; `close` follows. */
  error(error: unknown): void;
  /** Both halves are closed, or lost. Exactly once, and nothing follows. */
  close(): void;
}
