/** Runs a program of these tests in a separate Node process, and parses the JSON that it prints. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

/**
 * Flags of Node with which measurements of memory repeat to the byte: no thread that compiles or collects meanwhile, no optimised
 * code (when it is ready is chance), no bytecode discarded by its age in seconds, and the same hashes each time.
 */
export const heapFlags: readonly string[] = [
  "--expose-gc",
  "--single-threaded",
  "--no-opt",
  "--no-maglev",
  "--no-lazy-feedback-allocation",
  "--no-flush-bytecode",
  "--min-semi-space-size=64",
  "--max-semi-space-size=64",
  "--hash-seed=1",
  "--random-seed=1",
];

/** Runs `name`, a file in this folder, with `flags` for Node. */
export function runProgram(name: string, flags: readonly string[] = []): Promise<unknown> {
  const path = fileURLToPath(new URL(name, import.meta.url));
  const environment = { ...process.env };
  // Keep this process out of coverage measurements of the tests.
  delete environment.NODE_V8_COVERAGE;
  return new Promise((resolve, reject) => {
    const all = ["--import", "tsx", "--conditions=@hybi/source", ...flags, path];
    execFile(process.execPath, all, { env: environment }, (error, output, problems) => {
      if (error === null) resolve(JSON.parse(output));
      else reject(new Error(`${name} failed: ${problems}`));
    });
  });
}
