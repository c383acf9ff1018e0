/** The error of an opening handshake that failed: by the server's response, its violation, or an error of the transport. */
import type { Violation } from "@hybi/core";
import type { ResponseHead } from "@hybi/core/opening";
import type { FailureEvent } from "./socket-events.ts";

/** Reports that the opening handshake failed; an adapter's `connect` rejects with it. `cause` is the error of the transport. */
export class OpeningError extends Error {
  /** The HTTP response, if the server sent one instead of opening a WebSocket connection: 401, 404, a redirect … */
  readonly response: ResponseHead | undefined;
  /** The part of that response's body that arrived, at most `limits.rejectionBody` bytes. */
  readonly body: Uint8Array | undefined;
  /** The rule that the server broke, if that is the cause. */
  readonly violation: Violation | undefined;

  constructor({ message, response, body, violation, error }: FailureEvent) {
    super(message, error === undefined ? undefined : { cause: error });
    this.name = "OpeningError";
    this.response = response;
    this.body = body;
    this.violation = violation;
  }
}
