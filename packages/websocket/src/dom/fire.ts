/**
 * Fires events at a target whose `on…` attributes are our own. The `EventTarget` of Workers (workerd) itself also looks up the
 * handler, by the property name `on` + type, and calls it besides the listeners. Our handlers are listeners already, each at
 * its own position (HTML §8.1.8.1), and would be called twice. So the handler is hidden from that one lookup.
 */
import { Event, EventTarget } from "./platform-classes.ts";

/** Whether the platform looks up handlers; undefined until the first event. */
let looksForHandlers: boolean | undefined;

/** The target, and the event type, whose handler the platform is about to look up. */
let target: EventTarget | undefined;
let type: unknown;

/** Dispatches `event` by the platform's method, even if a subclass overrides `dispatchEvent`. */
export function fire(at: EventTarget, event: Event): boolean {
  if (!platformLooksForHandlers()) return EventTarget.prototype.dispatchEvent.call(at, event);
  target = at;
  type = (event as Event | undefined)?.type;
  try {
    return EventTarget.prototype.dispatchEvent.call(at, event);
  } finally {
    target = undefined;
  }
}

/** Whether the platform looks up handlers by itself when it dispatches an event. */
export function platformLooksForHandlers(): boolean {
  looksForHandlers ??= findOut();
  return looksForHandlers;
}

/** Whether the platform, and not the application, is reading the handler of `of` for events of that type. */
export function isAskedByPlatform(of: EventTarget, typeOfHandler: string): boolean {
  if (of !== target || typeOfHandler !== type) return false;
  // The platform looks once for each event, before it calls any listener.
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
