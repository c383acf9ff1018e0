/** Memory of idle connections: never used, and after one message each way. */
import { execFileSync } from "node:child_process";
import type { TrafficKind } from "./generator.ts";
import { GeneratorProcess } from "./generator-process.ts";
import type { Memory } from "./reporter.ts";
import { ServerProcess } from "./server-process.ts";
import { type Subject, subjectsOf } from "./subjects.ts";

const wanted = { full: 5000, quick: 1000 };
/** File descriptors reserved for other uses. */
const spareDescriptors = 200;
/** Connections opened in parallel: fewer than the shortest backlog of these servers. */
const parallel = 64;

const oneMessage: TrafficKind = { kind: "binary", length: 64, depth: 1 };

/** KiB per connection. */
interface PerConnection {
  /** The heap, and memory outside of it that belongs to heap objects: arrays. */
  readonly heap: number;
  readonly resident: number;
}

export interface IdleRow {
  readonly subject: Subject;
  readonly unused: PerConnection;
  readonly used: PerConnection;
}

export interface IdleResult {
  readonly connections: number;
  readonly rows: readonly IdleRow[];
}

export async function measureIdle(quick: boolean): Promise<IdleResult> {
  const connections = Math.min(wanted[quick ? "quick" : "full"], openFileLimit() - spareDescriptors);
  if (connections < wanted[quick ? "quick" : "full"]) {
    console.error(`ONLY ${connections} CONNECTIONS: ulimit -n allows no more. Raise it to measure more of them.`);
  }
  const rows: IdleRow[] = [];
  for (const subject of subjectsOf("idle", quick)) {
    rows.push(await measureSubject(subject, connections));
    process.stderr.write(".");
  }
  process.stderr.write("\n");
  return { connections, rows };
}

async function measureSubject(subject: Subject, connections: number): Promise<IdleRow> {
  const generator = await GeneratorProcess.start();
  const server = await ServerProcess.start(subject);
  try {
    // Compile the code and create what is shared by all connections before anything is counted.
    await openAll(generator, server, 200);
    await generator.verify(server, oneMessage);
    await generator.close(server);
    const before = await server.memory();
    await openAll(generator, server, connections);
    const unused = perConnection(before, await server.memory(), connections);
    await generator.verify(server, oneMessage);
    const used = perConnection(before, await server.memory(), connections);
    return { subject, unused, used };
  } finally {
    generator.end();
    await server.end();
  }
}

async function openAll(generator: GeneratorProcess, server: ServerProcess, connections: number): Promise<void> {
  const { count } = await generator.open(server, connections, parallel);
  if (count < connections) throw new Error(`ONLY ${count} OF ${connections} CONNECTIONS to ${server.subject.title}.`);
}

function perConnection(before: Memory, after: Memory, connections: number): PerConnection {
  const kibibytes = (bytes: number): number => bytes / connections / 1024;
  return {
    heap: kibibytes(after.heap - before.heap + after.external - before.external),
    resident: kibibytes(after.resident - before.resident),
  };
}

/** Returns the limit of file descriptors of a process: Node raises its own soft limit to the hard one. */
function openFileLimit(): number {
  try {
    const limit = execFileSync("sh", ["-c", "ulimit -Hn"], { encoding: "utf8" }).trim();
    return limit === "unlimited" ? Number.POSITIVE_INFINITY : Number(limit);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
