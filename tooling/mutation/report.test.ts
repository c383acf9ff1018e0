import { expect, it } from "vitest";
import { type MutationReport, notLoaded, scoreOf, survivors } from "./report.ts";

const at = (line: number, start: number, end: number) => ({
  start: { line, column: start },
  end: { line, column: end },
});

const report: MutationReport = {
  files: {
    "src/mask.ts": {
      source: "first\nreturn one + two;\nthird",
      mutants: [
        {
          mutatorName: "ArithmeticOperator",
          replacement: "one - two",
          status: "Survived",
          location: at(2, 8, 17),
          coveredBy: ["1", "2"],
          testsCompleted: 2,
        },
        {
          mutatorName: "StringLiteral",
          replacement: '""',
          status: "Survived",
          location: at(1, 1, 6),
          static: true,
          coveredBy: ["1"],
          testsCompleted: 1,
        },
        { mutatorName: "BlockStatement", status: "NoCoverage", location: at(3, 1, 6) },
        { mutatorName: "BlockStatement", status: "Killed", location: at(1, 1, 6) },
        { mutatorName: "BlockStatement", status: "Timeout", location: at(1, 1, 6) },
        { mutatorName: "BlockStatement", status: "RuntimeError", location: at(1, 1, 6) },
      ],
    },
  },
  testFiles: { "src/mask.test.ts": { tests: [1, 2] }, "src/empty.test.ts": { tests: [] } },
};

it("scoreOf counts detected mutants, and ignores mutants that do not compile", () => {
  expect(scoreOf(report)).toBe("60.0 %: 5 mutants, 3 detected (1 timed out, 1 did not load), 2 survived");
  expect(scoreOf({ files: {}, testFiles: {} })).toBe(
    "100.0 %: 0 mutants, 0 detected (0 timed out, 0 did not load), 0 survived",
  );
});

it("survivors returns the position, the original and the replacement of each survivor", () => {
  expect(survivors(report)).toEqual([
    "src/mask.ts:2: one + two => one - two",
    "src/mask.ts:3: third => BlockStatement (not covered by a test)",
  ]);
});

it("notLoaded returns test files without a test, since a score without them is meaningless", () => {
  const testFiles = ["src/mask.test.ts", "src/empty.test.ts", "src/absent.test.ts"];
  expect(notLoaded(report, testFiles)).toEqual(["src/empty.test.ts", "src/absent.test.ts"]);
});
