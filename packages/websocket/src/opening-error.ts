/** Why no connection came of an opening handshake: the server's answer, its fault, or the transport's. */
import type { ResponseHead, Violation } from "@hybi/core";
import type { FailureEvent } from "./socket-events.ts";

/** The opening handshake failed; the `connect` of an adapter rejects with it. `cause` is the transport's error. */
export class OpeningError extends Error {
  /** The server's answer, when it was one of HTTP and not a WebSocket connection: 401, 404, a redirect … */
  readonly response: ResponseHead | undefined;
  /** What came of the body of that answer, at most `limits.rejectionBody` bytes. */
  readonly body: Uint8Array | undefined;
  /** The rule that the server broke, when that is why. */
  readonly violation: Violation | undefined;

  constructor({ message, response, body, violation, error }: FailureEvent) {
    super(message, error === undefined ? undefined : { cause: error });
    this.name = "OpeningError";
    this.response = response;
    this.body = body;
    this.violation = violation;
  }
}
