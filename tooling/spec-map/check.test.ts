import { describe, expect, it } from "vitest";
import { checkSpecMap, idsIn, type Surroundings } from "./check.ts";
import type { Requirement } from "./requirements.ts";
import { formatPage } from "./table.ts";

const complete: Requirement = {
  id: "F08",
  text: "A server fails the connection on a frame that is not masked.",
  section: "RFC 6455 §5.1",
  symbols: ["packages/core/src/frame/rules.ts#checkHeader"],
};
const surroundings: Surroundings = {
  tests: [{ file: "packages/core/src/frame/rules.test.ts", title: "checkHeader > fails [F08]" }],
  declares: (file, symbol) => (file === "packages/core/src/frame/rules.ts" ? symbol === "checkHeader" : undefined),
  packageExists: (name) => name === "@hybi/core",
};

function check(requirements: readonly Requirement[], changes: Partial<Surroundings> = {}): string[] {
  return checkSpecMap([{ file: "framing", title: "Framing", requirements }], { ...surroundings, ...changes });
}

describe("checkSpecMap", () => {
  it("accepts a requirement with a symbol and a test", () => {
    expect(check([complete])).toEqual([]);
  });

  it("rejects a requirement without a symbol", () => {
    expect(check([{ ...complete, symbols: [] }])).toEqual(["F08 has no symbol"]);
  });

  it("rejects a symbol in a file that does not exist", () => {
    const symbols = ["packages/core/src/gone.ts#checkHeader"];
    expect(check([{ ...complete, symbols }])).toEqual(["F08 names packages/core/src/gone.ts, which does not exist"]);
  });

  it("rejects a symbol that its file does not declare", () => {
    const symbols = ["packages/core/src/frame/rules.ts#gone"];
    expect(check([{ ...complete, symbols }])).toEqual([
      "F08 names gone, which packages/core/src/frame/rules.ts does not declare",
    ]);
  });

  it("rejects a requirement without a test", () => {
    expect(check([complete], { tests: [] })).toEqual(["F08 has no test with [F08] in its title"]);
  });

  it("rejects a test that names an unknown requirement", () => {
    const tests = [...surroundings.tests, { file: "a.test.ts", title: "it does [F99]" }];
    expect(check([complete], { tests })).toEqual([
      'a.test.ts has a test that names the unknown requirement F99: "it does [F99]"',
    ]);
  });

  it("rejects a duplicate id", () => {
    expect(check([complete, complete])).toEqual(["F08 is defined twice"]);
  });

  it("accepts a deferred requirement until its package exists", () => {
    const later = (name: string): Requirement => ({ ...complete, id: "E01", symbols: [], later: name });
    expect(check([complete, later("@hybi/permessage-deflate")])).toEqual([]);
    expect(check([complete, later("@hybi/core")])).toEqual(["E01 is deferred until @hybi/core exists, which it does"]);
  });
});

describe("idsIn", () => {
  it("finds ids side by side and in one pair of brackets", () => {
    expect(idsIn("a [F08] [F09] and [X01, X02]")).toEqual(["F08", "F09", "X01", "X02"]);
  });

  it("does not treat anything else in brackets as an id", () => {
    expect(idsIn("[a] [F8] [FF08] F08 bytes[12]")).toEqual([]);
  });
});

describe("formatPage", () => {
  it("links a requirement to its code and its tests", () => {
    const page = formatPage([{ file: "framing", title: "Framing", requirements: [complete] }], surroundings.tests);
    expect(page).toContain(
      "| F08 | A server fails the connection on a frame that is not masked. | RFC 6455 §5.1 " +
        "| [`checkHeader`](../../packages/core/src/frame/rules.ts) " +
        "| [`core/src/frame/rules`](../../packages/core/src/frame/rules.test.ts) |",
    );
  });
});
