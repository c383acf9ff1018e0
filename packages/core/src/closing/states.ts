/**
 * The closing handshake as one machine (RFC 6455 §7.1). This table is all there is: the diagram in
 * docs/design/closing-handshake.md is drawn from it.
 *
 * Theory of operation. Two Close frames pass, one each way, and then the transport ends. Ours goes through two steps,
 * because output is drawn by the transport: it is *queued*, when messages may still leave before it, and it is *taken*,
 * when no data frame may follow it (§5.5.1). The peer's arrives whole. What it answers decides who began:
 *
 * - we queue a Close first, and the peer's Close answers it: `open → closing → close-sent → closed`;
 * - the peer's Close arrives first, and ours answers it: `open → close-received → closed`;
 * - both at once: whichever Close arrives while ours is still queued counts as having come first, and ours answers it.
 *
 * Failing the connection (§7.1.7) queues a Close too, and then nothing received is read any more. Where the peer has shown
 * that it does not read, there is no Close ("MAY omit"), and the transport is dropped. The end of the transport is final in
 * every state, and clean only after the peer's Close frame (§7.1.4).
 */
import type { Role } from "../role.ts";

/** Named after who did what. */
export type ClosingState =
  /** No Close frame either way. */
  | "open"
  /** Ours is queued, because the application said so. */
  | "closing"
  /** Ours was taken; the peer's is awaited. */
  | "close-sent"
  /** The peer's arrived; ours, which answers it, is queued. */
  | "close-received"
  /** Both have passed: the transport is to end. */
  | "closed"
  /** We failed the connection; our Close is queued. */
  | "failing"
  /** We failed the connection; our Close was taken, or there is none because nobody reads it. */
  | "failed"
  /** The transport ended. */
  | "ended";

/** What moves the machine. */
export type ClosingTrigger = "send-close" | "close-taken" | "receive-close" | "fail" | "drop" | "end";

/** Every legal step; what is not in it cannot happen. */
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

/** The state after `trigger`. */
export function nextClosingState(state: ClosingState, trigger: ClosingTrigger): ClosingState {
  const next = closingTransitions[state][trigger];
  if (next === undefined) throw new Error(`bug: ${trigger} in state ${state}`);
  return next;
}

/** What to do with the transport once everything taken is written. */
export type TransportInstruction =
  /** Keep it. */
  | "keep"
  /** Write nothing more, and wait for the peer to end it. */
  | "await-end"
  /** End it: close our half, and read until the peer closes its. */
  | "end"
  /** Drop it now, written or not: a deadline has passed. */
  | "abort";

/** RFC 6455 §7.1.1: the server closes the transport first, and the client waits for it to do so. */
export function transportInstruction(state: ClosingState, role: Role): TransportInstruction {
  if (state === "closed") return role === "server" ? "end" : "await-end";
  return state === "failed" || state === "ended" ? "end" : "keep";
}
