/** Runs before every test file: sets fast-check's seed, and the number of runs if HYBI_RUNS is set. */

import fc from "fast-check";
import { chooseSeed } from "./seed.ts";

const runs = process.env.HYBI_RUNS;
fc.configureGlobal({ seed: chooseSeed(process.env), ...(runs === undefined ? {} : { numRuns: Number(runs) }) });
