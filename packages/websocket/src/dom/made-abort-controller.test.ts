import { describe, expect, it } from "vitest";
import { isSignal } from "../platform/option-checks.ts";
import { makeAbortController } from "./made-abort-controller.ts";
import { MadeEvent, MadeEventTarget } from "./made-events.ts";

describe("our own AbortController", () => {
  const Controller = makeAbortController(MadeEventTarget as never, MadeEvent as never);

  it("has a signal that every option takes which takes an AbortSignal [R10]", () => {
    const controller = new Controller();
    expect(isSignal(controller.signal)).toBe(true);
    expect(String(controller)).toBe("[object AbortController]");
  });

  it("aborts once, with its reason, and tells listeners and the handler [R10]", () => {
    const { signal, abort } = ((controller) => ({
      signal: controller.signal,
      abort: (reason: unknown) => controller.abort(reason),
    }))(new Controller());
    const told: unknown[] = [];
    signal.onabort = ({ type }) => told.push(type);
    signal.addEventListener("abort", () => told.push(signal.reason));
    signal.throwIfAborted();
    abort("first");
    abort("second");
    expect([signal.aborted, signal.reason, told]).toEqual([true, "first", ["abort", "first"]]);
    expect(() => signal.throwIfAborted()).toThrow("first");
  });
});
