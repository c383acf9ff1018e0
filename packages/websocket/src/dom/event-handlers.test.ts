import { describe, expect, it, vi } from "vitest";
import { createHandlerListener, EventHandlers } from "./event-handlers.ts";
import { platformLooksForHandlers } from "./fire.ts";

describe("the event handlers of a target", () => {
  const handlersOf = new WeakMap<object, EventHandlers>();
  const errors: unknown[] = [];
  const listener = createHandlerListener(
    (target) => handlersOf.get(target as object),
    () => (error) => errors.push(error),
  );

  function created(hasListeners = false): { target: EventTarget; handlers: EventHandlers } {
    const target = new EventTarget();
    const handlers = new EventHandlers(target, listener, hasListeners);
    handlersOf.set(target, handlers);
    return { target, handlers };
  }

  const isUnseen = platformLooksForHandlers() || "when" in EventTarget.prototype;
  it.skipIf(isUnseen)("are no listeners of the platform before they are registered", () => {
    const add = vi.spyOn(EventTarget.prototype, "addEventListener");
    const { handlers } = created();
    const handler = (): void => {};
    handlers.set("message", handler);
    handlers.set("close", handler);
    expect([add.mock.calls.length, handlers.direct]).toEqual([0, handler]);
    handlers.register("message");
    handlers.register("message");
    handlers.register("ping");
    expect([add.mock.calls.length, handlers.direct]).toEqual([1, undefined]);
    handlers.registerAll();
    expect(add).toHaveBeenCalledTimes(2);
    add.mockRestore();
  });

  it("are registered at once where the platform can add listeners that nobody sees, with `when`", () => {
    Object.defineProperty(EventTarget.prototype, "when", { configurable: true, value: () => {} });
    try {
      const { handlers } = created();
      handlers.set("message", () => {});
      expect(handlers.direct).toBeUndefined();
    } finally {
      Reflect.deleteProperty(EventTarget.prototype, "when");
    }
  });

  it("share one listener, however many targets and types there are", () => {
    const add = vi.spyOn(EventTarget.prototype, "addEventListener");
    for (const { handlers } of [created(true), created(true)])
      for (const type of ["open", "message"] as const) handlers.set(type, () => {});
    expect(add).toHaveBeenCalledTimes(4);
    expect(new Set(add.mock.calls.map(([, listener]) => listener)).size).toBe(1);
    add.mockRestore();
  });

  it("are called with their target, also behind other listeners", () => {
    const { target, handlers } = created();
    const calls: unknown[] = [];
    handlers.register("open");
    target.addEventListener("open", () => calls.push("before"));
    handlers.set("open", function (this: unknown) {
      calls.push(this === target);
    });
    target.addEventListener("open", () => calls.push("after"));
    target.dispatchEvent(new Event("open"));
    expect(calls).toEqual(["before", true, "after"]);
  });

  it("cancel an event by returning false, and report what they throw", () => {
    const { target, handlers } = created(true);
    handlers.set("open", () => false);
    expect(target.dispatchEvent(new Event("open", { cancelable: true }))).toBe(false);
    handlers.set("open", () => {
      throw new Error("of a handler");
    });
    expect(target.dispatchEvent(new Event("open"))).toBe(true);
    expect(errors).toEqual([new Error("of a handler")]);
  });
});
