import { afterEach, describe, expect, it, vi } from "vitest";
import { TestClock } from "../../tests/support/clock.ts";
import { hasRequestContexts } from "../platform/runtime.ts";
import { perClock } from "./per-clock.ts";

describe("perClock", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  it.skipIf(hasRequestContexts)("creates one object for each clock", () => {
    const of = perClock((clock) => ({ clock }));
    const [one, other] = [new TestClock(), new TestClock()];
    expect(of(one)).toBe(of(one));
    expect(of(one)).not.toBe(of(other));
    expect(of(other).clock).toBe(other);
    expect(perClock(() => ({}))(one)).not.toBe(of(one));
  });

  it("creates one for each caller where I/O is bound to a request", async () => {
    vi.stubGlobal("WebSocketPair", class {});
    vi.resetModules();
    const { perClock } = await import("./per-clock.ts");
    const of = perClock((clock) => ({ clock }));
    const clock = new TestClock();
    expect(of(clock)).not.toBe(of(clock));
  });
});
