/** The globals that the built core may use. Each is the same in every runtime, and none has side effects. */

/** Globals of ECMAScript 2022. Those deliberately missing here are listed in `reasons`. */
export const allowedGlobals: ReadonlySet<string> = new Set([
  ...["undefined", "NaN", "Infinity", "isNaN", "isFinite", "parseInt", "parseFloat"],
  ...["Object", "Boolean", "Number", "BigInt", "String", "Symbol", "RegExp", "Math", "JSON", "Reflect", "Proxy"],
  ...["Array", "Map", "Set", "WeakMap", "WeakSet", "Iterator"],
  ...["ArrayBuffer", "DataView", "Uint8Array", "Uint8ClampedArray", "Uint16Array", "Uint32Array"],
  ...["Int8Array", "Int16Array", "Int32Array", "Float32Array", "Float64Array", "BigInt64Array", "BigUint64Array"],
  ...["Error", "AggregateError", "EvalError", "RangeError", "ReferenceError", "SyntaxError", "TypeError", "URIError"],
  // Globals of the Encoding Standard, which every runtime implements. Core also works without them.
  ...["TextDecoder", "TextEncoder"],
]);

/** Reasons why a global that one might expect above is missing. */
export const reasons: Readonly<Record<string, string>> = {
  Date: "core has no clock: time is an argument",
  performance: "core has no clock: time is an argument",
  crypto: "core has no random source: one is injected",
  setTimeout: "core has no timers: it returns its deadlines to the caller",
  setInterval: "core has no timers: it returns its deadlines to the caller",
  setImmediate: "core has no timers: it returns its deadlines to the caller",
  queueMicrotask: "core is synchronous",
  Promise: "core is synchronous",
  SharedArrayBuffer: "core shares no memory between threads",
  Atomics: "core shares no memory between threads",
  WeakRef: "garbage collection must not be observable",
  FinalizationRegistry: "garbage collection must not be observable",
  Function: "core evaluates no code from text",
  eval: "core evaluates no code from text",
  Intl: "core does not depend on a locale",
  process: "core must not depend on a runtime",
  Buffer: "core uses Uint8Array only",
  Deno: "core must not depend on a runtime",
  Bun: "core must not depend on a runtime",
  console: "core prints nothing",
};

/** Forbidden members of allowed objects. */
export const forbiddenMembers: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Math: { random: "core has no random source: one is injected" },
};

/** Methods whose result depends on the locale of the machine. */
export const localeMethods: ReadonlySet<string> = new Set([
  ...["localeCompare", "toLocaleString", "toLocaleLowerCase", "toLocaleUpperCase"],
]);

/** Names that its loader provides to a CommonJS file. */
export const commonJsNames: ReadonlySet<string> = new Set(["module", "exports"]);
