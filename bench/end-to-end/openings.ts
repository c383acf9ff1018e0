/** Opening handshakes over sockets: the cost of each to the server, from the connection to the response or to its end. */
import { type Effort, showProgress } from "../effort.ts";
import { comparedCell, type Table } from "../result.ts";
import { compare } from "../statistics.ts";
import { GeneratorProcess } from "./generator-process.ts";
import { ServerProcess } from "./server-process.ts";
import { subjectsNamed } from "./subjects.ts";

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

export async function measureOpenings({ rounds, share }: Effort): Promise<Table> {
  const generator = await GeneratorProcess.start();
  const subjects = subjectsNamed(["ws", "listen", "upgrade", "pump", "canned", "bun-native"]);
  const servers: ServerProcess[] = [];
  try {
    for (const subject of subjects) {
      const server = await ServerProcess.start(subject);
      servers.push(server);
      for (let pass = 0; pass < warmUpPasses * share; pass++) await openAndClose(generator, server);
    }
    const costs: Cost[][] = servers.map(() => []);
    for (let round = 0; round < rounds; round++) {
      for (const [index, server] of servers.entries()) costs[index]?.push(await openAndClose(generator, server));
    }
    showProgress();
    const row = (name: keyof Cost, title: string): Table["rows"][number] => {
      const values = costs.map((rounds) => rounds.map((cost) => cost[name]));
      const cells = subjects.map((subject, index) =>
        comparedCell(subject, compare(values[index] as number[], values[0] as number[])),
      );
      return { name, title, cells };
    };
    return {
      name: "handshakes",
      title: "Openings, each a new connection",
      unit: "µs",
      shows: "ratios",
      rows: [row("opening", "opening, closing left out"), row("both", "opening and closing")],
    };
  } finally {
    generator.end();
    await Promise.all(servers.map((server) => server.end()));
  }
}

async function openAndClose(generator: GeneratorProcess, server: ServerProcess): Promise<Cost> {
  const before = await server.cpu();
  await generator.open(server, perPass, parallel);
  const opened = await server.cpu();
  await generator.close(server);
  await new Promise((resolve) => setTimeout(resolve, rest));
  return { opening: (opened - before) / perPass, both: ((await server.cpu()) - before) / perPass };
}
