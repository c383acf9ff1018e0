/** Opening handshakes over sockets: the cost of each to the server, from the connection to the response or to its end. */
import { type Effort, showProgress } from "../effort.ts";
import { comparedCells, type Row, type Table } from "../result.ts";
import type { GeneratorProcess } from "./generator-process.ts";
import type { ServerProcess } from "./server-process.ts";
import { subjectsNamed } from "./subjects.ts";
import { inTurns, withServers } from "./with-servers.ts";

/** Connections per pass. */
const perPass = 500;
const parallel = 32;
const warmUpPasses = 20;
/** Milliseconds to wait until a server has cleaned up closed connections. */
const rest = 50;

/** Microseconds of the server's CPU time per connection. */
interface Cost {
  readonly opening: number;
  readonly both: number;
}

export async function measureOpenings(
  { rounds, share }: Effort,
  names: readonly string[] = ["ws", "listen", "upgrade", "pump", "bare", "canned", "bun-native"],
): Promise<Table> {
  const subjects = subjectsNamed(names);
  return await withServers(
    subjects,
    async (generator, server) => {
      for (let pass = 0; pass < warmUpPasses * share; pass++) await openAndClose(generator, server);
    },
    async (generator, servers) => {
      const costs = await inTurns(servers, rounds, (server) => openAndClose(generator, server));
      showProgress();
      const row = (name: keyof Cost, title: string): Row => {
        const values = costs.map((rounds) => rounds.map((cost) => cost[name]));
        return { name, title, cells: comparedCells(subjects, values) };
      };
      return {
        name: "handshakes",
        title: "Openings, each a new connection",
        unit: "µs",
        shows: "ratios",
        rows: [row("opening", "opening, closing left out"), row("both", "opening and closing")],
      };
    },
  );
}

async function openAndClose(generator: GeneratorProcess, server: ServerProcess): Promise<Cost> {
  const before = await server.cpu();
  await generator.open(server, perPass, parallel);
  const opened = await server.cpu();
  await generator.close(server);
  await new Promise((resolve) => setTimeout(resolve, rest));
  return { opening: (opened - before) / perPass, both: ((await server.cpu()) - before) / perPass };
}
