import { describe, expect, it } from "vitest";
import { usageErrorSentences } from "../sentences/usage-errors.ts";
import { checkOptions, type OptionCheck, takes } from "./option-checks.ts";
import { UsageError } from "./usage-error.ts";

/** The code of the usage error that `action` throws, and its detail after the sentence of the table. */
function fault(action: () => unknown): [code: string, detail: string] | undefined {
  try {
    action();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return [error.code, error.message.slice(usageErrorSentences[error.code].length + 1)];
  }
  return undefined;
}

const nested = { message: takes.atLeast(0), frame: takes.atLeast(0) };
const checks = {
  fields: takes.fields,
  limits: takes.options(nested, { maxpayload: "message" }),
  subprotocols: takes.texts,
  writeBudget: takes.atLeast(1),
};
const aliases = { headers: "fields", code: "status", port: "listen(handler, { port: … })" };
const faultOf = (given: unknown) => fault(() => checkOptions("a socket", given as never, checks as never, aliases));

describe("checkOptions", () => {
  it("accepts valid options from any kind of object, and treats undefined ones as omitted [R25]", () => {
    class Given {
      get writeBudget(): number {
        return 5;
      }
    }
    const right = [
      {},
      {
        fields: [],
        limits: { message: 5, frame: undefined },
        subprotocols: ["a"],
        writeBudget: Number.POSITIVE_INFINITY,
      },
      { fields: undefined, limits: undefined, headers: undefined },
      Object.create({ writeBudget: 1 }),
      // Inherited properties are not misspelled options.
      Object.create({ headers: {} }),
      Object.create(null),
      new Given(),
    ];
    for (const given of right) expect(faultOf(given)).toBeUndefined();
  });

  it("names an unknown option, and suggests the intended one or lists those available [R25]", () => {
    expect(faultOf({ feilds: [] })).toEqual([
      "option/unknown",
      "feilds is not an option of a socket. Did you mean fields?",
    ]);
    expect(faultOf({ Limits: {} })?.[1]).toBe("Limits is not an option of a socket. Did you mean limits?");
    expect(faultOf({ limit: {} })?.[1]).toBe("limit is not an option of a socket. Did you mean limits?");
    expect(faultOf({ write: 5 })?.[1]).toBe("write is not an option of a socket. Did you mean writeBudget?");
    expect(faultOf({ Headers: {} })?.[1]).toBe("Headers is not an option of a socket. Did you mean fields?");
    expect(faultOf({ agent: 1 })?.[1]).toBe(
      "agent is not an option of a socket. It takes fields, limits, subprotocols, writeBudget.",
    );
    expect(faultOf({ code: 5 })?.[1]).not.toContain("status");
    expect(faultOf({ port: 5 })?.[1]).toBe(
      "port is not an option of a socket. Did you mean listen(handler, { port: … })?",
    );
    for (const name of ["constructor", "toString", "__proto__"]) {
      const given = Object.defineProperty({}, name, { value: 1, enumerable: true });
      expect(faultOf(given)?.[0]).toBe("option/unknown");
    }
    expect(faultOf({ limits: { mesage: 1 } })?.[1]).toBe(
      "limits.mesage is not an option of limits. Did you mean limits.message?",
    );
    expect(faultOf({ limits: { maxPayload: 1 } })?.[1]).toMatch(/Did you mean limits.message\?$/);
  });

  it.each([
    [null, "null"],
    [[], "a list"],
    [5, "5"],
    ["x", "a string"],
    [() => {}, "a function"],
  ])("names what it got instead of options: %s [R25]", (given, was) => {
    expect(faultOf(given)).toEqual(["option/type", `A socket takes an object of options, but got ${was}.`]);
    expect(faultOf({ limits: given })).toEqual(["option/type", `limits takes an object of options, but got ${was}.`]);
  });

  it("checks inherited and computed options [R25]", () => {
    expect(faultOf(Object.create({ writeBudget: 0 }))?.[0]).toBe("option/range");
    class Given {
      get fields(): string {
        return "x";
      }
    }
    expect(faultOf(new Given())?.[0]).toBe("option/type");
  });
});

describe("takes", () => {
  it.each<[OptionCheck, readonly unknown[], readonly unknown[], string, string]>([
    [takes.boolean, [true, false], [null, 0, "true"], "option/type", "true or false"],
    [takes.text, ["", "x"], [null, 5, {}], "option/type", "a string"],
    [takes.callback, [() => {}, class {}], [null, {}, "x"], "option/type", "a function"],
    [takes.texts, [[], ["a"]], ["a", {}, new Set(["a"])], "option/type", "a list of strings"],
    [takes.texts, [], [[5], ["a", null]], "option/type", "a string"],
    [takes.fields, [[], [["A", "b"]]], [{}, "A: b", new Map()], "option/type", "a list of [name, value] pairs"],
    [takes.fields, [], [["A"], [["A"]], [["A", 1]], [["A", "b", "c"]], [{}]], "option/type", "a [name, value] pair"],
    [takes.cookies, [[["a", "b"]]], [{}, { a: "b" }], "option/type", '[["session", "…"]]'],
    [takes.atLeast(1), [1, 1.5, Number.POSITIVE_INFINITY], [0, Number.NaN, "1", null], "option/range", "at least 1"],
    [takes.integer(1, 3), [1, 3], [0, 4, 1.5, "1"], "option/range", "an integer from 1 to 3"],
    [takes.duration, [0, 1e12, Number.POSITIVE_INFINITY], [-1, Number.NaN, "5"], "option/range", "milliseconds"],
    [takes.finite, [5], [Number.POSITIVE_INFINITY], "option/range", "finite"],
    [takes.oneOf("a", "b"), ["a", "b"], ["c", ""], "option/range", 'one of "a", "b"'],
    [takes.oneOf("a", "b"), [], [null, 5, ["a"]], "option/type", 'one of "a", "b"'],
    [takes.anything, [null, 5, {}], [], "", ""],
  ])("describes what an option takes [R25]: %#", (check, right, wrong, code, what) => {
    for (const value of right) expect(fault(() => check(value, "some.option"))).toBeUndefined();
    for (const value of wrong) {
      const [found, detail] = fault(() => check(value, "some.option")) ?? ["", ""];
      expect(found).toBe(code);
      expect(detail).toContain(what);
      expect(detail).toMatch(/^some\.option(\[\d\])? /);
    }
  });

  it("quotes no values except numbers, since others may be secrets [R25]", () => {
    const secret = "Bearer 5ecret";
    const faults = [
      fault(() => takes.fields({ Authorization: secret }, "fields")),
      fault(() => takes.fields([["Authorization", secret, secret]], "fields")),
      fault(() => takes.callback(secret, "random")),
      fault(() => takes.oneOf("a")(secret, "delivery")),
      fault(() => takes.atLeast(1)(secret, "writeBudget")),
    ];
    for (const [, detail] of faults as [string, string][]) expect(detail).not.toContain("5ecret");
    expect(fault(() => takes.atLeast(1)(-7, "writeBudget"))?.[1]).toContain("-7");
  });
});
