import { expect, it } from "vitest";
import { dependents } from "../../interop/dependents/catalog.ts";
import { pinnedVersions } from "../../interop/dependents/columns.ts";
import { checkPage, formatPage, type Row } from "../../interop/dependents/page.ts";
import { type Outcome, readTap } from "../../interop/dependents/run-dependent.ts";

const versions = pinnedVersions();
const outcome = (passed: number, ...failures: string[]): Outcome => ({
  passed,
  failed: failures.length,
  failures,
  output: "",
});
const rows: Row[] = dependents.map((dependent) => ({ dependent, outcomes: [outcome(3), outcome(3)] }));

const pageWith = (name: string, ws: Outcome | undefined, ours: Outcome | undefined): string => {
  const changed = rows.map((row) => (row.dependent.name === name ? { ...row, outcomes: [ws, ours] as const } : row));
  return formatPage(changed, versions, "20.0.0");
};

it("finds nothing wrong with a page on which all is green", () => {
  expect(checkPage(formatPage(rows, versions, "20.0.0"), versions)).toEqual([]);
});

it.each([
  ["a row that is missing", formatPage(rows.slice(1), versions, "20.0.0"), `${rows[0]?.dependent.name} has no row`],
  ["what was not run", pageWith("jsdom", outcome(3), undefined), 'jsdom has the result "not run"'],
  ["what ran no test", pageWith("jsdom", outcome(3), outcome(0)), 'jsdom has the result "0 of 0"'],
  ["what ws fails itself", pageWith("jsdom", outcome(2, "a"), outcome(3)), "jsdom fails with ws itself"],
  ["a failure without a reason", pageWith("jsdom", outcome(3), outcome(2, "a")), "something is to be mended"],
])("finds %s", (_, page, finding) => {
  expect(checkPage(page, versions)).toEqual([finding]);
});

it("finds a version that is not the one in the manifest", () => {
  const page = formatPage(rows, { ...versions, jsdom: "0.0.1" }, "20.0.0");
  expect(checkPage(page, versions)).toEqual([`jsdom is of version 0.0.1, not ${versions.jsdom}`]);
});

it("counts the outermost points of TAP", () => {
  const output = "TAP version 13\nok 1 - a\n    ok 1 - inner\nnot ok 2 - b\nok 3 - c # SKIP\n1..3\n";
  expect(readTap({ exitCode: 1, output })).toMatchObject({ passed: 1, failed: 1, failures: ["b"] });
});

it.each([
  [1, "ok 1 - a\n", 1],
  [0, "", 0],
])("counts a run that ends with %d after %j as failed", (exitCode, output, passed) => {
  expect(readTap({ exitCode, output })).toMatchObject({ passed, failed: 1 });
});
