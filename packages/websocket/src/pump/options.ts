/** Options of a pump, with their checks. */
import type { DeadlineConfig, DeadlineOptions, Endpoint, Instant } from "@hybi/core";
import { type OptionChecks, takes } from "@hybi/core/options";
import type { Clock } from "../event-loop/clock.ts";
import type { ErrorHandler } from "../event-loop/reporter.ts";
import { clockCheck, takesMethods } from "../platform/option-checks.ts";
import { transportCheck } from "../transport/checks.ts";
import type { Transport } from "../transport/transport.ts";
import { type PumpListener, silentListener } from "./listener.ts";

/** Options of a pump. */
export interface PumpOptions {
  /** An endpoint that has not received anything, or was created by `Endpoint.fromAgreement`. */
  readonly endpoint: Endpoint;
  readonly transport: Transport;
  readonly listener: PumpListener;
  readonly clock?: Clock | undefined;
  readonly deadlines?: DeadlineOptions | DeadlineConfig | undefined;
  /** When the opening began, by `clock`. The opening deadline counts from then, and not from the start of the pump. */
  readonly begunAt?: Instant | undefined;
  /**
   * Receives errors thrown by the listener or by an extension. Without it, `clock.reportError` does, or they are
   * uncaught.
   */
  readonly onError?: ErrorHandler | undefined;
  /**
   * Bytes per write, at least 1. Default: 128 KiB. Output beyond it stays in the endpoint, where control frames and
   * more urgent messages can overtake it; a larger budget makes large messages a little faster.
   */
  readonly writeBudget?: number | undefined;
  /** See `RuntimeOptions`. */
  readonly wrapTransport?: ((transport: Transport) => Transport) | undefined;
}

/** Checks of a pump's options. */
export const pumpChecks: OptionChecks<PumpOptions> = {
  endpoint: takesMethods("an Endpoint", "receiveEnd", "takeRest"),
  transport: transportCheck,
  listener: takesMethods(
    "a PumpListener, such as { ...silentListener, text(data) {} }",
    ...Object.keys(silentListener),
  ),
  clock: clockCheck,
  // Checked by `Deadlines`.
  deadlines: takes.anything,
  begunAt: takes.only("an instant in milliseconds", (value) => typeof value === "number"),
  onError: takes.callback,
  writeBudget: takes.atLeast(1),
  wrapTransport: takes.callback,
};

export const defaultWriteBudget = 131_072;

/** Checks the options that every pump needs: `checkOptions` takes an option that is undefined for one left out. */
export function checkNeeded({ endpoint, transport, listener }: PumpOptions): void {
  if (endpoint === undefined) pumpChecks.endpoint(endpoint, "endpoint");
  if (transport === undefined) pumpChecks.transport(transport, "transport");
  if (listener === undefined) pumpChecks.listener(listener, "listener");
}
