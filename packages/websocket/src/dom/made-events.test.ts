import { describe, expect, it } from "vitest";
import { canCapture, cancelsCancelableOnly } from "../../tests/support/platform.ts";
import { MadeEvent, MadeEventTarget, makeMessageEvent } from "./made-events.ts";

interface Kind {
  readonly Target: typeof EventTarget;
  readonly Base: typeof Event;
}
const made = { Target: MadeEventTarget, Base: MadeEvent } as unknown as Kind;
const { EventTarget: Target, Event: Base } = globalThis;
const isStandard = Target !== undefined && canCapture && cancelsCancelableOnly;

/** Scenarios, step by step, for one kind of event target. */
const stories: Readonly<Record<string, (kind: Kind, tell: (line: unknown) => void) => void>> = {
  "call listeners in order, with the target as `this`": ({ Target, Base }, tell) => {
    const target = new Target();
    target.addEventListener("a", function (this: unknown, { type, target: of, currentTarget, eventPhase }) {
      tell([type, this === target, of === target, currentTarget === target, eventPhase]);
    });
    target.addEventListener("b", () => tell("another type"));
    target.addEventListener("a", { handleEvent: ({ type }: Event) => tell(`${type} of an object`) });
    const event = new Base("a");
    tell([event.target, event.currentTarget, event.eventPhase, event.composedPath().length]);
    tell(target.dispatchEvent(event));
    tell([event.target === target, event.currentTarget, event.eventPhase, event.composedPath().length]);
    tell(target.dispatchEvent(event));
  },
  "add a listener once per phase, and remove it per phase": ({ Target, Base }, tell) => {
    const target = new Target();
    const listener = (): void => tell("called");
    target.addEventListener("a", listener);
    target.addEventListener("a", listener, { capture: false });
    target.addEventListener("a", listener, true);
    target.dispatchEvent(new Base("a"));
    target.removeEventListener("a", listener, { capture: true });
    target.removeEventListener("b", listener);
    tell("removed one");
    target.dispatchEvent(new Base("a"));
    target.removeEventListener("a", listener);
    tell("removed both");
    target.dispatchEvent(new Base("a"));
    target.addEventListener("a", null);
    target.removeEventListener("a", null);
    target.dispatchEvent(new Base("a"));
  },
  "call a `once` listener once, even when it dispatches the event again": ({ Target, Base }, tell) => {
    const target = new Target();
    const again = (): void => {
      tell("called");
      target.dispatchEvent(new Base("a"));
    };
    target.addEventListener("a", again, { once: true });
    target.addEventListener("a", () => tell("always"));
    target.dispatchEvent(new Base("a"));
  },
  "skip listeners that were removed during the dispatch, and do not call added ones yet": ({ Target, Base }, tell) => {
    const target = new Target();
    const second = (): void => tell("second");
    const third = (): void => tell("third");
    target.addEventListener("a", () => {
      tell("first");
      target.removeEventListener("a", second);
      target.addEventListener("a", third);
    });
    target.addEventListener("a", second);
    target.dispatchEvent(new Base("a"));
    target.dispatchEvent(new Base("a"));
  },
  "can be stopped immediately, and canceled if it is cancelable": ({ Target, Base }, tell) => {
    const target = new Target();
    target.addEventListener("a", (event) => {
      event.stopPropagation();
      event.preventDefault();
      tell(event.defaultPrevented);
    });
    target.addEventListener("a", (event) => event.stopImmediatePropagation());
    target.addEventListener("a", () => tell("not called"));
    for (const cancelable of [false, true]) tell(target.dispatchEvent(new Base("a", { cancelable })));
  },
  "remove a listener when its signal is aborted": ({ Target, Base }, tell) => {
    const target = new Target();
    const controller = new AbortController();
    const { signal } = controller;
    target.addEventListener("a", () => tell("called"), { signal });
    target.dispatchEvent(new Base("a"));
    controller.abort();
    target.dispatchEvent(new Base("a"));
    target.addEventListener("a", () => tell("called"), { signal });
    target.dispatchEvent(new Base("a"));
  },
  "have the properties given to the constructor": ({ Base }, tell) => {
    for (const init of [undefined, { bubbles: true }, { cancelable: true, composed: true }]) {
      const { type, bubbles, cancelable, composed, isTrusted, defaultPrevented } = new Base("a", init);
      tell([type, bubbles, cancelable, composed, isTrusted, defaultPrevented]);
    }
    tell(Object.prototype.toString.call(new Base("a")));
  },
};

