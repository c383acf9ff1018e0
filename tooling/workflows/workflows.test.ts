/** The workflows of the hosting site run what .ci/run runs, and templates name commands that exist. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { filesBelow, root, run } from "../repository.ts";
import { differences, type Job, partsOf, scriptsIn } from "./workflows.ts";

const read = (file: string): string => readFileSync(join(root, file), "utf8");
const isYaml = (file: string): boolean => file.endsWith(".yml");

/** Bun reads YAML. */
async function parse(file: string): Promise<{ jobs: Record<string, Job>; [key: string]: unknown }> {
  const program = `console.log(JSON.stringify(Bun.YAML.parse(await Bun.file(${JSON.stringify(join(root, file))}).text())))`;
  const { exitCode, output } = await run(["bun", "--eval", program], { capture: true });
  if (exitCode !== 0) throw new Error(output);
  return JSON.parse(output);
}

const script = [
  "step() { # step <name> <pnpm arguments…>",
  "part=checks",
  'step "lint" lint',
  "part=nodes",
  'step "tests in the other versions" test:nodes',
  "part=systems",
  'step_with "nginx-light=nginx" "proxies" test:proxies',
].join("\n");

describe("partsOf", () => {
  it("finds the scripts of each part", () => {
    const parts = { checks: ["lint"], nodes: ["test:nodes"], systems: ["test:proxies"] };
    expect(Object.fromEntries(partsOf(script))).toEqual(parts);
  });

  it("throws for a step before the first part", () => {
    expect(() => partsOf(`step "lint" lint\n${script}`)).toThrow("lint");
  });
});

describe("differences", () => {
  const jobOf = (runs: string[], part?: string[]): Job => ({
    ...(part && { strategy: { matrix: { part } } }),
    steps: [{ uses: "actions/checkout@v5" }, ...runs.map((run) => ({ run }))],
  });
  const inParts = "bash .ci/run $" + "{{ matrix.part }}";

  it("finds nothing when each part is run, as a part or by its scripts", () => {
    const jobs = { part: jobOf([inParts], ["checks", "systems"]), nodes: jobOf(["npx -y pnpm@12 test:nodes 22"]) };
    expect(differences(partsOf(script), jobs)).toEqual([]);
  });

  it.each<[string, Record<string, Job>, string]>([
    ["a part that no job runs", { part: jobOf([inParts], ["checks", "nodes"]) }, "systems is not run"],
    ["a part that does not exist", { part: jobOf([inParts], ["checks", "nodes", "systems", "more"]) }, "no part more"],
    [
      "a script that .ci/run does not run",
      { part: jobOf([inParts, "npx pnpm mutation"], ["checks", "nodes", "systems"]) },
      "mutation is not in .ci/run",
    ],
  ])("finds %s", (_, jobs, finding) => {
    expect(differences(partsOf(script), jobs)).toEqual([expect.stringContaining(finding)]);
  });
});

describe("the workflow of CI", () => {
  it("runs every part of .ci/run, and nothing else", async () => {
    const { jobs } = await parse(".github/workflows/ci.yml");
    expect(differences(partsOf(read(".ci/run")), jobs)).toEqual([]);
  });

  it("runs the tests in every maintained version of Node", async () => {
    const { jobs } = await parse(".github/workflows/ci.yml");
    const { dependencies } = JSON.parse(read("tooling/nodes/package.json"));
    const maintained = Object.keys(dependencies).map((name) => Number(name.replace("node", "")));
    // The container of the other job has the first.
    expect([20, ...(jobs.nodes?.strategy?.matrix?.node ?? [])]).toEqual(maintained);
    expect(jobs.part?.container).toMatch(/^node:20-/);
  });
});

describe("the workflow of releases", () => {
  it("publishes what release:check has kept, with provenance and without a token", async () => {
    const { jobs, on } = await parse(".github/workflows/release.yml");
    expect(on).toEqual({ push: { tags: ["v*"] } });
    expect(jobs.publish?.permissions).toMatchObject({ "id-token": "write" });
    const commands = jobs.publish?.steps.flatMap(({ run = [] }) => run) ?? [];
    const check = commands.findIndex((command) => command.includes("release:check --keep .release"));
    const publish = commands.findIndex((command) => command.includes("./.release/publish --provenance"));
    expect(check).toBeGreaterThan(0);
    expect(publish).toBeGreaterThan(check);
    expect(read(".github/workflows/release.yml")).not.toMatch(/secrets\.|NPM_TOKEN|NODE_AUTH_TOKEN/);
  });
});

describe("a workflow or template", () => {
  const files = [...filesBelow(".github", () => true), "CODE_OF_CONDUCT.md"];
  const { scripts } = JSON.parse(read("package.json"));

  it("is there for bugs, features, pull requests, CI and releases", () => {
    expect(files).toEqual(
      expect.arrayContaining([
        ".github/ISSUE_TEMPLATE/bug.md",
        ".github/ISSUE_TEMPLATE/feature.md",
        ".github/PULL_REQUEST_TEMPLATE.md",
        ".github/workflows/ci.yml",
        ".github/workflows/release.yml",
      ]),
    );
  });

  it.each(files)("%s names scripts that exist", (file) => {
    expect(scriptsIn(read(file)).filter((script) => !(script in scripts))).toEqual([]);
  });

  it.each(files.filter(isYaml))("%s is YAML", async (file) => {
    expect(await parse(file)).toBeTypeOf("object");
  });
});
