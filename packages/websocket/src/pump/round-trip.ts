/** Measures the round-trip time of Pings (RFC 6455 §5.5.2–5.5.3). Only the latest Ping sent is measured. */
import type { Instant } from "@hybi/core";

export class RoundTrip {
  /** Round-trip time in milliseconds of the latest answered Ping. */
  latest: number | undefined;
  #since: Instant | undefined;
  #payload: Uint8Array | "own" = "own";

  /** A Ping was sent, with this payload; `own` for a keep-alive Ping, whose payload only the endpoint knows. */
  sent(now: Instant, payload: Uint8Array | "own"): void {
    this.#since = now;
    this.#payload = payload === "own" ? payload : payload.slice();
  }

  /** A Pong arrived. `awaitsPong`: whether a keep-alive Ping of the endpoint is still unanswered. */
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
