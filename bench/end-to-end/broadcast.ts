/** A broadcast of 200 bytes to many connections: the server's CPU time per delivery. */
import { type Effort, showProgress } from "../effort.ts";
import { comparedCell, type Row } from "../result.ts";
import { compare } from "../statistics.ts";
import { allowedConnections } from "./descriptors.ts";
import { GeneratorProcess } from "./generator-process.ts";
import { ServerProcess } from "./server-process.ts";
import { subjectsNamed } from "./subjects.ts";

const wanted = 1000;
const broadcasts = 20;
const warmUpPasses = 3;

export async function measureBroadcast({ rounds }: Effort): Promise<Row> {
  const connections = allowedConnections(wanted);
  const subjects = subjectsNamed(["ws", "listen"]);
  const generator = await GeneratorProcess.start();
  const servers: ServerProcess[] = [];
  const pass = async (server: ServerProcess): Promise<number> => {
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
  try {
    for (const subject of subjects) {
      const server = await ServerProcess.start(subject);
      servers.push(server);
      await generator.open(server, connections, 64, true);
      for (let round = 0; round < warmUpPasses; round++) await pass(server);
    }
    const costs: number[][] = servers.map(() => []);
    for (let round = 0; round < rounds; round++) {
      for (const [index, server] of servers.entries()) costs[index]?.push(await pass(server));
    }
    showProgress();
    const cells = subjects.map((subject, index) =>
      comparedCell(subject, compare(costs[index] as number[], costs[0] as number[])),
    );
    return { name: "sockets", title: `200 B to ${connections.toLocaleString("en-US")}, over sockets`, cells };
  } finally {
    generator.end();
    await Promise.all(servers.map((server) => server.end()));
  }
}
