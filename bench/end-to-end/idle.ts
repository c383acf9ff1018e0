/** Memory of idle connections: never used, and after one message each way. */
import { type Effort, showProgress } from "../effort.ts";
import { cellsOf, type Row, type Table } from "../result.ts";
import { allowedConnections } from "./descriptors.ts";
import type { Memory } from "./reporter.ts";
import type { ServerProcess } from "./server-process.ts";
import { type Subject, subjectsNamed } from "./subjects.ts";
import type { TrafficKind } from "./traffic.ts";
import { withServers } from "./with-servers.ts";

const wanted = { full: 5000, quick: 1000 };
/** Connections that compress: with more, their windows go beyond the default memory budget of a server, which then ends some. */
const mostDeflating = 500;
/** Connections opened in parallel: fewer than the shortest backlog of these servers. */
const parallel = 64;

const oneMessage: TrafficKind = { kind: "binary", length: 64, depth: 1 };

/** KiB per connection. */
interface PerConnection {
  /** The heap, and memory outside of it that belongs to heap objects: arrays. */
  readonly heap: number;
  readonly resident: number;
}

interface Idle {
  readonly unused: PerConnection;
  readonly used: PerConnection;
}

export async function measureIdle(
  { quick }: Effort,
  names: readonly string[] = ["ws", "listen", "upgrade", "pump", "bare", "raw"],
  deflatingNames: readonly string[] = ["ws", "listen"],
): Promise<Table> {
  const connections = allowedConnections(wanted[quick ? "quick" : "full"]);
  const subjects = [...subjectsNamed(names), ...subjectsNamed(deflatingNames, { deflate: true }).map(deflating)];
  const measured: Idle[] = [];
  for (const subject of subjects) {
    const most = subject.options.deflate ? mostDeflating : connections;
    measured.push(await measureSubject(subject, Math.min(connections, most)));
    showProgress();
  }
  const raw = measured[subjects.findIndex(({ name }) => name === "raw")] as Idle;
  const row = (name: string, title: string, value: (idle: Idle) => number): Row => ({
    name,
    title,
    cells: cellsOf(subjects, measured.map(value)),
  });
  return {
    name: "idle",
    title: `An idle connection, of ${connections.toLocaleString("en-US")}`,
    unit: "KiB",
    shows: "values",
    sampling: "one run each",
    rows: [
      row("heap", "heap, never used", ({ unused }) => unused.heap),
      row("heap-above", "… above TCP alone", ({ unused }) => unused.heap - raw.unused.heap),
      row("heap-used", "heap, after an echo", ({ used }) => used.heap),
      row("heap-used-above", "… above TCP alone", ({ used }) => used.heap - raw.used.heap),
      row("resident", "resident, never used", ({ unused }) => unused.resident),
      row("resident-used", "resident, after an echo", ({ used }) => used.resident),
    ],
  };
}

function deflating(subject: Subject): Subject {
  return { ...subject, name: `${subject.name}-deflate`, title: `${subject.title}, deflate, of 500` };
}

async function measureSubject(subject: Subject, connections: number): Promise<Idle> {
  const traffic: TrafficKind = subject.options.deflate ? { kind: "deflated", length: 2048, depth: 1 } : oneMessage;
  return await withServers(
    [subject],
    async () => {},
    async (generator, servers) => {
      const [server] = servers as readonly [ServerProcess];
      // Compile the code and create what is shared by all connections before anything is counted.
      await generator.open(server, 200, parallel);
      await generator.verify(server, traffic);
      await generator.close(server);
      const before = await server.memory();
      await generator.open(server, connections, parallel);
      const unused = perConnection(before, await server.memory(), connections);
      await generator.verify(server, traffic);
      const used = perConnection(before, await server.memory(), connections);
      return { unused, used };
    },
  );
}

function perConnection(before: Memory, after: Memory, connections: number): PerConnection {
  const kibibytes = (bytes: number): number => bytes / connections / 1024;
  return {
    heap: kibibytes(after.heap - before.heap + after.external - before.external),
    resident: kibibytes(after.resident - before.resident),
  };
}
