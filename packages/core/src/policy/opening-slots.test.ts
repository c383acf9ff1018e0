import { describe, expect, it } from "vitest";
import { OpeningSlots } from "./opening-slots.ts";

describe("OpeningSlots", () => {
  it("lets waiting attempts connect in order, also when one between them has given up [C14]", () => {
    const slots = new OpeningSlots<string>();
    expect(["a", "b", "c", "d"].map((attempt) => slots.enter("192.0.2.1:80", attempt))).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect(slots.leave("192.0.2.1:80", "c")).toBeUndefined();
    expect(slots.leave("192.0.2.1:80", "a")).toBe("b");
    expect(slots.leave("192.0.2.1:80", "b")).toBe("d");
    expect(slots.leave("192.0.2.1:80", "d")).toBeUndefined();
    expect(slots.enter("192.0.2.1:80", "e")).toBe(true);
  });

  it("passes no turn on when an attempt leaves that is not queued [C14]", () => {
    const slots = new OpeningSlots<string>();
    expect(slots.leave("192.0.2.1:80", "a")).toBeUndefined();
    slots.enter("192.0.2.1:80", "a");
    slots.enter("192.0.2.1:80", "b");
    expect(slots.leave("192.0.2.1:80", "c")).toBeUndefined();
    expect(slots.leave("192.0.2.2:80", "a")).toBeUndefined();
    expect(slots.enter("192.0.2.1:80", "d")).toBe(false);
    expect(slots.leave("192.0.2.1:80", "a")).toBe("b");
    expect(slots.leave("192.0.2.1:80", "b")).toBe("d");
  });

  it("keeps an attempt's place when it asks again, and gives it a new one after it has left [C14]", () => {
    const slots = new OpeningSlots<string>();
    expect(slots.enter("192.0.2.1:80", "a")).toBe(true);
    expect(slots.enter("192.0.2.1:80", "a")).toBe(true);
    for (const attempt of ["b", "c", "b", "d"]) expect(slots.enter("192.0.2.1:80", attempt)).toBe(false);
    slots.leave("192.0.2.1:80", "b");
    slots.enter("192.0.2.1:80", "b");
    expect(slots.leave("192.0.2.1:80", "a")).toBe("c");
    expect(slots.leave("192.0.2.1:80", "c")).toBe("d");
    expect(slots.leave("192.0.2.1:80", "d")).toBe("b");
    expect(slots.leave("192.0.2.1:80", "b")).toBeUndefined();
  });

  it("forgets attempts that gave up while the first one is still busy [R12] [R15]", () => {
    const slots = new OpeningSlots<number>();
    for (let attempt = 0; attempt < 100; attempt++) slots.enter("192.0.2.1:80", attempt);
    for (let attempt = 98; attempt > 0; attempt--) expect(slots.leave("192.0.2.1:80", attempt)).toBeUndefined();
    expect(slots.leave("192.0.2.1:80", 0)).toBe(99);
    expect(slots.leave("192.0.2.1:80", 0)).toBeUndefined();
  });
});
