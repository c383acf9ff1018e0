/**
 * Clients for which there is no place. Each is rejected before it has sent anything, so that the server need not wait
 * for its request, and is then released at once. RFC 9112 §9.6: closing while the peer is still sending resets the
 * connection, and the response may be lost. So input is read and discarded, for a short time and for a bounded number
 * of clients.
 */
import { encodeResponseHead, type Rejection, rejectOpeningRequest } from "@hybi/core/opening";
import type { Clock } from "../event-loop/clock.ts";
import type { Reporter } from "../event-loop/reporter.ts";
import { startTimer, type Timer } from "../event-loop/timer.ts";
import type { Transport, TransportSink } from "../transport/transport.ts";

/** Milliseconds for a client to read its response and close. */
const lingering = 2_000;

/** Maximum lingering clients; above it, the oldest is dropped. */
const mostLingering = 64;

export class TurnedAway {
  readonly #clock: Clock;
  readonly #report: Reporter;
  /** In order of arrival. */
  readonly #lingering = new Set<Lingering>();

  constructor(clock: Clock, report: Reporter) {
    this.#clock = clock;
    this.#report = report;
  }

  /** Sends `rejection` over `transport`. Over TLS the transport is only dropped, because a response would cost more. */
  add(transport: Transport, rejection: Rejection, isSecure: boolean): void {
    const [oldest] = this.#lingering;
    if (this.#lingering.size >= mostLingering) oldest?.drop();
    const one: Lingering = new Lingering(transport, this.#clock, this.#report, () => this.#lingering.delete(one));
    this.#lingering.add(one);
    if (isSecure) one.drop();
    else {
      const { head, body } = rejectOpeningRequest(rejection);
      one.begin([encodeResponseHead(head), body]);
    }
  }

  /** Drops all lingering clients. */
  drop(): void {
    for (const one of [...this.#lingering]) one.drop();
  }
}

/** Writes a response, then discards input until the client closes. */
class Lingering implements TransportSink {
  readonly #transport: Transport;
  readonly #timer: Timer;
  readonly #report: Reporter;
  readonly #gone: () => unknown;
  #isGone = false;

  constructor(transport: Transport, clock: Clock, report: Reporter, gone: () => unknown) {
    this.#transport = transport;
    this.#report = report;
    this.#gone = gone;
    this.#timer = startTimer(clock, lingering, () => this.drop());
  }

  begin(answer: readonly Uint8Array[]): void {
    try {
      this.#transport.start(this);
      if (this.#isGone) return;
      this.#transport.write(answer);
      if (!this.#isGone) this.#transport.end();
    } catch (error) {
      this.#report(error);
      this.drop();
    }
  }

  drop(): void {
    if (this.#isGone) return;
    this.close();
    try {
      this.#transport.abort();
    } catch (error) {
      this.#report(error);
    }
  }

  // Called by the transport

  data(): void {}

  drain(): void {}

  end(): void {}

  error(): void {}

  close(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#timer.cancel();
    this.#gone();
  }
}
