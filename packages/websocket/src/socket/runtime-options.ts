/** The option `runtime` of clients and servers: what an adapter supplies, apart from the options of applications. */
import type { NativeFunctions, RandomSource } from "@hybi/core";
import { type OptionChecks, settingChecks, takes } from "@hybi/core/options";
import type { Clock } from "../event-loop/clock.ts";
import { clockCheck, withDefaults } from "../platform/option-checks.ts";
import { type Diagnostics, diagnosticsCheck } from "../pump/diagnostics.ts";
import type { PumpOptions } from "../pump/options.ts";

/** What the runtime provides, and how its transports are used. Adapters and tests set these; applications need not. */
export interface RuntimeOptions {
  /** Time, timers and turns of the event loop. Default: those of the system. */
  readonly clock?: Clock | undefined;
  /** Functions of the runtime that replace slower ones of core. */
  readonly native?: NativeFunctions | undefined;
  /** Source of masking keys and nonces. Default: `crypto.getRandomValues`. */
  readonly random?: RandomSource | undefined;
  /** Payload bytes per frame of a long message; see `ConnectionOptions`. */
  readonly fragmentSize?: number | undefined;
  /** Bytes per write; see `PumpOptions`. */
  readonly writeBudget?: number | undefined;
  /**
   * Which status codes `close` of a client may use. For a `"page"`, the default, 1000 and 3000 to 4999, as the standard demands
   * (WHATWG WebSockets §3.1). For a `"program"` also the others that RFC 6455 §7.4.1 lets a client send, such as 1001, 1008 and
   * 1011. Accepted sockets may always use those of a server.
   */
  readonly closer?: "page" | "program" | undefined;
  /**
   * Called with the transport of each connection before the connection uses it, and returns the one to use: itself, or one around
   * it, such as a `tap`. If it throws, the error is reported, and the transport is used as it is.
   */
  readonly wrapTransport?: PumpOptions["wrapTransport"];
  /** Publishes what happens to connections; what `createDiagnostics` returns for the channels of a runtime. */
  readonly diagnostics?: Diagnostics | undefined;
}

export const runtimeChecks: OptionChecks<RuntimeOptions> = {
  clock: clockCheck,
  native: settingChecks.native,
  random: settingChecks.random,
  fragmentSize: settingChecks.fragmentSize,
  writeBudget: takes.atLeast(1),
  closer: takes.oneOf("page", "program"),
  wrapTransport: takes.callback,
  diagnostics: diagnosticsCheck,
};

/** Returns `defaults` overridden by `given`, and those of `runtime` one by one. A value that is no object is left to the check. */
export function withRuntimeDefaults<Options extends { readonly runtime?: RuntimeOptions | undefined }>(
  defaults: Options,
  given: Options,
): Options {
  const merged = withDefaults(defaults, given);
  return typeof merged.runtime !== "object" || merged.runtime === null || Array.isArray(merged.runtime)
    ? merged
    : { ...merged, runtime: withDefaults({ ...defaults.runtime }, merged.runtime) };
}
