/**
 * Every quantity that a peer can make grow, with its default and the reason for it. Each limit is checked before the
 * memory is committed, and each has a violation of its own.
 */
import { Latest } from "./latest.ts";
import { type OptionCheck, type OptionChecks, onceChecked, takes } from "./options.ts";

/** Limits of an endpoint; all are inclusive, and `Infinity` turns one off. */
export interface Limits {
  /** Bytes of a request or response head, with its empty line (RFC 9110 §5.4). 16 KiB: what Node and most proxies allow. */
  readonly head: number;
  /** Bytes of one line of a head. 8 KiB: the usual longest cookie or target (RFC 9112 §3 asks for 8000). */
  readonly line: number;
  /** Field lines of a head. 128: browsers send about 20. */
  readonly fields: number;
  /** Extensions that a request offers. 16: browsers offer one, and what alternatives there are is a handful (RFC 7692 §5.1). */
  readonly extensionOffers: number;
  /** Parameters of one of them. 16: permessage-deflate has four. An object for each takes 30 times its bytes. */
  readonly extensionParameters: number;
  /** Subprotocols that a request offers. 64. */
  readonly subprotocols: number;
  /** Interim (1xx) responses before the final one. 8: more is a loop. */
  readonly interimResponses: number;
  /** Bytes kept of the body of a rejection. 64 KiB: enough for an error page. */
  readonly rejectionBody: number;
  /** Bytes kept that came with an opening request before it was accepted. 64 KiB: one read of the transport. */
  readonly earlyData: number;
  /** Bytes of payload of one frame. No limit of its own: `message` bounds it. */
  readonly frame: number;
  /** Bytes of a message, after decompression. 16 MiB: what most servers allow. */
  readonly message: number;
  /**
   * Bytes of a message that an extension transforms, as they are received. No limit of its own: `message`, an eighth of it
   * and 1 KiB bound it. What does not become smaller becomes hardly larger; more is made to keep us busy.
   */
  readonly encodedMessage: number;
  /**
   * Frames of a message. 131,072: an assembled fragment costs about its bytes, so this bounds time and not memory. 65,536
   * would refuse 4 MiB in fragments of 64 bytes with an empty last one (Autobahn's cases 9.3.1 and 9.4.1).
   */
  readonly fragments: number;
  /** Bytes of output not yet taken, above which commands are refused. 256 MiB: a stop for runaway senders. */
  readonly queuedOutput: number;
}

/** The defaults; the reasons stand beside the fields of `Limits`. */
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

/** What other implementations call the limit of messages. */
const aliases = { maxpayload: "message", maxmessagesize: "message", maxpayloadlength: "message", size: "message" };

/** The option `limits`. */
export const limitsCheck: OptionCheck = takes.options(limitChecks, aliases);

const checkLimits = onceChecked((changes: object) => limitsCheck(changes, "limits"));

const shared = new Latest(defaultLimits);

/**
 * The defaults with `changes` applied; a change to undefined is none.
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

/** The bytes of a transformed message that may be received. */
export function encodedMessageLimit({ encodedMessage, message }: Limits): number {
  return encodedMessage === Number.POSITIVE_INFINITY ? message + Math.ceil(message / 8) + 1024 : encodedMessage;
}
