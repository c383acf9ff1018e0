/** Runs before every test file: gives fast-check the seed of the run, and the number of runs if HYBI_RUNS asks for one. */

import fc from "fast-check";
import { chooseSeed } from "./seed.ts";

const runs = process.env.HYBI_RUNS;
fc.configureGlobal({ seed: chooseSeed(process.env), ...(runs === undefined ? {} : { numRuns: Number(runs) }) });
