/** Chooses the seed of all property tests of a run: from HYBI_SEED, fixed in CI, or random. */

const seedInCI = 6455;

export function chooseSeed(env: Record<string, string | undefined>): number {
  const given = env.HYBI_SEED;
  if (given === undefined) return env.CI ? seedInCI : Math.floor(Math.random() * 0x7fff_ffff);
  const seed = Number(given);
  if (!Number.isSafeInteger(seed)) throw new Error(`HYBI_SEED must be an integer, not ${JSON.stringify(given)}`);
  return seed;
}
