/** Runs a program of these tests in a separate Node process, and parses the JSON that it prints. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

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
