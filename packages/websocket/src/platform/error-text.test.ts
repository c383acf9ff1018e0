import { describe, expect, it } from "vitest";
import { errorText } from "./error-text.ts";

const refused = (address: string) =>
  Object.assign(new Error(`connect ECONNREFUSED ${address}`), { code: "ECONNREFUSED" });
/** Each of its errors contains all of them again. */
const tangled: AggregateError = new AggregateError([], "");
tangled.errors = Array.from({ length: 8 }, () => new AggregateError(Array(8).fill(tangled), ""));

const circular = new Error("");
circular.cause = new AggregateError([circular], "");

describe("errorText", () => {
  it.each([
    ["an error", new Error("cable cut"), "cable cut"],
    [
      "an error with a code that its message does not contain",
      Object.assign(new Error("Failed to connect"), { code: "ECONNREFUSED" }),
      "Failed to connect (ECONNREFUSED)",
    ],
    ["an error whose code is a number", new DOMException("too late", "TimeoutError"), "too late"],
    [
      "several errors without a message of their own",
      new AggregateError([refused("127.0.0.1:9"), refused("::1:9")], ""),
      "connect ECONNREFUSED 127.0.0.1:9; connect ECONNREFUSED ::1:9",
    ],
    [
      "several errors with the same code",
      Object.assign(new AggregateError([refused("127.0.0.1:9"), refused("::1:9")]), { code: "ECONNREFUSED" }),
      "connect ECONNREFUSED 127.0.0.1:9; connect ECONNREFUSED ::1:9",
    ],
    [
      "several errors with a message of their own",
      new AggregateError([new Error("a"), "b"], "No address answered."),
      "No address answered: a; b",
    ],
    ["several errors with the same message", new AggregateError([new Error("a"), new Error("a")]), "a"],
    ["no errors", new AggregateError([], ""), "AggregateError"],
    ["no errors, but a code", Object.assign(new AggregateError([], ""), { code: "ETIMEDOUT" }), "ETIMEDOUT"],
    [
      "nested aggregate errors",
      new AggregateError([new AggregateError([new Error("a"), new Error("b")]), new Error("c")]),
      "a; b; c",
    ],
    [
      "more errors than fit in a line",
      new AggregateError(Array.from({ length: 12 }, (_, at) => `${at}`)),
      "0; 1; 2; 3; 4; 5; 6; 7; and 4 more",
    ],
    [
      "an error with a cause",
      new Error("fetch failed", { cause: refused("::1:9") }),
      "fetch failed: connect ECONNREFUSED ::1:9",
    ],
    [
      "an error whose message repeats its cause",
      new Error("failed: broken pipe", { cause: new Error("broken pipe") }),
      "failed: broken pipe",
    ],
    ["an empty error with a cause", new Error("", { cause: new AggregateError([new Error("a")]) }), "a"],
    ["an error with a null cause", new Error("lost", { cause: null }), "lost"],
    ["an empty error that is its own cause", circular, "Error"],
    ["errors that hold one another", tangled, "AggregateError"],
    ["several errors with only a code", new AggregateError([Object.assign(new Error(""), { code: "EPIPE" })]), "EPIPE"],
    ["an empty error", new TypeError(""), "TypeError"],
    ["an error whose message is white space", new Error(" \n"), "Error"],
    ["an error with a multi-line message", new Error("bad\n  record\n"), "bad record"],
    ["an empty error with a code", Object.assign(new Error(""), { code: "EPIPE" }), "EPIPE"],
    ["an empty DOMException", new DOMException("", "NetworkError"), "NetworkError"],
    ["an error of another realm", { name: "Error", message: "from afar" }, "from afar"],
    ["an object with only a code", { code: "ECONNRESET" }, "ECONNRESET"],
    ["a string", "no route", "no route"],
    ["an empty string", "", "no reason was given"],
    ["undefined", undefined, "no reason was given"],
    ["null", null, "no reason was given"],
    ["a number", 5, "5"],
    ["a symbol", Symbol("why"), "Symbol(why)"],
    ["an object without any text", {}, "no reason was given"],
    ["an object without a prototype", Object.create(null), "no reason was given"],
    ["an object with a text of its own", { toString: () => "mine" }, "mine"],
    [
      "an object whose getters throw",
      new Proxy(
        {},
        {
          get: () => {
            throw new Error("no");
          },
        },
      ),
      "no reason was given",
    ],
  ])("returns a text for %s [R22]", (_, error, expected) => {
    expect(errorText(error)).toBe(expected);
  });
});
