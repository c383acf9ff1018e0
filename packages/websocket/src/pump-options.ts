/** What a pump is made of. */
import {
  type Connection,
  type DeadlineOptions,
  type Endpoint,
  type Instant,
  type OptionChecks,
  takes,
} from "@hybi/core";
import type { Clock } from "./clock.ts";
import { endpointChecks, hasMethods } from "./option-checks.ts";
import type { PumpListener } from "./pump-listener.ts";
import type { ErrorHandler } from "./reporter.ts";
import type { Transport } from "./transport.ts";

/** What a pump is made of. */
export interface PumpOptions {
  /** With its opening handshake, or a connection whose peers agreed by other means. */
  readonly endpoint: Endpoint | Connection;
  readonly transport: Transport;
  readonly listener: PumpListener;
  readonly clock?: Clock | undefined;
  readonly deadlines?: DeadlineOptions | undefined;
  /** When the opening began, by the clock: its deadline counts from then on, and not from the start of the pump. */
  readonly begunAt?: Instant | undefined;
  /** Takes what the listener throws, or an extension. Without it the clock reports it, or it is uncaught. */
  readonly onError?: ErrorHandler | undefined;
  /**
   * Bytes taken for one write, at least 1; 128 KiB. What waits beyond it can be overtaken by control frames and by more
   * urgent messages; more of it makes large messages a little faster.
   */
  readonly writeBudget?: number | undefined;
}

/** The checks of a pump's options. */
export const pumpChecks: OptionChecks<PumpOptions> = {
  endpoint: takes.only("an Endpoint or a Connection", (value) => hasMethods(value, "receiveEnd")),
  transport: takes.only("a Transport", (value) => hasMethods(value, "start")),
  listener: takes.only("a PumpListener, such as { ...silentListener, text(data) {} }", (value) =>
    hasMethods(value, "end"),
  ),
  clock: endpointChecks.clock,
  // Of `Deadlines`, which remembers those that it has seen.
  deadlines: takes.anything,
  begunAt: takes.only("an instant", (value) => typeof value === "number"),
  onError: takes.callback,
  writeBudget: endpointChecks.writeBudget,
};

export const defaultWriteBudget = 131_072;
