/**
 * Limits on the quantities that a peer can make grow, with defaults and their reasons. Each limit is checked before
 * memory is allocated, and each has its own violation. Two bounds are elsewhere: the rate of control frames is a deadline
 * (`Deadlines.controlFrames`), and replies to Pings have a fixed bound without a violation (sending/control-queue.ts).
 */

import { Latest } from "../checks/latest.ts";
import { type OptionCheck, type OptionChecks, onceChecked, takes } from "../checks/option-checks.ts";

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
export const defaultLimits: Limits = {
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
};

const limitChecks = Object.fromEntries(
  Object.keys(defaultLimits).map((name) => [name, takes.atLeast(0)]),
) as OptionChecks<Limits>;

/** Names that other implementations use for the message limit. */
const aliases = { maxpayload: "message", maxmessagesize: "message", maxpayloadlength: "message", size: "message" };

/** The option `limits`. */
export const limitsCheck: OptionCheck = takes.options(limitChecks, aliases);

const checkLimits = onceChecked((changes: object) => limitsCheck(changes, "limits"));

const shared = new Latest(defaultLimits);

/**
 * Returns the defaults with `changes` applied. A change to undefined is ignored.
 *
 * @throws UsageError `option/unknown`, `option/type`, `option/range`
 */
export function resolveLimits(changes: Partial<Limits> | undefined): Limits {
  if (changes === undefined) return defaultLimits;
  checkLimits(changes);
  const limits: Record<string, number> = { ...defaultLimits };
  for (const [name, value] of Object.entries(changes)) if (value !== undefined) limits[name] = value;
  return shared.like(limits as unknown as Limits);
}

/** Returns the maximum received bytes of an encoded message. */
export function encodedMessageLimit({ encodedMessage, message }: Limits): number {
  return encodedMessage === Number.POSITIVE_INFINITY ? message + Math.ceil(message / 8) + 1024 : encodedMessage;
}
