/**
 * The closing handshake as one state machine (RFC 6455 §7.1). This table is the single source: the diagram in
 * docs/design/closing-handshake.md is generated from it.
 *
 * Theory of operation. Each side sends one Close frame, and then the transport ends. Our Close frame takes two steps,
 * because the transport pulls output: first it is *queued*, while messages may still be sent before it, then it is
 * *taken*, after which no data frame may follow (§5.5.1). The peer's frame arrives in one step. There are three sequences:
 *
 * - we queue a Close first, and the peer's Close is the reply: `open → closing → close-sent → closed`;
 * - the peer's Close arrives first, and ours is the reply: `open → close-received → closed`;
 * - both at once: a Close that arrives while ours is still queued counts as the first, and ours as the reply.
 *
 * Failing the connection (§7.1.7) also queues a Close, and all further input is ignored. When the peer has stopped
 * reading, no Close is sent ("MAY omit") and the transport is aborted. The end of the transport is final in every state,
 * and clean only after the peer's Close frame (§7.1.4).
 */
import type { Role } from "../vocabulary/terms.ts";

/** The states of the closing handshake. */
export type ClosingState =
  /** No Close frame either way. */
  | "open"
  /** Ours is queued, because the application requested the close. */
  | "closing"
  /** Ours was taken; waiting for the peer's. */
  | "close-sent"
  /** The peer's arrived; ours, the reply, is queued. */
  | "close-received"
  /** Both were exchanged: the transport must end. */
  | "closed"
  /** We failed the connection; our Close is queued. */
  | "failing"
  /** We failed the connection; our Close was taken, or was omitted because the peer does not read. */
  | "failed"
  /** The transport ended. */
  | "ended";

/** The inputs of the state machine. */
export type ClosingTrigger = "send-close" | "close-taken" | "receive-close" | "fail" | "drop" | "end";

/** All legal transitions. Any other is a bug. */
export const closingTransitions: Readonly<
  Record<ClosingState, Readonly<Partial<Record<ClosingTrigger, ClosingState>>>>
> = {
  open: { "send-close": "closing", "receive-close": "close-received", fail: "failing", drop: "failed", end: "ended" },
  closing: {
    ...{ "close-taken": "close-sent", "receive-close": "close-received" },
    ...{ fail: "failing", drop: "failed", end: "ended" },
  },
  "close-sent": { "receive-close": "closed", fail: "failed", drop: "failed", end: "ended" },
  "close-received": { "close-taken": "closed", end: "ended" },
  closed: { end: "ended" },
  failing: { "close-taken": "failed", end: "ended" },
  failed: { end: "ended" },
  ended: {},
};

/** Returns the state after `trigger`. @throws Error when the transition is not in the table */
export function nextClosingState(state: ClosingState, trigger: ClosingTrigger): ClosingState {
  const next = closingTransitions[state][trigger];
  if (next === undefined) throw new Error(`bug: ${trigger} in state ${state}`);
  return next;
}

/** How to proceed with the transport once all output taken has been written. */
export type TransportAction =
  /** Keep it. */
  | "keep"
  /** Write nothing more, and wait until the peer ends it. */
  | "await-end"
  /** End our half, and read until the peer ends its half. */
  | "end"
  /** Drop it now, even if output is unwritten: a deadline has passed, or the peer does not read. */
  | "abort";

/** RFC 6455 §7.1.1: the server ends the transport first, and the client waits for that. */
export function transportAction(state: ClosingState, role: Role): TransportAction {
  if (state === "closed") return role === "server" ? "end" : "await-end";
  return state === "failed" || state === "ended" ? "end" : "keep";
}
