/** What the built core may name. All of it is the same in every runtime, and none of it has an effect. */

/** Of ECMAScript 2022. What is missing here on purpose is listed in `reasons`. */
export const allowedGlobals: ReadonlySet<string> = new Set([
  ...["undefined", "NaN", "Infinity", "isNaN", "isFinite", "parseInt", "parseFloat"],
  ...["Object", "Boolean", "Number", "BigInt", "String", "Symbol", "RegExp", "Math", "JSON", "Reflect", "Proxy"],
  ...["Array", "Map", "Set", "WeakMap", "WeakSet", "Iterator"],
  ...["ArrayBuffer", "DataView", "Uint8Array", "Uint8ClampedArray", "Uint16Array", "Uint32Array"],
  ...["Int8Array", "Int16Array", "Int32Array", "Float32Array", "Float64Array", "BigInt64Array", "BigUint64Array"],
  ...["Error", "AggregateError", "EvalError", "RangeError", "ReferenceError", "SyntaxError", "TypeError", "URIError"],
  // Of the Encoding Standard, which every runtime implements. Core works without them too.
  ...["TextDecoder", "TextEncoder"],
]);

/** Why a name that one might expect above is not there. */
export const reasons: Readonly<Record<string, string>> = {
  Date: "core has no clock: time is an argument",
  performance: "core has no clock: time is an argument",
  crypto: "core has no random source: one is injected",
  setTimeout: "core has no timers: it tells the caller its deadlines",
  setInterval: "core has no timers: it tells the caller its deadlines",
  setImmediate: "core has no timers: it tells the caller its deadlines",
  queueMicrotask: "core is synchronous",
  Promise: "core is synchronous",
  SharedArrayBuffer: "core shares no memory between threads",
  Atomics: "core shares no memory between threads",
  WeakRef: "what the garbage collector does must not be observable",
  FinalizationRegistry: "what the garbage collector does must not be observable",
  Function: "core makes no code from text",
  eval: "core makes no code from text",
  Intl: "core does not depend on a locale",
  process: "core knows no runtime",
  Buffer: "core knows Uint8Array only",
  Deno: "core knows no runtime",
  Bun: "core knows no runtime",
  console: "core writes nothing to the outside",
};

/** Members of allowed objects that are forbidden all the same. */
export const forbiddenMembers: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Math: { random: "core has no random source: one is injected" },
};

/** Methods whose outcome depends on the locale of the machine. */
export const localeMethods: ReadonlySet<string> = new Set([
  ...["localeCompare", "toLocaleString", "toLocaleLowerCase", "toLocaleUpperCase"],
]);

/** What a CommonJS file is given by its loader. */
export const commonJsNames: ReadonlySet<string> = new Set(["module", "exports"]);
