import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MemberList } from "./member-list.ts";

describe("a MemberList", () => {
  it("has the members of a Set with the same history", () => {
    const step = fc.record({ at: fc.nat(9), act: fc.constantFrom("add", "delete") });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const items = Array.from({ length: 10 }, (_, name) => ({ name, place: 0 }));
        const list = new MemberList<(typeof items)[number]>();
        const model = new Set<(typeof items)[number]>();
        for (const { at, act } of steps) {
          const item = items[at]!;
          if (act === "delete") list.delete(item);
          else if (!model.has(item)) list.add(item);
          model[act](item);
          expect(list.size).toBe(model.size);
          expect(items.filter((each) => list.has(each))).toEqual(items.filter((each) => model.has(each)));
          expect(new Set(list)).toEqual(model);
        }
      }),
    );
  });

  it("is iterated over as it was when the iteration began", () => {
    const list = new MemberList<{ place: number }>();
    const items = [0, 1, 2].map(() => ({ place: 0 }));
    for (const item of items) list.add(item);
    const seen: unknown[] = [];
    for (const item of list) {
      list.delete(item);
      list.add({ place: 0 });
      seen.push(item);
    }
    expect(seen).toEqual(items);
  });
});
