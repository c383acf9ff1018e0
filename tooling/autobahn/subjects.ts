/** The subjects that are judged: our echo servers and our clients, each in three runtimes. */
import { join } from "node:path";
import { root } from "../repository.ts";

export type Runtime = "node" | "deno" | "bun";
export const runtimes: readonly Runtime[] = ["node", "deno", "bun"];

/** A server that prints where it listens (`ws://127.0.0.1:…`), or a client that takes a URL and its own name as arguments. */
export interface Subject {
  readonly name: string;
  readonly role: "server" | "client";
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const binaries = join(root, "node_modules/.bin");
const programs: Record<Runtime, readonly string[]> = {
  node: [process.execPath, "--conditions=@hybi/source", "--import", "tsx"],
  deno: [join(binaries, "deno"), "run", "-A", "--conditions", "@hybi/source"],
  bun: [join(binaries, "bun"), "--conditions=@hybi/source"],
};
const echoServers: Record<Runtime, string> = { node: "main.ts", deno: "main.deno.ts", bun: "main.bun.ts" };

export function ourServer(runtime: Runtime): Subject {
  const command = [...programs[runtime], join(root, "examples/echo", echoServers[runtime]), "--deflate"];
  return { name: `server-${runtime}`, role: "server", command };
}

export function ourClient(runtime: Runtime): Subject {
  const command = [...programs[runtime], join(import.meta.dirname, "client.ts")];
  return { name: `client-${runtime}`, role: "client", command };
}
