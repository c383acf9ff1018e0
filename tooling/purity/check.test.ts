import { describe, expect, it } from "vitest";
import { checkPurity } from "./check.ts";

function check(text: string, path = "dist/index.js"): string[] {
  return checkPurity(new Map([[path, text]]));
}

describe("checkPurity accepts", () => {
  it.each([
    [
      "declared names",
      "const a = 1; function f(b) { let c = a + b; return c; } class D { #x = f; get y() { return D; } }",
    ],
    [
      "parameters, catch clauses and labels",
      "const f = ({ a, b: [c], ...d }) => { try { a(c, d) } catch (e) { l: for (;;) break l; throw e } }",
    ],
    [
      "names of properties",
      "const o = { Buffer: 1, process() {}, 'Date': 2 }; o.console; o.setTimeout?.(); class A { Deno = 1; Bun() {} }",
    ],
    ["globals of ECMAScript", "new Uint8Array(Math.min(1, 2)); new Map(); throw new RangeError(String(undefined));"],
    [
      "the Encoding Standard, by either way",
      "globalThis.TextDecoder; globalThis?.['TextEncoder']; typeof TextDecoder;",
    ],
    ["destructured members of globalThis", "const { TextDecoder: D, TextEncoder } = globalThis;"],
    ["the arguments of a function", "function f() { return arguments.length; }"],
    ["exported names", "const Date2 = 1; export { Date2 as Date, Date2 as process };"],
    [
      "a variable that is named like a global",
      "const process = { env: 1 }; process.env; const f = (Buffer) => Buffer.from;",
    ],
  ])("%s", (_, text) => {
    expect(check(text)).toEqual([]);
  });

  it("what the bundler writes around a CommonJS file", () => {
    const text = `"use strict";
      var __defProp = Object.defineProperty;
      var __copyProps = (to, from) => { for (let key of Object.getOwnPropertyNames(from)) __defProp(to, key, { get: () => from[key] }); return to; };
      var index_exports = {};
      module.exports = __copyProps(__defProp({}, "__esModule", { value: true }), index_exports);
      0 && (module.exports = { a });
      var a = 1; exports.b = a;`;
    expect(check(text, "dist/index.cjs")).toEqual([]);
  });

  it("imports of other built files", () => {
    const built = new Map([
      ["dist/index.js", 'import { a } from "./chunk.js"; export { b } from "./chunk.js"; a;'],
      ["dist/index.cjs", 'const { a } = require("./chunk.js"); a;'],
      ["dist/chunk.js", "export const a = 1, b = 2;"],
    ]);
    expect(checkPurity(built)).toEqual([]);
  });
});

