/**
 * Where errors go that the application's own code throws while it is called: handlers, listeners and hooks. One rule for all
 * of them, in docs/guide/websocket.md, "Errors of your own code".
 */
import type { Clock } from "./clock.ts";
import { queueMicrotask } from "./platform.ts";

/** Takes an error. Never throws. */
export type Reporter = (error: unknown) => void;

/** What an application gives as `onError`. */
export type ErrorHandler = (error: unknown) => unknown;

/** As the platform reports what an event listener throws: an uncaught exception. */
export const asUncaught: Reporter = (error) => {
  queueMicrotask(() => {
    throw error;
  });
};

/** Prints it: what one connection's handler throws must not end a server. */
export const printed: Reporter = (error) => {
  try {
    console.error(error);
  } catch {
    // An error that cannot be printed, or nothing to print with.
  }
};

/** Reports to `onError`; without it to `clock`, where that takes errors, and `otherwise` in the end. */
export function createReporter(onError: ErrorHandler | undefined, clock: Clock, otherwise: Reporter): Reporter {
  if (onError !== undefined) return guarded(onError);
  return clock.reportError === undefined ? otherwise : guarded((error) => clock.reportError?.(error));
}

/** Reports the rejection of what a callback has returned, if that is a promise. */
export function reportRejection(returned: unknown, report: Reporter): void {
  if (typeof returned !== "object" || returned === null) return;
  // The platform tells a rejected promise that nobody looks at by itself, as `unhandledrejection`.
  if (report === asUncaught) return;
  const { then } = returned as { then?: unknown };
  if (typeof then === "function") then.call(returned, undefined, report);
}

/** Calls `callback`, and reports what it throws, or what its promise rejects with. */
export function callGuarded(callback: () => unknown, report: Reporter): void {
  try {
    reportRejection(callback(), report);
  } catch (error) {
    report(error);
  }
}

/** What takes errors may fail as well. Then there is nobody left to tell, but neither error is lost. */
function guarded(take: ErrorHandler): Reporter {
  return (error) => {
    const failed = (second: unknown): void => {
      printed(error);
      printed(second);
    };
    callGuarded(() => take(error), failed);
  };
}
