/** A program of a document that is being run, and what it prints. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { root } from "../repository.ts";

/** How long a program may take: a test that needs it has failed. */
const patience = 15_000;

export class StartedProgram {
  readonly #child: ChildProcess;
  #output = "";
  #errors = "";
  #waiting: (() => void) | undefined;
  readonly #exited: Promise<number | null>;

  /** Runs a file of JavaScript with these variables of the environment. */
  constructor(path: string, env: Record<string, string>) {
    this.#child = spawn(process.execPath, [path], {
      cwd: join(root, "examples"),
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 60_000,
    });
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.#output += text;
      this.#waiting?.();
    });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.#errors += text));
    this.#exited = once(this.#child, "close").then(([code]) => {
      this.#waiting?.();
      return code as number | null;
    });
  }

  /** What it has printed on stderr, to show when a test fails. */
  get errors(): string {
    return this.#errors;
  }

  /** The first `count` lines that it prints. */
  async lines(count: number): Promise<string[]> {
    const end = performance.now() + patience;
    for (;;) {
      const lines = this.#output.split("\n").slice(0, -1);
      if (lines.length >= count) return lines.slice(0, count);
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`only ${lines.length} lines: ${lines.join("; ")}`)),
          end - performance.now(),
        );
        this.#waiting = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** Its exit code, once it has ended by itself. */
  async exit(): Promise<number | null> {
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), patience);
    const code = await this.#exited;
    clearTimeout(timer);
    return code;
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Ends it, if it runs. */
  async stop(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#exited;
  }
}

/** A port that nobody uses. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("bug: no port");
  return address.port;
}
