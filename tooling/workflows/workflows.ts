/** Compares the workflow of CI with .ci/run. */

/** A job of a workflow, as far as it matters here. */
export interface Job {
  readonly container?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly strategy?: { readonly matrix?: { readonly part?: readonly string[]; readonly node?: readonly number[] } };
  readonly steps: readonly { readonly uses?: string; readonly run?: string }[];
}

/** Returns the scripts of package.json that each part of .ci/run runs. */
export function partsOf(script: string): Map<string, string[]> {
  const parts = new Map<string, string[]>();
  let scripts: string[] | undefined;
  for (const line of script.split("\n")) {
    const [, part] = /^part=(\w+)$/.exec(line) ?? [];
    const [, name] = /^step(?:_with "[^"]*")? "[^"]*" ([\w:]+)/.exec(line) ?? [];
    if (part !== undefined) {
      scripts = [];
      parts.set(part, scripts);
    }
    if (name === undefined) continue;
    if (scripts === undefined) throw new Error(`.ci/run runs ${name} before its first part`);
    scripts.push(name);
  }
  return parts;
}

/** Subcommands of pnpm that are not scripts of package.json. */
const ofPnpm: readonly string[] = ["install", "exec"];

/** Returns the scripts of package.json that a text runs. */
export function scriptsIn(text: string): string[] {
  return [...text.matchAll(/\bpnpm(?:@\d+)?\s+([a-z][\w:-]*)/g)]
    .map(([, name = ""]) => name)
    .filter((name) => !ofPnpm.includes(name));
}

/** Returns what one of .ci/run and the jobs of a workflow runs, and the other does not. */
export function differences(
  parts: ReadonlyMap<string, readonly string[]>,
  jobs: Readonly<Record<string, Job>>,
): string[] {
  const commands = Object.values(jobs).flatMap(({ strategy, steps }) =>
    steps.flatMap(({ run = "" }) =>
      run.includes("{{ matrix.part }}")
        ? (strategy?.matrix?.part ?? []).map((part) => run.replace(/\$\{\{ matrix\.part \}\}/, part))
        : [run],
    ),
  );
  const run = commands.flatMap((command) => /^bash \.ci\/run (\w+)$/.exec(command)?.[1] ?? []);
  const scripts = commands.flatMap(scriptsIn);
  const known = [...parts.values()].flat();
  return [
    ...run.filter((part) => !parts.has(part)).map((part) => `.ci/run has no part ${part}`),
    ...scripts.filter((script) => !known.includes(script)).map((script) => `${script} is not in .ci/run`),
    ...[...parts]
      .filter(([part, names]) => !run.includes(part) && !names.every((name) => scripts.includes(name)))
      .map(([part]) => `the part ${part} is not run`),
  ];
}
