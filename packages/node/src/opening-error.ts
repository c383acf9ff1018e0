/** Why no connection came of an opening handshake: the other endpoint's answer, its fault, or the transport's. */
import type { ResponseHead, Violation } from "@hybi/core";

/** What is known of the reason. */
export interface OpeningErrorDetails {
  readonly response?: ResponseHead | undefined;
  readonly body?: Uint8Array | undefined;
  readonly violation?: Violation | undefined;
  readonly cause?: unknown;
}

/** The opening handshake failed; `connect` rejects with it, and a server tells it to `onFailure`. */
export class OpeningError extends Error {
  /** The server's answer, when it was one of HTTP and not a WebSocket connection: 401, 404, a redirect … */
  readonly response: ResponseHead | undefined;
  /** What came of the body of that answer, at most `limits.rejectionBody` bytes. */
  readonly body: Uint8Array | undefined;
  /** The rule that the other endpoint broke, when that is why. */
  readonly violation: Violation | undefined;

  constructor({ response, body, violation, cause }: OpeningErrorDetails) {
    super(sentence({ response, violation, cause }), cause === undefined ? undefined : { cause });
    this.name = "OpeningError";
    this.response = response;
    this.body = body;
    this.violation = violation;
  }
}

function sentence({ response, violation, cause }: OpeningErrorDetails): string {
  if (response !== undefined) return `The server answered ${response.status} ${response.reasonPhrase}`.trimEnd();
  if (cause instanceof Error) return `The transport was lost before the connection was open: ${cause.message}`;
  return violation === undefined ? "The connection was given up." : `${violation.message} (${violation.section})`;
}
