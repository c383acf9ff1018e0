/**
 * `pnpm test:proxies` tests the installed nginx and HAProxy between clients and our own servers, with the configurations of
 * the examples, which the documents show. It ends with `N passed, N failed`.
 */
import { runSuite, vitest } from "../../tooling/test-all/run-suite.ts";
import { concludeTests } from "../../tooling/test-all/tally.ts";
import { chooseSeed } from "../../tooling/vitest/seed.ts";

const options = ["--config", "interop/vitest.config.ts", "--project", "proxies", ...process.argv.slice(2)];
const env = { HYBI_SEED: String(chooseSeed(process.env)) };
concludeTests([
  await runSuite({
    name: "proxies",
    command: ["node", vitest],
    options,
    env,
    mayBeEmpty: false,
    // Several times the usual duration.
    timeoutMs: 600_000,
  }),
]);
