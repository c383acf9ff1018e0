/** The parent's side of a worker. */
import { type ChildProcess, fork } from "node:child_process";
import type { Implementation } from "./implementations.ts";
import type { Task } from "./task.ts";
import type { Request, Response } from "./worker.ts";

export class WorkerProcess {
  readonly implementation: Implementation;
  readonly #child: ChildProcess;
  readonly #ended: Promise<never>;

  constructor(program: string, implementation: Implementation, flags: readonly string[] = []) {
    this.implementation = implementation;
    this.#child = fork(program, [implementation.name], {
      env: { ...process.env, ...implementation.environment },
      execArgv: [...flags],
    });
    this.#ended = new Promise((_, reject) => {
      this.#child.once("exit", () => reject(new Error(`The worker for ${implementation.title} has ended.`)));
    });
    // The exit is an error only for a pending request.
    this.#ended.catch(() => {});
  }

  /** Prepares the task and warms it up, for this share of the usual time; returns the digest of all output. */
  async prepare(task: Task, share = 1): Promise<string> {
    const response = await this.#ask({ type: "prepare", task, share });
    if (response.type !== "prepared") throw new Error("Unexpected response from the worker.");
    return response.digest;
  }

  /** Runs one pass; returns nanoseconds of CPU time per message. */
  async pass(): Promise<number> {
    const response = await this.#ask({ type: "pass" });
    if (response.type !== "passed") throw new Error("Unexpected response from the worker.");
    return response.nanoseconds;
  }

  /** Returns bytes of garbage per message of the task. */
  garbage(): Promise<number> {
    return this.#bytes({ type: "garbage" });
  }

  /** Returns bytes held: by each fragment of one byte, or by each text that waits. */
  held(by: "fragments" | "waiting"): Promise<number> {
    return this.#bytes({ type: "held", by });
  }

  end(): void {
    this.#child.disconnect();
  }

  async #bytes(request: Request): Promise<number> {
    const response = await this.#ask(request);
    if (response.type !== "bytes") throw new Error("Unexpected response from the worker.");
    return response.bytes;
  }

  async #ask(request: Request): Promise<Response> {
    const answer = new Promise<Response>((resolve) =>
      this.#child.once("message", (message) => resolve(message as Response)),
    );
    this.#child.send(request);
    return Promise.race([answer, this.#ended]);
  }
}
