import fc from "fast-check";
import { expect, it } from "vitest";
import { VirtualClock } from "./clock.ts";

it("runs due tasks in order of time, then of scheduling, without cancelled ones", () => {
  const plans = fc.array(fc.record({ at: fc.nat(20), calledOff: fc.boolean() }), { maxLength: 40 });
  fc.assert(
    fc.property(plans, fc.nat(20), (plans, half) => {
      const clock = new VirtualClock();
      const done: number[] = [];
      const cancels = plans.map(({ at }, index) =>
        clock.schedule(at, () => {
          expect(clock.now).toBe(at);
          done.push(index);
        }),
      );
      for (const [index, { calledOff }] of plans.entries()) if (calledOff) cancels[index]?.();
      const due = [...plans.entries()].filter(([, { calledOff }]) => !calledOff).sort(([, a], [, b]) => a.at - b.at);
      clock.runUntil(half);
      expect(done).toEqual(due.filter(([, { at }]) => at <= half).map(([index]) => index));
      expect(clock.isIdle).toBe(done.length === due.length);
      clock.advance(20);
      expect(done).toEqual(due.map(([index]) => index));
      expect([clock.isIdle, clock.now]).toEqual([true, half + 20]);
      // Cancelling too late has no effect.
      for (const cancel of cancels) cancel();
    }),
  );
});

it("moves few other tasks when one runs or is cancelled, however many there are [R12]", () => {
  const names = ["shift", "splice", "indexOf", "filter", "slice"] as const;
  const originals = names.map((name) => Array.prototype[name] as (...args: unknown[]) => unknown);
  let moved = 0;
  const count = 2_000;
  const clock = new VirtualClock();
  const cancels = Array.from({ length: count }, (_, index) => clock.schedule(count - index, () => {}));
  for (const [index, name] of names.entries()) {
    const original = originals[index] as (...args: unknown[]) => unknown;
    Reflect.set(Array.prototype, name, function (this: unknown[], ...args: unknown[]): unknown {
      moved += this.length;
      return Reflect.apply(original, this, args);
    });
  }
  try {
    for (let index = 0; index < count; index += 2) cancels[index]?.();
    clock.runUntil(count);
  } finally {
    for (const [index, name] of names.entries()) Reflect.set(Array.prototype, name, originals[index]);
  }
  expect(clock.isIdle).toBe(true);
  expect(moved).toBeLessThan(count);
});