describe("checkPurity refuses", () => {
  it.each([
    ["a clock", "const now = Date.now();", "names Date: core has no clock: time is an argument"],
    [
      "a timer",
      "setTimeout(() => {}, 1);",
      "names setTimeout: core has no timers: it returns its deadlines to the caller",
    ],
    ["a microtask", "const f = queueMicrotask;", "names queueMicrotask: core is synchronous"],
    ["randomness", "Math.random();", "uses Math.random: core has no random source: one is injected"],
    [
      "randomness by a literal key",
      "(Math)['random']();",
      "uses Math.random: core has no random source: one is injected",
    ],
    [
      "destructured randomness",
      "const { random } = Math;",
      "uses Math.random: core has no random source: one is injected",
    ],
    ["Math under another name", "const m = Math;", "uses Math so that its members cannot be known"],
    ["a computed member of Math", "const f = (k) => Math[k]();", "uses Math so that its members cannot be known"],
    ["the console", "function f() { console.log(1); }", "names console: core prints nothing"],
    ["a runtime", "const v = process.version;", "names process: core must not depend on a runtime"],
    ["a runtime, even only looked for", "typeof Deno;", "names Deno: core must not depend on a runtime"],
    ["a runtime's bytes", "const f = (a = Buffer) => a;", "names Buffer: core uses Uint8Array only"],
    ["a runtime in a shorthand property", "const o = { Buffer };", "names Buffer: core uses Uint8Array only"],
    ["a runtime in a computed key", "const o = { [process]: 1 };", "names process: core must not depend on a runtime"],
    ["a runtime in a field of a class", "class A { b = Buffer; }", "names Buffer: core uses Uint8Array only"],
    [
      "a class that extends a runtime's",
      "class A extends EventTarget {}",
      "names EventTarget: it is not among the allowed globals",
    ],
    ["a global that is assigned to", "leak = 1;", "names leak: it is not among the allowed globals"],
    [
      "a member of a global that is assigned to",
      "process.title = 1;",
      "names process: core must not depend on a runtime",
    ],
    [
      "a member of globalThis that is assigned to",
      "globalThis.leak = 1;",
      "names leak: it is not among the allowed globals",
    ],
    [
      "a prototype of a global that is assigned to",
      "Buffer.prototype.x = 1;",
      "names Buffer: core uses Uint8Array only",
    ],
    [
      "a global that is assigned to unless there",
      "var a = a || process;",
      "names process: core must not depend on a runtime",
    ],
    ["an exported global", "export { crypto };", "names crypto: core has no random source: one is injected"],
    ["a member of globalThis", "globalThis.Buffer;", "names Buffer: core uses Uint8Array only"],
    [
      "a member of globalThis by a literal key",
      'globalThis["process"];',
      "names process: core must not depend on a runtime",
    ],
    [
      "a destructured member of globalThis",
      "const { performance: p } = globalThis;",
      "names performance: core has no clock: time is an argument",
    ],
    ["the rest of globalThis", "const { ...all } = globalThis;", "uses globalThis so that its members cannot be known"],
    ["globalThis under another name", "const g = globalThis;", "uses globalThis so that its members cannot be known"],
    [
      "a computed member of globalThis",
      "const f = (k) => globalThis[k];",
      "uses globalThis so that its members cannot be known",
    ],
    ["the window", "self.postMessage;", "names self: it is not among the allowed globals"],
    ["code made from text", 'new Function("return process")();', "names Function: core evaluates no code from text"],
    ["the locale", "'a'.localeCompare('b');", "calls localeCompare, whose outcome depends on the locale"],
    [
      "the locale by a literal key",
      "'a'['toLocaleString']();",
      "calls toLocaleString, whose outcome depends on the locale",
    ],
    ["an import of a module", 'import { connect } from "node:net"; connect;', "imports node:net"],
    ["an import for its effect", 'import "pako";', "imports pako"],
    ["a re-export", 'export * from "@hybi/websocket";', "imports @hybi/websocket"],
    ["a dynamic import", 'const f = () => import("node:crypto");', "imports node:crypto"],
    ["a computed import", "const f = (name) => import(name);", "imports a module whose name is computed"],
    ["an import of a file that is not built", 'import "../src/index.js";', "imports ../src/index.js"],
    ["the place of a file", "import.meta.url;", "uses import.meta"],
    ["require in an ES module", 'require("node:net");', "names require: it is not among the allowed globals"],
    ["module in an ES module", "module.exports = 1;", "names module: it is not among the allowed globals"],
  ])("%s", (_, text, finding) => {
    expect(check(text)).toEqual([`dist/index.js:1 ${finding}`]);
  });

  it.each([
    ["a required module", 'const net = require("node:net");', "imports node:net"],
    ["a computed require", "const f = (name) => require(name);", "imports a module whose name is computed"],
    ["require under another name", "const r = require;", "uses require other than by calling it"],
    [
      "a member of a global that is assigned to",
      "process.x = module;",
      "names process: core must not depend on a runtime",
    ],
    ["the place of a file", "__dirname;", "names __dirname: it is not among the allowed globals"],
  ])("in CommonJS %s", (_, text, finding) => {
    expect(check(text, "dist/index.cjs")).toEqual([`dist/index.cjs:1 ${finding}`]);
  });

  it("a file that cannot be parsed", () => {
    expect(check("const = 1;")[0]).toMatch(/cannot be parsed/);
  });
});
