/** The output half of the contract, the same for a handshake, a connection and an endpoint. */
import type { TransportInstruction } from "./closing/states.ts";

/** What is to be written, and what to do with the transport after it. */
export interface Output {
  /**
   * Bytes to write, oldest first: at most about `budget` bytes, exceeded only to finish a frame; all of them by default.
   * The chunks never change afterwards, unless they are handed back with `releaseOutput`.
   */
  takeOutput(budget?: number): readonly Uint8Array[];
  /** Bytes not yet taken: of frames, and of messages that are not frames yet. */
  readonly outputLength: number;
  /** What to do with the transport once everything taken is written. */
  readonly transport: TransportInstruction;
}

/** Why a deadline is set. */
export type DeadlineReason =
  | "opening"
  | "closing"
  | "ping"
  | "pong"
  | "stalled"
  | "message"
  | "resting"
  | "idle"
  | "control-flood";

/** Counters of a connection since it opened. */
export interface Statistics {
  readonly bytesReceived: number;
  readonly bytesTaken: number;
  /** Messages whose first frame has arrived. */
  readonly messagesReceived: number;
  /** Messages that the application has sent or started. */
  readonly messagesSent: number;
  readonly controlFramesReceived: number;
  /** Ping frames taken. */
  readonly pingsTaken: number;
}
