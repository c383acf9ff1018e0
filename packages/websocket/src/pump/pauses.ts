/** Why a pump does not read. The reasons are bits of one number, so that a connection needs no object for them. */

/** Bit of each reason. */
const reasons = {
  application: 1,
  /** A request is waiting for the handler's decision, or code that awaits the opening has had no time to add its listeners. */
  opening: 2,
  /** Enough messages are waiting for a loop. */
  loop: 4,
  /** Enough messages are waiting for the reader of a stream. */
  stream: 8,
  /** Received bytes are waiting for the connection's round. */
  backlog: 16,
  /** Memory is short, and this connection holds much of it. */
  memory: 32,
} as const;

const ownReasons = reasons.backlog;
/** Pauses that only the pump, or the memory budget, ends. */
const keptReasons = reasons.backlog | reasons.memory;

/** Why reading is paused. Reasons are independent: reading resumes only when none is left. */
export type PauseReason = keyof typeof reasons;

/** Bits of the reasons for which reading is paused; 0 for none. */
export type Pauses = number;

/** Returns `pauses` and `reason`. */
export function withPause(pauses: Pauses, reason: PauseReason): Pauses {
  return pauses | reasons[reason];
}

/** Returns `pauses` without `reason`, or without every reason except the backlog and the memory budget. */
export function withoutPause(pauses: Pauses, reason: PauseReason | "any"): Pauses {
  return reason === "any" ? pauses & keptReasons : pauses & ~reasons[reason];
}

/** Whether reading is paused for any reason other than the backlog. */
export function isPausedByOthers(pauses: Pauses): boolean {
  return (pauses & ~ownReasons) !== 0;
}
