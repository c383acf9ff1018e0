/** For tests: the echo server, and a client that tests it, as programs of any runtime. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

export type Runtime = "node" | "deno" | "bun";
export const runtimes: readonly Runtime[] = ["node", "deno", "bun"];

const binaries = new URL("../../node_modules/.bin/", import.meta.url).pathname;
const here = new URL(".", import.meta.url).pathname;

const commands: Record<Runtime, readonly string[]> = {
  node: [process.execPath, "--conditions=@hybi/source", "--import", "tsx"],
  deno: [`${binaries}deno`, "run", "-A", "--conditions", "@hybi/source"],
  bun: [`${binaries}bun`, "--conditions=@hybi/source"],
};

const servers: Record<Runtime, string> = { node: "main.ts", deno: "main.deno.ts", bun: "main.bun.ts" };

function start(runtime: Runtime, file: string, args: readonly string[]): ChildProcess {
  const [program = "", ...options] = commands[runtime];
  // In a process group of its own: some runtimes are started by a script.
  return spawn(program, [...options, here + file, ...args], { stdio: ["ignore", "pipe", "inherit"], detached: true });
}

function lines(child: ChildProcess): NodeJS.ReadableStream {
  if (child.stdout === null) throw new Error("bug: its output is not piped");
  return child.stdout;
}

/** A running server. */
export interface EchoProgram {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts a server, and waits for the line that says where it listens. */
export async function startServer(runtime: Runtime, ...flags: string[]): Promise<EchoProgram> {
  const child = start(runtime, servers[runtime], flags);
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    const exit = once(child, "exit");
    process.kill(-child.pid);
    await exit;
  };
  const [line] = (await Promise.race([
    once(createInterface({ input: lines(child) }), "line"),
    once(child, "exit").then(() => ["it has exited"]),
  ])) as [string];
  const url = /^listening on (wss?:\/\/127\.0\.0\.1:\d+)$/.exec(line)?.[1];
  if (url !== undefined) return { url, stop };
  await stop();
  throw new Error(`${runtime}: ${line}`);
}

/** Runs `client.ts` and returns its output. */
export function runClient(runtime: Runtime, kind: "own" | "built-in", urls: readonly string[]): Promise<string> {
  return runProgram(runtime, "client.ts", [kind, ...urls]);
}

/** Runs a program, whose path is relative to this folder, and returns its output. */
export async function runProgram(runtime: Runtime, file: string, args: readonly string[]): Promise<string> {
  const child = start(runtime, file, args);
  let output = "";
  lines(child).on("data", (chunk) => {
    output += String(chunk);
  });
  await once(child, "close");
  return output.trim();
}
