/** Compares weights with those that are recorded. */

/** Recorded weights by name, and by major version of Node. */
export type Bounds = Readonly<Record<string, Readonly<Record<string, number>>>>;
export type Weights = Readonly<Record<string, number>>;

/**
 * Share of what is recorded by which a figure may differ. In one build of Node the figures hardly vary; between builds they do a
 * little. A figure that is smaller by more makes the record fail too: it would hide a later growth.
 */
const tolerance = 0.05;
/** The same for objects, of which there are few, so that one more or less is a larger share. */
const toleratedObjects = 1;

export interface Comparison {
  readonly findings: readonly string[];
  /** Figures that could not be compared, in one line. */
  readonly notes: readonly string[];
}

/**
 * Compares the weights in a major version of Node. If that is not recorded, writes and copies are compared with those of the latest
 * that is; bytes and objects are not compared, because they differ between versions of the engine.
 */
export function compareWeights(weights: Weights, bounds: Bounds, major: number): Comparison {
  const findings: string[] = [];
  let skipped = 0;
  for (const [name, weight] of Object.entries(weights)) {
    const recorded = bounds[name];
    if (recorded !== undefined && recorded[major] === undefined && isOfEngine(name)) {
      skipped++;
      continue;
    }
    const bound = boundOf(recorded, major);
    if (bound === undefined) {
      findings.push(`${name}: ${weight} is not recorded. Record it with \`pnpm check:weight --write\`.`);
    } else if (weight > bound + roomOf(name, bound)) {
      findings.push(
        `${name}: ${weight}, but ${bound} is recorded. Make it lighter again; if the growth is worth it, say why in the ` +
          "commit and record it with `pnpm check:weight --write`.",
      );
    } else if (weight < bound - roomOf(name, bound)) {
      findings.push(
        `${name}: ${weight}, lighter than the recorded ${bound}. Record it with \`pnpm check:weight --write\`, so that it stays so.`,
      );
    }
  }
  for (const name of Object.keys(bounds)) {
    if (!(name in weights))
      findings.push(`${name} is recorded but not weighed: \`pnpm check:weight --write\` removes it.`);
  }
  const notes =
    skipped > 0 ? [`Node ${major} is not recorded: ${skipped} figures of bytes and objects are not compared.`] : [];
  return { findings, notes };
}

function roomOf(name: string, bound: number): number {
  return Math.max(bound * tolerance, name.endsWith(", objects") ? toleratedObjects : 0);
}

function isOfEngine(name: string): boolean {
  return name.endsWith(", B") || name.endsWith(", objects");
}

function boundOf(recorded: Bounds[string] | undefined, major: number): number | undefined {
  if (recorded === undefined) return undefined;
  const latest = Math.max(...Object.keys(recorded).map(Number));
  return recorded[major] ?? recorded[latest];
}

/** Returns `bounds` with the weights of one version of Node in place of those recorded for it. */
export function record(weights: Weights, bounds: Bounds, major: number): Bounds {
  return Object.fromEntries(
    Object.entries(weights).map(([name, weight]) => [name, { ...bounds[name], [major]: weight }]),
  );
}
