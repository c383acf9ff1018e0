/**
 * Limits on the quantities that a peer, or the application on its behalf, can make grow, with their reasons: `Limits` can be
 * changed by options, `fixedLimits` cannot. Each is checked before memory is allocated. A quantity for each time span, the
 * rate of control frames, is a deadline (`DeadlineOptions.controlFrames`).
 */

import { type OptionCheck, type OptionChecks, takes } from "../checks/option-checks.ts";
import { limitAliases } from "../sentences/loaded.ts";

/** Limits of an endpoint. All are inclusive; `Infinity` disables one. */
export interface Limits {
  /** Bytes of a request or response head, including its empty line (RFC 9110 §5.4). 16 KiB: what Node and most proxies allow. */
  readonly head: number;
  /** Bytes of one line of a head. 8 KiB: longer than usual cookies and targets (RFC 9112 §3 asks for 8000). */
  readonly line: number;
  /** Field lines of a head. 128: browsers send about 20. */
  readonly fields: number;
  /** Extensions offered in a request. 16: browsers offer one, and even a list of alternatives is a handful (RFC 7692 §5.1). */
  readonly extensionOffers: number;
  /** Parameters per offered extension. 16: permessage-deflate has four. An object for each takes 30 times its bytes. */
  readonly extensionParameters: number;
  /** Subprotocols offered in a request. 64. */
  readonly subprotocols: number;
  /** Interim (1xx) responses before the final one. 8: more is a loop. */
  readonly interimResponses: number;
  /** Bytes kept of the body of a rejection. 64 KiB: enough for an error page. */
  readonly rejectionBody: number;
  /** Bytes kept that arrive with an opening request before it is accepted. 64 KiB: one read of the transport. */
  readonly earlyData: number;
  /** Payload bytes of one frame. Infinity: `message` bounds it. */
  readonly frame: number;
  /** Bytes of a message, after decompression. 16 MiB: what most servers allow. */
  readonly message: number;
  /**
   * Bytes of an encoded message as received, before extensions are undone. Infinity: bounded by `message` plus an eighth
   * of it and 1 KiB. Incompressible data grows only slightly when encoded; more than that serves only to waste CPU time.
   */
  readonly encodedMessage: number;
  /**
   * Frames of a message. 131,072: an assembled fragment costs about its bytes, so this bounds time and not memory.
   * 65,536 would reject 4 MiB in fragments of 64 bytes with an empty last one (Autobahn's cases 9.3.1 and 9.4.1).
   */
  readonly fragments: number;
  /** Bytes of output not yet taken, above which commands throw. 256 MiB: a stop for runaway senders. */
  readonly queuedOutput: number;
}

/** The defaults; see the fields of `Limits` for the reasons. */
export const defaultLimits: Limits = Object.freeze({
  head: 16_384,
  line: 8_192,
  fields: 128,
  extensionOffers: 16,
  extensionParameters: 16,
  subprotocols: 64,
  interimResponses: 8,
  rejectionBody: 65_536,
  earlyData: 65_536,
  frame: Number.POSITIVE_INFINITY,
  message: 16_777_216,
  encodedMessage: Number.POSITIVE_INFINITY,
  fragments: 131_072,
  queuedOutput: 268_435_456,
});

/** Limits without an option, because no application has a reason to choose others. */
export const fixedLimits = {
  /** Empty lines skipped before a request line. 4: a server SHOULD ignore at least one (RFC 9112 §2.2). */
  emptyLines: 4,
  /**
   * Pending replies to Pings; the oldest are dropped first, which is no violation. RFC 6455 §5.5.3 requires a reply only to
   * the most recent Ping. But peers expect a reply to each, to measure round trips or as in Autobahn's case 2.10, and
   * whether a few Pings arrive in one chunk is chance. 16 of them are 2 KiB.
   */
  pendingReplies: 16,
  /**
   * Bytes of pending messages that are still sent before a Close frame that replies to the peer or fails the connection; the
   * rest is dropped. RFC 6455 §5.5.1 lets an endpoint finish its current message first. 1 MiB keeps the Close from waiting
   * behind 100 MB.
   */
  sentBeforeClose: 1_048_576,
  /**
   * Bytes of the body with which a server rejects an opening request. 64 KiB: it only explains the reason to a human, and a
   * client keeps no more of it (`rejectionBody`).
   */
  sentRejectionBody: 65_536,
} as const;

const names = Object.keys(defaultLimits) as (keyof Limits)[];

const limitChecks = Object.fromEntries(names.map((name) => [name, takes.atLeast(0)])) as OptionChecks<Limits>;

/** The option `limits`. */
export const limitsCheck: OptionCheck = takes.options(limitChecks, limitAliases);

/**
 * Returns the defaults with `changes` applied. A change to undefined is ignored.
 *
 * @throws UsageError `option/unknown`, `option/type`, `option/range`
 */
export function resolveLimits(changes: Partial<Limits> | undefined): Limits {
  if (changes === undefined) return defaultLimits;
  limitsCheck(changes, "limits");
  const limits: Record<keyof Limits, number> = { ...defaultLimits };
  // By name, because a limit may be inherited, or a getter of a class.
  for (const name of names) limits[name] = changes[name] ?? limits[name];
  return Object.freeze(limits);
}

/** Returns the maximum received bytes of an encoded message. */
export function encodedMessageLimit({ encodedMessage, message }: Limits): number {
  return encodedMessage === Number.POSITIVE_INFINITY ? message + Math.ceil(message / 8) + 1024 : encodedMessage;
}
