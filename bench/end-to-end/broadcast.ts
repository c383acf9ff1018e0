/** A broadcast of 200 bytes to many connections: the server's CPU time per delivery. */
import { type Effort, showProgress } from "../effort.ts";
import { comparedCells, type Row } from "../result.ts";
import { allowedConnections } from "./descriptors.ts";
import type { GeneratorProcess } from "./generator-process.ts";
import type { ServerProcess } from "./server-process.ts";
import { subjectsNamed } from "./subjects.ts";
import { inTurns, withServers } from "./with-servers.ts";

const wanted = 1000;
const broadcasts = 20;
const warmUpPasses = 3;

export async function measureBroadcast(
  { rounds }: Effort,
  names: readonly string[] = ["ws", "listen", "bare"],
): Promise<Row> {
  const connections = allowedConnections(wanted);
  const subjects = subjectsNamed(names);
  const pass = async (generator: GeneratorProcess, server: ServerProcess): Promise<number> => {
    const before = await server.cpu();
    await server.broadcast(broadcasts);
    const spent = (await server.cpu()) - before;
    let received = 0;
    for (let wait = 0; wait < 100 && received < broadcasts * connections; wait++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      received += await generator.received(server);
    }
    if (received !== broadcasts * connections) throw new Error(`${received} deliveries arrived.`);
    return spent / received;
  };
  return await withServers(
    subjects,
    async (generator, server) => {
      await generator.open(server, connections, 64, true);
      for (let round = 0; round < warmUpPasses; round++) await pass(generator, server);
    },
    async (generator, servers) => {
      const costs = await inTurns(servers, rounds, (server) => pass(generator, server));
      showProgress();
      const title = `200 B to ${connections.toLocaleString("en-US")}, over sockets`;
      return { name: "sockets", title, cells: comparedCells(subjects, costs) };
    },
  );
}
