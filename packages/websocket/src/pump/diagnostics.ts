/**
 * Where connections and openings say what happens to them. What becomes of it, messages on named channels, is made in
 * `adapter/create-diagnostics.ts`, so that a bundle without diagnostics has the calls alone. Nothing is kept for them in a connection.
 */
import type { Agreement, Role } from "@hybi/core";
import type { OpeningRequest, WebSocketUrl } from "@hybi/core/opening";
import type { OptionCheck } from "@hybi/core/options";
import type { Failure } from "../failure/failure.ts";
import { takesMethods } from "../platform/option-checks.ts";

/** What `createDiagnostics` returns, for the option `runtime.diagnostics`. No method throws. `websocket` is a WebSocket or WebSocketStream. */
export interface Diagnostics {
  /** A client begins an attempt, after `redirects`. */
  attempted(websocket: object, url: WebSocketUrl, redirects: number): void;
  /** A client will not open. */
  failed(websocket: object, failure: Failure): void;
  /** A valid request has arrived; `accepted` or `refused` follows. */
  requested(request: OpeningRequest, info: object): void;
  accepted(request: OpeningRequest, info: object, websocket: object): void;
  /** An opening has come to nothing. `request` is undefined if there was no valid one. */
  refused(
    request: OpeningRequest | undefined,
    info: object,
    status: number | undefined,
    failure: Failure | undefined,
  ): void;
  /** A connection is open; `closed` follows. */
  opened(websocket: object, role: Role, agreement: Agreement): void;
  /** A Ping or a Pong has arrived. */
  received(what: "ping" | "pong", websocket: object, role: Role, payload: Uint8Array): void;
  closed(
    websocket: object,
    role: Role,
    end: { readonly code: number; readonly reason: string; readonly wasClean: boolean },
    failure: Failure | undefined,
  ): void;
}

/** Check of the option. */
export const diagnosticsCheck: OptionCheck = takesMethods("what createDiagnostics returns", "opened", "closed");
