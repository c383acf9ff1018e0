import { expect, it } from "vitest";
import { formatSummary } from "./summary.ts";

it("formatSummary counts the cases of each verdict for each subject", () => {
  const table = formatSummary([
    {
      name: "server-node",
      verdicts: new Map([
        ["1.1", "OK"],
        ["1.2", "OK"],
      ]),
      seconds: 11.4,
    },
    { name: "client", verdicts: new Map([["1.1", "FAILED"]]), seconds: 100 },
  ]);
  expect(table.split("\n")).toEqual([
    "subject      cases  FAILED  OK  seconds",
    "server-node      2       0   2       11",
    "client           1       1   0      100",
  ]);
});
