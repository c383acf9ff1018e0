/** .ci/run counts tests by parts. A program that stands in for npx: it runs nothing, and prints the counts that a test wants. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { run } from "../repository.ts";

const folder = mkdtempSync(join(tmpdir(), "hybi-ci-"));
beforeAll(() => {
  // It gets `-y pnpm@12 <script> <arguments…>`.
  const script = [
    "#!/bin/sh",
    'case "$3" in',
    "  install) exit 0 ;;",
    '  test) echo "$TESTS" ;;',
    '  test:nodes) echo "$NODES" ;;',
    '  test:dependents) [ -z "$DEPENDENTS" ] || { echo "$DEPENDENTS"; exit 1; } ;;',
    '  conformance:own) echo "$CONFORMANCE" ;;',
    "esac",
    'exit "$EXIT"',
    "",
  ].join("\n");
  writeFileSync(join(folder, "npx"), script, { mode: 0o755 });
  // Where it is missing, it would be installed.
  writeFileSync(join(folder, "chromium"), "#!/bin/sh\n", { mode: 0o755 });
});
afterAll(() => rmSync(folder, { recursive: true }));

async function ci(parts: string[], counts: Record<string, string> = {}): Promise<{ exitCode: number; output: string }> {
  const env = {
    TESTS: "",
    NODES: "",
    DEPENDENTS: "",
    CONFORMANCE: "",
    EXIT: "0",
    ...counts,
    PATH: `${folder}:${process.env.PATH}`,
  };
  return run(["bash", ".ci/run", ...parts], { env, capture: true });
}
const lastOf = (output: string): string => output.trim().split("\n").at(-1) ?? "";

const five = "5 passed, 0 failed";
const none = "0 passed, 0 failed";

it("adds up the tests of the parts that it is given", async () => {
  const { exitCode, output } = await ci(["tests", "nodes"], { TESTS: five, NODES: "2 passed, 0 failed, 1 skipped" });
  expect(lastOf(output)).toBe("7 passed, 0 failed");
  expect(exitCode).toBe(0);
});

it.each([
  [["checks", "test", "nodez"], "test"],
  [["nodez"], "nodez"],
  [["checks tests"], "checks tests"],
  [[""], ""],
])("refuses %j, which are not all names of parts, and lists these", async (parts, name) => {
  const { exitCode, output } = await ci(parts, { TESTS: five });
  expect(output).toBe(`.ci/run has no part "${name}". Its parts are: checks tests nodes judges systems\n`);
  expect(exitCode).toBe(2);
});

it("needs no test for the checks, which are none", async () => {
  const { exitCode, output } = await ci(["checks"]);
  expect(lastOf(output)).toBe(none);
  expect(exitCode).toBe(0);
});

it.each(["", none])("fails when no test of another part ran: %j", async (counts) => {
  const { exitCode, output } = await ci(["tests", "nodes"], { TESTS: five, NODES: counts });
  expect(output).toContain("FAILED: nodes: no test ran\n");
  expect(lastOf(output)).toBe("5 passed, 1 failed");
  expect(exitCode).toBe(1);
});

it("counts tests that failed, and a step that fails without counts as one", async () => {
  const { exitCode, output } = await ci(["tests", "nodes"], { TESTS: "5 passed, 2 failed", EXIT: "1" });
  // The demo and the other versions of Node have no counts.
  expect(lastOf(output)).toBe("5 passed, 4 failed");
  expect(output).not.toContain("no test ran");
  expect(exitCode).toBe(1);
});

it("counts a step that runs beside another, and says what it left out", async () => {
  const { exitCode, output } = await ci(["judges"], {
    CONFORMANCE: five,
    DEPENDENTS: "SKIPPED: a thing\n4 passed, 3 failed",
  });
  expect(lastOf(output)).toBe("9 passed, 3 failed");
  expect(output).toMatch(/^FAILED: dependents of ws/m);
  expect(output).toMatch(/^SKIPPED: dependents of ws.*: a thing$/m);
  // The output of one does not stand in that of the other.
  expect(output).toMatch(/5 passed, 0 failed\n=== our servers .*: ok, \d+ s\n\n=== dependents .*, beside/);
  expect(exitCode).toBe(1);
});
