/**
 * Event listeners of the application, each called within a guard: the platform would end the program for what one of them
 * throws, and says nothing to who has to know. A guard stands for its callback alone, whatever it is registered for, so that
 * the platform still sees the same callback twice (DOM §2.7, "add an event listener").
 */
import { type Reporter, reportRejection } from "./reporter.ts";

type Guard = (this: unknown, event: Event) => void;
type EventListenerObject = { handleEvent(event: Event): unknown };

/** The guards of the listeners of one kind of event target. */
export class GuardedListeners {
  readonly #reporterOf: (target: unknown) => Reporter;
  readonly #guards = new WeakMap<object, Guard>();

  /** `reporterOf` says where the errors of a target's listeners go. */
  constructor(reporterOf: (target: unknown) => Reporter) {
    this.#reporterOf = reporterOf;
  }

  /** What to add in place of `callback`; itself where it is no callback, which is the platform's to judge. */
  guard(callback: unknown): unknown {
    if (!isCallback(callback)) return callback;
    let guard = this.#guards.get(callback);
    if (guard === undefined) {
      guard = this.#guardOf(callback);
      this.#guards.set(callback, guard);
    }
    return guard;
  }

  /** What was added in place of `callback`. */
  guarding(callback: unknown): unknown {
    return isCallback(callback) ? (this.#guards.get(callback) ?? callback) : callback;
  }

  #guardOf(callback: object): Guard {
    const reporterOf = this.#reporterOf;
    return typeof callback === "function"
      ? function (event) {
          try {
            // Of workerd, before the compatibility flag set_event_target_this, `this` is no target.
            const returned: unknown = callback.call(this ?? targetOf(event), event);
            if (typeof returned === "object") reportRejection(returned, reporterOf(targetOf(event)));
          } catch (error) {
            reporterOf(targetOf(event))(error);
          }
        }
      : (event) => {
          try {
            // Web IDL §3.12: looked up at the call. What is no function throws a TypeError, which is reported.
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

/** Whose event it is. `target` is that too once it was told, when `currentTarget` is null (DOM §2.9). */
function targetOf(event: Event): unknown {
  return event.currentTarget ?? event.target;
}
