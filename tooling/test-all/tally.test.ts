import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readTally, sum, summary } from "./tally.ts";

const folder = mkdtempSync(join(tmpdir(), "hybi-tally-"));
afterAll(() => rmSync(folder, { recursive: true }));

function report(counts: object): string {
  const path = join(folder, "report.json");
  writeFileSync(path, JSON.stringify(counts));
  return path;
}

describe("readTally", () => {
  it("reads the counts of a run that passed", () => {
    const tally = readTally("Node", report({ numPassedTests: 3, numFailedTests: 0, numPendingTests: 1 }), 0, false);
    expect(tally).toEqual({ name: "Node", passed: 3, failed: 0, skipped: 1 });
  });

  it("counts one failure when the run exits with an error although no test failed", () => {
    expect(readTally("Node", report({ numPassedTests: 3, numFailedTests: 0 }), 1, false).failed).toBe(1);
  });

  it("counts one failure when there is no report", () => {
    expect(readTally("Node", join(folder, "absent.json"), 0, false).failed).toBe(1);
  });

  it("counts one failure when no test ran", () => {
    expect(readTally("Node", report({ numPassedTests: 0, numFailedTests: 0 }), 0, false).failed).toBe(1);
  });

  it("counts no failure when a filter leaves no tests", () => {
    expect(readTally("Node", report({ numPassedTests: 0, numFailedTests: 0 }), 0, true).failed).toBe(0);
  });
});

describe("summary", () => {
  it("adds up runs in the format that CI reads", () => {
    const total = sum([
      { name: "Node", passed: 3, failed: 1, skipped: 0 },
      { name: "Bun", passed: 2, failed: 0, skipped: 0 },
    ]);
    expect(summary(total)).toBe("5 passed, 1 failed");
  });
});
