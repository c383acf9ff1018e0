import { afterEach, describe, expect, it, vi } from "vitest";
import { createMessageEvent, isBeingPassed, passMessage } from "./message-event.ts";

const attributes = ["type", "data", "origin", "lastEventId", "source", "bubbles", "cancelable", "composed"] as const;

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("the message event of a socket", () => {
  it("is a MessageEvent that was created without the constructor of the platform's class", () => {
    // The first test: the platform's class is looked up once.
    let constructed = 0;
    const Counting = new Proxy(MessageEvent, {
      construct: () => {
        constructed++;
        return {};
      },
    });
    vi.stubGlobal("MessageEvent", Counting);
    const event = createMessageEvent("hello", "ws://example.com");
    expect(event).toBeInstanceOf(Counting);
    expect(constructed).toBe(0);
  });

  it("has the attributes of the platform's", () => {
    const platforms = new MessageEvent("message", { data: "hello", origin: "ws://example.com" });
    const event = createMessageEvent("hello", "ws://example.com");
    for (const name of attributes) expect(event[name]).toBe(platforms[name]);
    expect(event).toBeInstanceOf(MessageEvent);
    expect(event).toBeInstanceOf(Event);
    expect(String(event)).toBe("[object MessageEvent]");
    expect(event.ports).toEqual([]);
    expect(event.ports).toBe(event.ports);
    expect(Object.isFrozen(event.ports)).toBe(true);
    expect(createMessageEvent("hello").origin).toBe("");
  });

  it("has attributes that are enumerable, read-only and on the prototype", () => {
    const event = createMessageEvent("hello", "ws://example.com");
    const names: string[] = [];
    for (const name in event) names.push(name);
    expect(names).toEqual(expect.arrayContaining(["data", "origin", "lastEventId", "source", "ports"]));
    expect(new Set(names).size).toBe(names.length);
    // In Firefox, isTrusted is no property of its own of an event whose class is not of the platform.
    expect(Object.keys(event)).toEqual(Object.keys(new (class extends Event {})("message")));
    expect(() => Object.assign(event, { data: "changed" })).toThrow(TypeError);
  });

  it("has each attribute that the platform's has, also those that only one platform knows", () => {
    const platforms = new MessageEvent("message") as Event as unknown as Record<string, unknown>;
    const event = createMessageEvent(null) as Event as unknown as Record<string, unknown>;
    for (const name of Object.keys(MessageEvent.prototype)) {
      if (typeof platforms[name] !== "function") expect([name, event[name]]).toEqual([name, platforms[name]]);
    }
  });

  it("can be copied with its constructor", () => {
    const event = createMessageEvent("hello", "ws://example.com");
    const copy = new (event.constructor as typeof MessageEvent)(event.type, event as object);
    expect([copy.type, copy.data, copy.origin]).toEqual(["message", "hello", "ws://example.com"]);
  });

  it("can be dispatched", () => {
    const target = new EventTarget();
    const event = createMessageEvent("hello");
    const listener = vi.fn();
    target.addEventListener("message", listener);
    target.dispatchEvent(event);
    expect(listener).toHaveBeenCalledExactlyOnceWith(event);
    expect(event.target).toBe(target);
  });

  it("is known to be passed while a handler has it, and then only", () => {
    const states: boolean[] = [];
    let event: Event | undefined;
    const handler = (given: Event): void => {
      event = given;
      states.push(isBeingPassed(given));
      throw new Error("of the handler");
    };
    passMessage("hello", "", new EventTarget(), handler, () => states.push(isBeingPassed(event)));
    expect([...states, isBeingPassed(event)]).toEqual([true, true, false]);
    for (const other of [createMessageEvent("hello"), new Event("message"), undefined, null, "message"])
      expect(isBeingPassed(other)).toBe(false);
  });

  it("shows a handler, to which it is passed without a dispatch, what a dispatch would [R28]", () => {
    const target = new EventTarget();
    const seen: unknown[] = [];
    let event: Event | undefined;
    const handler = function (this: unknown, given: Event): void {
      event = given;
      seen.push(this, given.target, given.srcElement, given.currentTarget, given.eventPhase, given.composedPath());
    };
    passMessage("hello", "", target, handler, () => {});
    expect(seen).toEqual([target, target, target, target, 2, [target]]);
    expect([event?.target, event?.currentTarget, event?.eventPhase, event?.composedPath()]).toEqual([
      target,
      null,
      0,
      [],
    ]);
    const other = new EventTarget();
    const again: unknown[] = [];
    other.addEventListener("message", ({ target, currentTarget }) => again.push(target, currentTarget));
    other.dispatchEvent(event as Event);
    expect(again).toEqual([other, other]);
    expect(event?.target).toBe(other);
  });
});
