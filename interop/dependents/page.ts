/** The table of results in docs/reference/dependents.md. */
import { type Dependent, dependents } from "./catalog.ts";
import type { Outcome } from "./run-dependent.ts";

export interface Row {
  readonly dependent: Dependent;
  /** With ws, and with @hybi/ws; undefined where it could not be run on the machine. */
  readonly outcomes: readonly [Outcome | undefined, Outcome | undefined];
}

const cell = (outcome: Outcome | undefined): string =>
  outcome === undefined ? "not run" : `${outcome.passed} of ${outcome.passed + outcome.failed}`;

function ranOf({ also = [], scenario, suite }: Dependent, versions: Readonly<Record<string, string>>): string {
  const ran: string[] = [];
  if (suite !== undefined) ran.push("its own suite");
  if (scenario !== undefined) ran.push(`[scenarios](../../interop/dependents/scenarios/${scenario})`);
  const beside = also.map((name) => `${name} ${versions[name]}`).join(", ");
  return `${ran.join(", ")}${beside === "" ? "" : ` with ${beside}`}`;
}

export function formatPage(rows: readonly Row[], versions: Readonly<Record<string, string>>, node: string): string {
  const lines = rows.map(({ dependent, outcomes }) => {
    const [ws, ours] = outcomes.map(cell);
    return `| ${dependent.name} | ${versions[dependent.name]} | ${ranOf(dependent, versions)} | ${ws} | ${ours} |`;
  });
  const leftOut = rows.flatMap(({ dependent: { name, leftOut } }) =>
    leftOut ? [`- Of \`${name}\`: ${leftOut}.`] : [],
  );
  const red = rows.flatMap(({ dependent, outcomes: [, ours] }) =>
    (ours?.failures ?? []).map(
      (test) => `- \`${dependent.name}\`, "${test}": ${dependent.explained?.[test] ?? "to be mended"}.`,
    ),
  );
  return `# Dependents of ws, with \`@hybi/ws\` in its place

Programs that depend on \`ws\`, unchanged, and installed twice: with \`ws\` ${versions.ws}, and with \`@hybi/ws\` in its place by the package
manager's \`overrides\`. Where a package on npm brings its own suite, this was run; otherwise scenarios over the program as users start it,
whose other side is \`ws\`, Chromium or plain bytes. The numbers are tests that passed, in Node ${node}.

\`\`\`sh
npx pnpm test:dependents            # all of it; with names, only these
npx pnpm test:dependents --write    # writes this page
\`\`\`

| Dependent | Version | What was run | \`ws\` | \`@hybi/ws\` |
| --- | --- | --- | --: | --: |
${lines.join("\n")}

## What was left out

${leftOut.join("\n")}
- \`vite\` and \`playwright-core\` carry a copy of \`ws\` inside their own files, which no override replaces.

## What failed with \`@hybi/ws\`

${red.length === 0 ? "Nothing." : red.join("\n")}
`;
}

/** Returns what is wrong with a page: a row that is missing, of another version, without results, or red and not explained. */
export function checkPage(page: string, versions: Readonly<Record<string, string>>): string[] {
  const rows = new Map(
    [...page.matchAll(/^\| ([^|]+) \| ([^|]+) \| [^|]+ \| ([^|]+) \| ([^|]+) \|$/gm)].map(
      ([, name = "", version, ws = "", ours = ""]) => [name, { version, ws, ours }],
    ),
  );
  const findings = dependents.flatMap(({ name }) => {
    const row = rows.get(name);
    if (row === undefined) return [`${name} has no row`];
    const found: string[] = [];
    if (row.version !== versions[name]) found.push(`${name} is of version ${row.version}, not ${versions[name]}`);
    const isComplete = [row.ws, row.ours].map((result) => {
      const [, passed, all] = /^(\d+) of (\d+)$/.exec(result) ?? [];
      if (all === undefined || Number(all) === 0) found.push(`${name} has the result "${result}"`);
      return passed === all;
    });
    if (isComplete[0] === false) found.push(`${name} fails with ws itself`);
    if (isComplete[1] === false && !page.includes(`\n- \`${name}\`, "`))
      found.push(`${name} fails without a word on why`);
    return found;
  });
  if (page.includes("to be mended")) findings.push("something is to be mended");
  return findings;
}
