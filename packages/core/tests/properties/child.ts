/** Runs a program of these tests in a process of Node's of its own, and reads the JSON that it writes. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

/** `name` is that of a file beside this one; `flags` are for Node. */
export function runProgram(name: string, flags: readonly string[] = []): Promise<unknown> {
  const path = fileURLToPath(new URL(name, import.meta.url));
  const environment = { ...process.env };
  // Whoever measures coverage of the tests does not mean this process.
  delete environment.NODE_V8_COVERAGE;
  return new Promise((resolve, reject) => {
    const all = ["--import", "tsx", "--conditions=@hybi/source", ...flags, path];
    execFile(process.execPath, all, { env: environment }, (error, output, problems) => {
      if (error === null) resolve(JSON.parse(output));
      else reject(new Error(`${name} failed: ${problems}`));
    });
  });
}
