/** The named leniencies: what strict mode rejects and a caller may accept with `tolerate: [...]`. */
import { type OptionCheck, takes } from "../checks/option-checks.ts";

/**
 * - `"bare-line-feed"`: a lone LF ends a line of a head (RFC 9112 §2.2 lets a recipient do so).
 * - `"truncated-status-line"`: a status line ends with the status code, without the space that must follow it (RFC 9112 §4).
 * - `"non-canonical-key"`: a Sec-WebSocket-Key whose unused pad bits are not zero (RFC 4648 §3.5).
 * - `"empty-subprotocol"`: an empty Sec-WebSocket-Protocol field in a request counts as absent.
 * - `"malformed-extensions"`: a Sec-WebSocket-Extensions field in a request that does not conform to the grammar of RFC 6455
 *   §9.1 counts as absent.
 * - `"non-minimal-length"`: a payload length in more bytes than needed (RFC 6455 §5.2).
 */
export type Leniency = (typeof leniencies)[number];

const leniencies = [
  "bare-line-feed",
  "truncated-status-line",
  "non-canonical-key",
  "empty-subprotocol",
  "malformed-extensions",
  "non-minimal-length",
] as const;

/** Shared by all connections, and passed to the application. An empty array for each idle connection would be 32 bytes. */
export const noLeniencies: readonly Leniency[] = Object.freeze([]);

/** The option `tolerate`. */
export const leniencyCheck: OptionCheck = takes.list(
  'a list of the names of leniencies, such as ["bare-line-feed"]',
  takes.oneOf(...leniencies),
);
