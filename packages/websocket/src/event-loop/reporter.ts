/**
 * Where errors go that the application's own callbacks throw: handlers, listeners and hooks. All of them follow one
 * rule, see docs/guide/websocket.md, "Errors of your own code".
 */

import { queueMicrotask } from "../platform/runtime.ts";
import type { Clock } from "./clock.ts";

/** Receives an error. Never throws. */
export type Reporter = (error: unknown) => void;

/** The type of the application's `onError`. */
export type ErrorHandler = (error: unknown) => unknown;

/** Throws the error as an uncaught exception, as the platform does with errors of event listeners. */
export const asUncaught: Reporter = (error) => {
  queueMicrotask(() => {
    throw error;
  });
};

/** Prints the error: an exception in one connection's handler must not end a server. */
export const printed: Reporter = (error) => {
  try {
    console.error(error);
  } catch {
    // The error cannot be printed, or there is no console.
  }
};

/** Reports to `onError`; without it to `clock.reportError`; without that to `otherwise`. */
export function createReporter(onError: ErrorHandler | undefined, clock: Clock, otherwise: Reporter): Reporter {
  if (onError !== undefined) return guarded(onError);
  return clock.reportError === undefined ? otherwise : guarded((error) => clock.reportError?.(error));
}

/**
 * Reports an exception of a function of the clock that schedules what all connections of the clock wait for. The caller then
 * uses other means.
 */
export function clockThrew(clock: Clock, error: unknown): void {
  createReporter(undefined, clock, asUncaught)(error);
}

/** Reports the rejection of a callback's return value if that is a promise. */
export function reportRejection(returned: unknown, report: Reporter): void {
  if (typeof returned !== "object" || returned === null) return;
  // The platform already reports an unhandled rejection by itself, as `unhandledrejection`.
  if (report === asUncaught) return;
  const { then } = returned as { then?: unknown };
  if (typeof then === "function") then.call(returned, undefined, report);
}

/** Calls `callback`, and reports what it throws or its promise rejects with. */
export function callGuarded(callback: () => unknown, report: Reporter): void {
  try {
    reportRejection(callback(), report);
  } catch (error) {
    report(error);
  }
}

/** The error handler itself may fail. Nothing else could handle that, so print both errors instead of losing one. */
function guarded(take: ErrorHandler): Reporter {
  return (error) => {
    const failed = (second: unknown): void => {
      printed(error);
      printed(second);
    };
    callGuarded(() => take(error), failed);
  };
}
