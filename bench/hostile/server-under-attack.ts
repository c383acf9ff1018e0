/** The parent's end of a server under attack. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Memory } from "../end-to-end/reporter.ts";
import type { Announcement } from "./servers/announce.ts";
import type { KnownServer } from "./servers.ts";

/** A server that answers nothing any more tells nothing of its heap either. */
const patience = 30_000;

const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) kill(child);
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

export class ServerUnderAttack {
  readonly announcement: Announcement;
  readonly #tellsHeap: boolean;
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(child: ChildProcess, lines: AsyncIterator<string>, known: KnownServer, first: Announcement) {
    this.#child = child;
    this.#lines = lines;
    this.#tellsHeap = known.tellsHeap;
    this.announcement = first;
  }

  /** Starts it, and waits until it listens. */
  static async start(known: KnownServer): Promise<ServerUnderAttack> {
    const [program = "", ...args] = await known.command();
    // In a group of its own: some runtimes come as a script that starts the program.
    const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"], detached: true });
    running.add(child);
    child.once("exit", () => running.delete(child));
    child.stdin?.on("error", () => {});
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`The server "${known.name}" has not begun to listen.`);
    return new ServerUnderAttack(child, lines, known, JSON.parse(value));
  }

  /** Bytes of its heap after a collection, array buffers included; undefined when it does not tell. */
  get heap(): (() => Promise<number>) | undefined {
    return this.#tellsHeap ? () => this.#askHeap() : undefined;
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
