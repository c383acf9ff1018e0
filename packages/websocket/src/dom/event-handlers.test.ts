import { describe, expect, it, vi } from "vitest";
import { EventHandlers, type Handlers } from "./event-handlers.ts";

describe("the event handlers of a kind of target", () => {
  const handlersOf = new WeakMap<object, Handlers>();
  const errors: unknown[] = [];
  const events = new EventHandlers(
    (target) => handlersOf.get(target as object) as Handlers,
    () => (error) => errors.push(error),
  );

  function created(): EventTarget {
    const target = new EventTarget();
    handlersOf.set(target, { open: null, message: null });
    return target;
  }

  function set(target: EventTarget, type: string, value: unknown): void {
    events.set(target, handlersOf.get(target) as Handlers, type, value);
  }

  it("share one listener, however many targets and types there are", () => {
    const add = vi.spyOn(EventTarget.prototype, "addEventListener");
    for (const target of [created(), created()]) for (const type of ["open", "message"]) set(target, type, () => {});
    expect(add).toHaveBeenCalledTimes(4);
    expect(new Set(add.mock.calls.map(([, listener]) => listener)).size).toBe(1);
    add.mockRestore();
  });

  it("are called with their target, also behind other listeners", () => {
    const target = created();
    const calls: unknown[] = [];
    target.addEventListener("open", () => calls.push("before"));
    set(target, "open", function (this: unknown) {
      calls.push(this === target);
    });
    target.addEventListener("open", () => calls.push("after"));
    target.dispatchEvent(new Event("open"));
    expect(calls).toEqual(["before", true, "after"]);
  });

  it("cancel an event by returning false, and report what they throw", () => {
    const target = created();
    set(target, "open", () => false);
    expect(target.dispatchEvent(new Event("open", { cancelable: true }))).toBe(false);
    set(target, "open", () => {
      throw new Error("of a handler");
    });
    expect(target.dispatchEvent(new Event("open"))).toBe(true);
    expect(errors).toEqual([new Error("of a handler")]);
  });
});
