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

/** Returns a copy of the counters of `subject`. */
export function statisticsOf(subject: Statistics): Statistics {
  const { bytesReceived, bytesTaken, messagesReceived, messagesSent, controlFramesReceived, pingsTaken } = subject;
  return { bytesReceived, bytesTaken, messagesReceived, messagesSent, controlFramesReceived, pingsTaken };
}
