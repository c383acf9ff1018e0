/** One Python process for all streams, with wsproto in an environment of its own outside the repository. */
import { type ChildProcessByStdio, execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { chunksOf, type Stream } from "../stream.ts";

const packages = ["wsproto==1.3.2", "h11==0.16.0"];
const environment = join(homedir(), ".cache/hybi-fuzz", packages.join("-"));

/** The reported events, and the status code or the name of the exception. */
export type WsprotoVerdict = readonly [events: readonly string[], failed: number | string | null];

export class WsprotoProcess {
  readonly #kind: number;
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  private constructor(python: string, what: "frames" | "openings") {
    this.#kind = what === "openings" ? 4 : 0;
    const worker = fileURLToPath(new URL("worker.py", import.meta.url));
    this.#process = spawn(python, [worker], { stdio: ["pipe", "pipe", "inherit"] });
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  /** Starts it. Returns the reason if there is no Python or no wsproto. */
  static start(what: "frames" | "openings"): WsprotoProcess | string {
    const python = join(environment, "bin/python");
    try {
      if (!existsSync(python)) execFileSync("python3", ["-m", "venv", environment], { stdio: "pipe" });
      const imports = ["-c", "import wsproto"];
      try {
        execFileSync(python, imports, { stdio: "pipe" });
      } catch {
        execFileSync(python, ["-m", "pip", "install", "--quiet", ...packages], { stdio: "pipe" });
        execFileSync(python, imports, { stdio: "pipe" });
      }
      return new WsprotoProcess(python, what);
    } catch (error) {
      return error instanceof Error ? (error.message.split("\n")[0] ?? error.message) : String(error);
    }
  }

  async judge(streams: readonly Stream[]): Promise<readonly WsprotoVerdict[]> {
    this.#process.stdin.write(encodeBatch(streams, this.#kind));
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error("the Python process of wsproto has exited");
    return JSON.parse(value) as readonly WsprotoVerdict[];
  }

  close(): void {
    this.#process.stdin.end();
  }
}

function encodeBatch(streams: readonly Stream[], kind: number): Buffer {
  const parts: Uint8Array[] = [uint32(streams.length)];
  for (const stream of streams) {
    const chunks = chunksOf(stream);
    parts.push(uint32((stream.role === "server" ? 1 : 0) | (stream.deflate ? 2 : 0) | kind), uint32(chunks.length));
    for (const chunk of chunks) parts.push(uint32(chunk.length), chunk);
  }
  return Buffer.concat(parts);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
