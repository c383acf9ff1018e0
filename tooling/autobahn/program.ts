/** Programs that run in the background for a while. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { root } from "../repository.ts";

export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const running = new Set<Program>();
// They are in process groups of their own and would outlive this process.
process.once("exit", () => {
  for (const program of running) program.kill();
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

/** A running program in a process group of its own, because some are scripts that start the actual program. */
export class Program {
  readonly #child: ChildProcess;
  readonly #name: string;
  #output = "";

  constructor(command: readonly string[], { cwd = root, env = {} }: ProgramOptions = {}) {
    const [program = "", ...args] = command;
    this.#name = args.at(-1) ?? program;
    this.#child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    running.add(this);
    this.#child.once("exit", () => running.delete(this));
    // The error is reported by the method that waits for the program.
    this.#child.on("error", (error) => {
      this.#output += `${error.message}\n`;
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text) => {
        this.#output = (this.#output + text).slice(-10_000);
      });
    }
  }

  get isRunning(): boolean {
    return this.#child.pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** The last 10,000 characters of its output. */
  get output(): string {
    return this.#output;
  }

  /** Waits for a line that matches and returns the match. */
  async line(pattern: RegExp, milliseconds = 60_000): Promise<RegExpExecArray> {
    const { stdout } = this.#child;
    if (stdout === null) throw new Error("bug: its output is not piped");
    const lines = createInterface({ input: stdout });
    const timer = setTimeout(() => lines.close(), milliseconds);
    try {
      for await (const line of lines) {
        const match = pattern.exec(line);
        if (match !== null) return match;
      }
    } finally {
      clearTimeout(timer);
      lines.close();
      stdout.resume();
    }
    throw new Error(`${this.#name} did not write the expected line:\n${this.#output}`);
  }

  /** Waits until it exits by itself, and stops it after `milliseconds`. */
  async ended(milliseconds: number): Promise<void> {
    if (!this.isRunning) return;
    const timer = setTimeout(() => void this.stop(), milliseconds);
    await once(this.#child, "exit");
    clearTimeout(timer);
  }

  async stop(): Promise<void> {
    if (!this.isRunning) return;
    const exit = once(this.#child, "exit");
    this.kill();
    await exit;
  }

  /** Kills it and its child processes without waiting. */
  kill(): void {
    if (this.isRunning && this.#child.pid !== undefined) process.kill(-this.#child.pid, "SIGKILL");
  }
}
