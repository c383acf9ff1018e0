/** Counters from which deadlines and round trips are computed, and which applications may read. */

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

/** Statistics of a connection that has not opened. */
export const noStatistics: Statistics = Object.freeze({
  bytesReceived: 0,
  bytesTaken: 0,
  messagesReceived: 0,
  messagesSent: 0,
  controlFramesReceived: 0,
  pingsTaken: 0,
});
