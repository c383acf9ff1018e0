/**
 * `pnpm test:browsers` runs the installed browsers, driven by playwright-core, against our own server. `pnpm test:browsers
 * firefox` runs one of them. It ends with `N passed, N failed`. A missing browser counts as a failure.
 */
import { existsSync } from "node:fs";
import { runSuite, vitest } from "../../tooling/test-all/run-suite.ts";
import { concludeTests, type Tally } from "../../tooling/test-all/tally.ts";
import { chooseSeed } from "../../tooling/vitest/seed.ts";
import { type BrowserName, browsers, isBrowserName } from "./browsers.ts";

/** Several times the time of the slowest. */
const timeoutMs = 600_000;

const named = process.argv.slice(2).filter(isBrowserName);
const filters = process.argv.slice(2).filter((argument) => !isBrowserName(argument));
const env = { HYBI_SEED: String(chooseSeed(process.env)) };

function runIn(name: BrowserName): Promise<Tally> {
  console.log(`\n=== ${name} ===`);
  return runSuite({
    name,
    command: ["node", vitest],
    options: ["--config", "interop/vitest.config.ts", "--project", "browsers", ...filters],
    env: { ...env, HYBI_BROWSER: name },
    mayBeEmpty: false,
    timeoutMs,
  });
}

async function tally(name: BrowserName): Promise<Tally> {
  if (!existsSync(browsers[name].program)) {
    console.log(`${name}: ${browsers[name].program} is not installed; on Debian, install ${browsers[name].package}.`);
    return { name, passed: 0, failed: 1, skipped: 0 };
  }
  const first = await runIn(name);
  // Firefox sometimes does not start at all. If it started, do not retry: its results are valid.
  if (first.passed > 0) return first;
  console.log(`\n${name} ran no test; retrying.`);
  return runIn(name);
}

const tallies: Tally[] = [];
for (const name of named.length > 0 ? named : (Object.keys(browsers) as BrowserName[])) tallies.push(await tally(name));
concludeTests(tallies);
