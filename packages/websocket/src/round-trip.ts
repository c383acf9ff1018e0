/** How long a Ping takes to be answered (RFC 6455 §5.5.2–5.5.3). One is measured at a time: the latest that was sent. */
import type { Instant } from "@hybi/core";

export class RoundTrip {
  /** Milliseconds, of the latest Ping that was answered. */
  latest: number | undefined;
  #since: Instant | undefined;
  #payload: Uint8Array | "own" = "own";

  /** A Ping was sent: with this payload, or one of the endpoint's own, whose payload only the endpoint knows. */
  sent(now: Instant, payload: Uint8Array | "own"): void {
    this.#since = now;
    this.#payload = payload === "own" ? payload : payload.slice();
  }

  /** A Pong came. `awaitsPong` says whether a Ping of the endpoint's own is still unanswered. */
  received(now: Instant, awaitsPong: boolean, payload: Uint8Array): void {
    if (this.#since === undefined) return;
    const answers = this.#payload === "own" ? !awaitsPong : sameBytes(this.#payload, payload);
    if (!answers) return;
    this.latest = now - this.#since;
    this.#since = undefined;
  }
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}
