/** The parent's side of a server. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { bundle } from "../bundle.ts";
import type { Memory } from "./reporter.ts";
import { executableOf, type Runtime, type Subject } from "./subjects.ts";

const flags: Readonly<Record<Runtime, readonly string[]>> = {
  node: ["--expose-gc"],
  bun: [],
  deno: ["run", "-A", "--no-check", "--no-config", "--v8-flags=--expose-gc"],
};

export class ServerProcess {
  readonly subject: Subject;
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(subject: Subject, child: ChildProcess, lines: AsyncIterator<string>, port: number) {
    this.subject = subject;
    this.port = port;
    this.#child = child;
    this.#lines = lines;
  }

  static async start(subject: Subject): Promise<ServerProcess> {
    const { runtime, name, options, environment } = subject;
    const program = await bundle(`end-to-end/server.${runtime}`);
    const child = spawn(executableOf(runtime), [...flags[runtime], program, JSON.stringify(options)], {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, ...environment },
    });
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
    const { port } = await nextLine<{ port: number }>(lines, name);
    return new ServerProcess(subject, child, lines, port);
  }

  /** Returns the CPU time it has used, of all threads, in microseconds. */
  async cpu(): Promise<number> {
    return (await this.#ask<{ cpu: number }>("cpu")).cpu;
  }

  /** Returns its memory after a thorough collection. */
  async memory(): Promise<Memory> {
    return (await this.#ask<{ memory: Memory }>("memory")).memory;
  }

  /** Lets it send `count` broadcasts; resolves when they have been written. */
  async broadcast(count: number): Promise<void> {
    await this.#ask(`broadcast ${count}`);
  }

  /** Ends its standard input, at which it exits. That also reaches runtimes started by a script, which a signal would not. */
  async end(): Promise<void> {
    const exit = once(this.#child, "exit");
    this.#child.stdin?.end();
    await exit;
  }

  #ask<Answer>(question: string): Promise<Answer> {
    this.#child.stdin?.write(`${question}\n`);
    return nextLine(this.#lines, this.subject.name);
  }
}

async function nextLine<Answer>(lines: AsyncIterator<string>, name: string): Promise<Answer> {
  const { value, done } = await lines.next();
  if (done === true) throw new Error(`The server "${name}" has exited.`);
  return JSON.parse(value);
}
