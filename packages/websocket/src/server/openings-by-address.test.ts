import { describe, expect, it } from "vitest";
import { OpeningsByAddress } from "./openings-by-address.ts";

describe("openings by address", () => {
  it("remember no address once its openings have ended, even when one is reported as ended several times [A10]", () => {
    const openings = new OpeningsByAddress(2);
    const entered = Array.from({ length: 1_000 }, (_, index) => {
      const opening = {};
      openings.enter(opening, openings.keyOf(`203.0.113.${index % 250}`));
      return opening;
    });
    expect(openings.size).toBe(250);
    expect(openings.isFull(openings.keyOf("203.0.113.1"))).toBe(true);
    for (const opening of [...entered, ...entered, {}]) openings.leave(opening);
    expect(openings.size).toBe(0);
    expect(openings.isFull(openings.keyOf("203.0.113.1"))).toBe(false);
  });

  it("do not count unknown addresses, and count nothing without a limit [A10]", () => {
    expect(new OpeningsByAddress(1).keyOf(undefined)).toBeUndefined();
    expect(new OpeningsByAddress(Number.POSITIVE_INFINITY).keyOf("203.0.113.1")).toBeUndefined();
    expect(new OpeningsByAddress(1).keyOf("10.0.0.1")).toBeDefined();
    expect(new OpeningsByAddress(undefined).keyOf("10.0.0.1")).toBeUndefined();
    expect(new OpeningsByAddress(undefined).keyOf("203.0.113.1")).toBeDefined();
  });

  it.each(["X-Forwarded-For", "forwarded", "VIA"])(
    "do not count a request in which %s reveals a proxy [A10]",
    (name) => {
      const openings = new OpeningsByAddress(1);
      const opening = {};
      openings.enter(opening, openings.keyOf("203.0.113.1"));
      openings.requested(opening, [["Host", "a"]]);
      expect(openings.size).toBe(1);
      openings.requested(opening, [[name, "for=192.0.2.1"]]);
      openings.requested(opening, [[name, "for=192.0.2.1"]]);
      openings.leave(opening);
      expect(openings.size).toBe(0);
    },
  );
});