/** What the stories tell according to DOM §2. */
const expected: Readonly<Record<string, readonly unknown[]>> = {
  "call listeners in order, with the target as `this`": [
    ...[[null, null, 0, 0], ["a", true, true, true, 2], "a of an object", true],
    ...[[true, null, 0, 0], ["a", true, true, true, 2], "a of an object", true],
  ],
  "add a listener once per phase, and remove it per phase": [
    ...["called", "called", "removed one", "called", "removed both"],
  ],
  "call a `once` listener once, even when it dispatches the event again": ["called", "always", "always"],
  "skip listeners that were removed during the dispatch, and do not call added ones yet": ["first", "first", "third"],
  "can be stopped immediately, and canceled if it is cancelable": [false, true, true, false],
  "remove a listener when its signal is aborted": ["called"],
  "have the properties given to the constructor": [
    ["a", false, false, false, false, false],
    ["a", true, false, false, false, false],
    ["a", false, true, true, false, false],
    "[object Event]",
  ],
};

function told(kind: Kind, story: string): unknown[] {
  const lines: unknown[] = [];
  stories[story]?.(kind, (line) => lines.push(line));
  return lines;
}

describe("our own Event and EventTarget", () => {
  it.each(Object.keys(stories))("%s [R10]", (story) => {
    expect(told(made, story)).toEqual(expected[story]);
  });

  it.runIf(isStandard).each(Object.keys(stories))("%s, like those of the platform [R10]", (story) => {
    expect(told({ Target, Base }, story)).toEqual(expected[story]);
  });

  it("reject an event that is being dispatched, and anything that is not an event, per DOM §2.9 [R10]", () => {
    const target = new MadeEventTarget();
    const refusals: string[] = [];
    const attempt = (event: unknown): void => {
      try {
        target.dispatchEvent(event as MadeEvent);
      } catch (error) {
        refusals.push((error as Error).name);
      }
    };
    target.addEventListener("a", attempt);
    for (const event of [new MadeEvent("a"), { type: "a" }, null]) attempt(event);
    expect(refusals).toEqual(["InvalidStateError", "TypeError", "TypeError"]);
  });

  it("continue after a listener throws, and report the error as uncaught [R10]", async () => {
    const { queueMicrotask } = globalThis;
    const thrown: unknown[] = [];
    globalThis.queueMicrotask = (task) =>
      queueMicrotask(() => {
        try {
          task();
        } catch (error) {
          thrown.push(error);
        }
      });
    const target = new MadeEventTarget();
    const called: string[] = [];
    target.addEventListener("a", () => {
      throw new Error("of a listener");
    });
    target.addEventListener("a", () => called.push("next"));
    expect(target.dispatchEvent(new MadeEvent("a"))).toBe(true);
    await new Promise((resolve) => setTimeout(resolve));
    globalThis.queueMicrotask = queueMicrotask;
    expect(called).toEqual(["next"]);
    expect(thrown).toEqual([new Error("of a listener")]);
  });
});

describe("our own MessageEvent", () => {
  it("has the fields of the platform's, on top of either kind of Event [R10]", () => {
    const fields = {
      type: "message",
      data: null,
      origin: "",
      lastEventId: "",
      source: null,
      ports: [],
      bubbles: false,
    };
    for (const Above of [made.Base, Base ?? made.Base]) {
      const Made = makeMessageEvent(Above);
      for (const init of [{}, { data: "hello", origin: "ws://example.com" }]) {
        const event = new Made("message", init);
        expect(event).toBeInstanceOf(Above);
        expect(event).toMatchObject({ ...fields, ...init });
        expect(String(event)).toBe("[object MessageEvent]");
      }
    }
  });
});
