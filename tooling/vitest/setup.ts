/**
 * Runs before every test file: sets fast-check's seed, and the number of runs if HYBI_RUNS is set. Where files share a process, it
 * also takes away what the file before has left: modules with their state, globals and spies.
 */

import fc from "fast-check";
import { vi } from "vitest";
import { chooseSeed } from "./seed.ts";

const runs = process.env.HYBI_RUNS;
fc.configureGlobal({ seed: chooseSeed(process.env), ...(runs === undefined ? {} : { numRuns: Number(runs) }) });

vi.unstubAllGlobals();
vi.restoreAllMocks();
vi.resetModules();
