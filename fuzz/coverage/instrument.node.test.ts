import { expect, it } from "vitest";
import { instrument } from "./instrument.ts";

/** Instruments and runs `code`; returns its result, how often each block was entered, and the values compared. */
function run(code: string): { result: unknown; hits: number[]; compared: [unknown, unknown][] } {
  const instrumented = instrument(code);
  const hits = new Array<number>(instrumented.blocks).fill(0);
  const enter = (block: number): void => {
    hits[block] = (hits[block] ?? 0) + 1;
  };
  const compared: [unknown, unknown][] = [];
  const probe = (_: number, left: unknown, right: unknown): boolean => {
    compared.push([left, right]);
    return left === right;
  };
  return { result: new Function("$enter", "$probe", instrumented.code)(enter, probe), hits, compared };
}

it.each([
  ["if (true) ; else ;", [1, 0]],
  ["if (false) { } else if (true) { }", [0, 1, 1]],
  ["for (let i = 0; i < 3; i++) { if (i > 0) continue; }", [2, 3]],
  ["for (const each of [1, 2]) ;", [2]],
  ["for (const each in { a: 1 }) ;", [1]],
  ["let i = 0; while (i < 4) i++;", [4]],
  ["let i = 0; do { i++; } while (i < 4);", [4]],
  ["try { throw 1; } catch { }", [1]],
  ["switch (2) { case 1: break; case 2: case 3: break; default: }", [0, 1]],
  ["true ? 1 : 2;", [1, 0]],
  ["true && 1; true || 1; null ?? 1;", [1, 0, 1]],
  ["function f() { } f(); f();", [2]],
  ["const f = () => { }; const g = () => 1; f(); g();", [1]],
  ["class A { constructor() { } static { } get a() { return 1; } } new A().a;", [1, 1]],
])("counts the blocks of %s", (code, hits) => {
  expect(run(code).hits).toEqual(hits);
});

it.each<[string, unknown]>([
  ["return 1 === 1;", true],
  ["return 1 !== 1;", false],
  ["return !(1 !== 2) + 1;", 1],
  ["return typeof 1 === 'number' && 'a' + 'b' === 'ab' ? 'yes' : 'no';", "yes"],
  ["const a = 3; return JSON.stringify({ a, b: a === 3, [a !== 3]: 0 });", '{"a":3,"b":true,"false":0}'],
  ["let n = 0; for (const c of 'abc') { if (c === 'b') continue; n++; } return n;", 2],
  ["const f = (x = 1 === 1 ? 5 : 6) => x; return f();", 5],
  ["class A { #p = 1; static has(o) { return #p in o; } } return A.has(new A()) === true;", true],
  ["function* g() { yield 1; yield* [2, 3]; } return [...g()].join();", "1,2,3"],
  ["const { a = 2, ...rest } = { b: 3 }; return a + rest.b;", 5],
  ["switch (1) { case 1: { return 'one'; } default: return 'other'; }", "one"],
  ["outer: for (;;) { for (;;) break outer; } return (1, 2);", 2],
  ["return /===/.test('a === b') && 'a === b'.length === 7;", true],
  ["const f = async () => { await 0; }; return f() instanceof Promise;", true],
  ["return [1, , 2].length !== 3 || null?.a === undefined;", true],
])("does not change the result of %s", (code, result) => {
  expect(new Function(code)()).toBe(result);
  expect(run(code).result).toBe(result);
});

it("reports both sides of every comparison, once, from left to right", () => {
  const { compared } = run("let i = 0; return i++ === 0 && i++ !== 5 && 'a' === (i === 2 ? 'b' : 'c');");
  expect(compared).toEqual([
    [0, 0],
    [1, 5],
    [2, 2],
    ["a", "b"],
  ]);
});

it("throws for code that is not a script", () => {
  expect(() => instrument("let let = ;")).toThrow(SyntaxError);
});
