/**
 * Clients for whom there is no place: each is told so before it has said anything, so that nobody has to be waited for, and is
 * let go at once. RFC 9112 §9.6: whoever closes while the peer still sends resets the connection, and the answer may be lost; so
 * what comes is read, for a moment, and by a bounded number.
 */
import { encodeResponseHead, type Rejection, rejectOpeningRequest } from "@hybi/core";
import type { Clock } from "./clock.ts";
import type { Reporter } from "./reporter.ts";
import { startTimer, type Timer } from "./timer.ts";
import type { Transport, TransportSink } from "./transport.ts";

/** Milliseconds in which a client must have taken its answer and closed. */
const lingering = 2_000;

/** Of whom the oldest is dropped for another one. */
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

  /** Answers with `rejection` over `transport`, or only drops it where an answer costs more, as that over TLS. */
  add(transport: Transport, rejection: Rejection, isSecure: boolean): void {
    const [oldest] = this.#lingering;
    if (this.#lingering.size >= mostLingering) oldest?.drop();
    const one = new Lingering(transport, this.#clock, this.#report, () => this.#lingering.delete(one));
    this.#lingering.add(one);
    if (isSecure) one.drop();
    else {
      const { head, body } = rejectOpeningRequest(rejection);
      one.begin([encodeResponseHead(head), body]);
    }
  }

  /** Drops all who are left. */
  drop(): void {
    for (const one of [...this.#lingering]) one.drop();
  }
}

/** Writes an answer, and reads what nobody is interested in. */
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

  // What the transport tells

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
