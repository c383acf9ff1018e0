/**
 * Fires events at a target that has `on…` attributes of ours. The `EventTarget` of Workers (workerd) looks for `on` and the
 * type of an event on its object by itself, and calls what it finds, beside the listeners: a handler that is a listener
 * already, in its own place among them (HTML §8.1.8.1), would be called twice. So it is hidden from that one look.
 */
import { Event, EventTarget } from "./platform-classes.ts";

/** Whether the platform looks for handlers; unknown until the first event. */
let looksForHandlers: boolean | undefined;

/** At whom, and at which of its handlers, the platform is about to look. */
let target: EventTarget | undefined;
let type: unknown;

/** Dispatches `event` as the platform does, whatever a subclass makes of `dispatchEvent`. */
export function fire(at: EventTarget, event: Event): boolean {
  looksForHandlers ??= findOut();
  if (!looksForHandlers) return EventTarget.prototype.dispatchEvent.call(at, event);
  target = at;
  type = (event as Event | undefined)?.type;
  try {
    return EventTarget.prototype.dispatchEvent.call(at, event);
  } finally {
    target = undefined;
  }
}

/** Whether it is the platform that asks `of` for its handler of events of that type, and not the application. */
export function isAskedByPlatform(of: EventTarget, typeOfHandler: string): boolean {
  if (of !== target || typeOfHandler !== type) return false;
  // It looks once for each event, before it calls anybody.
  target = undefined;
  return true;
}

function findOut(): boolean {
  let isAsked = false;
  class Probe extends EventTarget {
    get onprobe(): null {
      isAsked = true;
      return null;
    }
  }
  new Probe().dispatchEvent(new Event("probe"));
  return isAsked;
}
