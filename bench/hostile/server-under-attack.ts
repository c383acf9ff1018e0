/** The parent's side of a server under attack. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Memory } from "../end-to-end/reporter.ts";
import type { Announcement } from "./servers/announce.ts";
import type { KnownServer } from "./servers.ts";

/** Milliseconds to wait for a response. A server that no longer responds does not report its heap either. */
const patience = 30_000;

const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) kill(child);
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

export class ServerUnderAttack {
  readonly announcement: Announcement;
  readonly #reportsHeap: boolean;
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(child: ChildProcess, lines: AsyncIterator<string>, known: KnownServer, first: Announcement) {
    this.#child = child;
    this.#lines = lines;
    this.#reportsHeap = known.reportsHeap;
    this.announcement = first;
  }

  /** Starts it and waits until it listens. */
  static async start(known: KnownServer): Promise<ServerUnderAttack> {
    const [program = "", ...args] = await known.command();
    // In a process group of its own: some runtimes are started by a script.
    const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"], detached: true });
    running.add(child);
    child.once("exit", () => running.delete(child));
    child.stdin?.on("error", () => {});
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`The server "${known.name}" did not start listening.`);
    return new ServerUnderAttack(child, lines, known, JSON.parse(value));
  }

  /** Bytes of its heap after a collection, array buffers included; undefined if it does not report them. */
  get heap(): (() => Promise<number>) | undefined {
    return this.#reportsHeap ? () => this.#askHeap() : undefined;
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exit = once(this.#child, "exit");
    kill(this.#child);
    await exit;
  }

  async #askHeap(): Promise<number> {
    this.#child.stdin?.write("memory\n");
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, patience);
    });
    const line = await Promise.race([this.#lines.next(), late]);
    clearTimeout(timer);
    if (typeof line !== "object" || line.done === true) return Number.NaN;
    const { memory } = JSON.parse(line.value) as { readonly memory: Memory };
    return memory.heap + memory.external;
  }
}

function kill(child: ChildProcess): void {
  if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
}
