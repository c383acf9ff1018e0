/**
 * Wraps each event listener of the application in a guard that reports what it throws. Without it the platform would end the
 * program, and would not pass the error to `onError`. A callback has the same guard wherever it is registered, so that the
 * platform still recognizes a callback that is added twice (DOM §2.7, "add an event listener").
 */
import { type Reporter, reportRejection } from "../event-loop/reporter.ts";

type Guard = (this: unknown, event: Event) => void;
type EventListenerObject = { handleEvent(event: Event): unknown };

/** The guards of the listeners of one kind of event target. */
export class GuardedListeners {
  readonly #reporterOf: (target: unknown) => Reporter;
  readonly #guards = new WeakMap<object, Guard>();

  /** `reporterOf` returns the reporter for the errors of a target's listeners. */
  constructor(reporterOf: (target: unknown) => Reporter) {
    this.#reporterOf = reporterOf;
  }

  /** Returns the guard to add in place of `callback`. Returns a value that is not a callback as it is: the platform checks it. */
  guard(callback: unknown): unknown {
    if (!isCallback(callback)) return callback;
    let guard = this.#guards.get(callback);
    if (guard === undefined) {
      guard = this.#guardOf(callback);
      this.#guards.set(callback, guard);
    }
    return guard;
  }

  /** Returns what was added in place of `callback`. */
  guarding(callback: unknown): unknown {
    return isCallback(callback) ? (this.#guards.get(callback) ?? callback) : callback;
  }

  #guardOf(callback: object): Guard {
    const reporterOf = this.#reporterOf;
    return typeof callback === "function"
      ? function (event) {
          try {
            // In workerd without the compatibility flag set_event_target_this, `this` is not the target.
            const returned: unknown = callback.call(this ?? targetOf(event), event);
            if (typeof returned === "object") reportRejection(returned, reporterOf(targetOf(event)));
          } catch (error) {
            reporterOf(targetOf(event))(error);
          }
        }
      : (event) => {
          try {
            // Web IDL §3.12: looked up at the call. If it is not a function, a TypeError is thrown and reported.
            const returned = (callback as EventListenerObject).handleEvent(event);
            if (typeof returned === "object") reportRejection(returned, reporterOf(targetOf(event)));
          } catch (error) {
            reporterOf(targetOf(event))(error);
          }
        };
  }
}

function isCallback(value: unknown): value is object {
  return typeof value === "function" || (typeof value === "object" && value !== null);
}

/**
 * Returns the target of the event. After the dispatch `currentTarget` is null, but `target` is still set (DOM §2.9). In Node
 * `currentTarget` is null for all listeners but the first.
 */
export function targetOf(event: Event): unknown {
  return event.currentTarget ?? event.target;
}
