import { expect, it } from "vitest";
import { type MutationReport, scoreOf, survivors } from "./report.ts";

const at = (line: number, start: number, end: number) => ({
  start: { line, column: start },
  end: { line, column: end },
});

const report: MutationReport = {
  files: {
    "src/mask.ts": {
      source: "first\nreturn one + two;\nthird",
      mutants: [
        { mutatorName: "ArithmeticOperator", replacement: "one - two", status: "Survived", location: at(2, 8, 17) },
        { mutatorName: "BlockStatement", status: "NoCoverage", location: at(3, 1, 6) },
        { mutatorName: "BlockStatement", status: "Killed", location: at(1, 1, 6) },
        { mutatorName: "BlockStatement", status: "Timeout", location: at(1, 1, 6) },
        { mutatorName: "BlockStatement", status: "RuntimeError", location: at(1, 1, 6) },
      ],
    },
  },
};

it("a score counts what was noticed, and not what is no program", () => {
  expect(scoreOf(report)).toBe("50.0 %: 4 mutants, 2 noticed (1 by not ending), 2 survived");
  expect(scoreOf({ files: {} })).toBe("100.0 %: 0 mutants, 0 noticed (0 by not ending), 0 survived");
});

it("a survivor is told with its place, and what stood and stands there", () => {
  expect(survivors(report)).toEqual([
    "src/mask.ts:2: one + two => one - two",
    "src/mask.ts:3: third => BlockStatement (no test comes here)",
  ]);
});
