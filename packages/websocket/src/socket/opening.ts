/** The opening of a client's connection, as the connection sees it, and the other way round. Servers have none. */
import type { ResponseHead } from "@hybi/core/opening";
import type { Failure } from "../failure/failure.ts";
import type { Diagnostics } from "../pump/diagnostics.ts";
import type { PumpListener } from "../pump/listener.ts";
import type { Pump } from "../pump/pump.ts";

/** One attempt to open a connection, redirects included. */
export interface Opening {
  /** See `RuntimeOptions`. */
  readonly diagnostics?: Diagnostics | undefined;
  start(): void;
  /** Gives the attempt up. The end is reported later, and not from inside this call. */
  abort(): void;
  /** Called when the connection is open, or never will be. */
  leave(): void;
  /** Called with a response whose status is not success. Follows a permitted redirect, and returns whether it did. */
  follow(response: ResponseHead): boolean;
}

/** Receives the events of an opening. */
export interface OpeningListener extends PumpListener {
  /** The WebSocket or WebSocketStream, for diagnostics. */
  readonly target?: object | undefined;
  /** Called with a new pump, again after a redirect, before the pump is started. */
  attach(pump: Pump): void;
  /** Called when there will be no pump. Nothing follows. */
  openingFailed(failure: Failure): void;
}
