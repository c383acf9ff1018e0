/** For tests: an example as a program, started as its documentation says. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";

const examples = new URL("../", import.meta.url).pathname;

/** The same as `pnpm example`, without the second that pnpm takes to start. */
const loaders = ["--import", "tsx", "--import", "./typescript-in-workers.mjs"];
const node = [process.execPath, "--conditions=@hybi/source", ...loaders];

export class Program {
  /** All lines of its output so far. */
  readonly lines: string[] = [];
  /** Resolves with the exit code once its output has ended. */
  readonly exit: Promise<number | null>;
  readonly #child: ChildProcess;
  #changed: () => void = () => {};

  constructor([command = "", ...options]: readonly string[], args: readonly string[]) {
    this.#child = spawn(command, [...options, ...args], { cwd: examples, stdio: ["pipe", "pipe", "inherit"] });
    createInterface({ input: this.#child.stdout as NodeJS.ReadableStream }).on("line", (line) => {
      this.lines.push(line);
      this.#changed();
    });
    this.exit = once(this.#child, "close").then(([code]) => {
      this.#changed();
      return code;
    });
  }

  /** Returns the first line that contains `part`. */
  async line(part: string): Promise<string> {
    for (;;) {
      const line = this.lines.find((candidate) => candidate.includes(part));
      if (line !== undefined) return line;
      if (this.#child.exitCode !== null)
        throw new Error(`it exited without printing: ${part}\n${this.lines.join("\n")}`);
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }

  say(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  endInput(): void {
    this.#child.stdin?.end();
  }

  kill(signal: NodeJS.Signals = "SIGTERM"): void {
    this.#child.kill(signal);
  }
}

/** Starts a program of `examples/` for the duration of one test, by default in Node. */
export function start(args: readonly string[], command: readonly string[] = node): Program {
  const program = new Program(command, args);
  onTestFinished(async () => {
    program.kill("SIGKILL");
    await program.exit;
  });
  return program;
}

/** Runs a program to its end and returns its lines. @throws Error if its exit code is not 0 */
export async function run(args: readonly string[], command?: readonly string[]): Promise<readonly string[]> {
  const program = start(args, command);
  program.endInput();
  const code = await program.exit;
  if (code !== 0) throw new Error(`it exited with ${code}:\n${program.lines.join("\n")}`);
  return program.lines;
}
