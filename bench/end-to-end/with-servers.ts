/** A load generator and the servers that it compares. */
import { GeneratorProcess } from "./generator-process.ts";
import { ServerProcess } from "./server-process.ts";
import type { Subject } from "./subjects.ts";

/**
 * Starts a load generator and a server for each subject, and ends them all when `measure` is over. `prepare` opens the connections of a
 * server and warms it up, before the next one is started.
 */
export async function withServers<Measured>(
  subjects: readonly Subject[],
  prepare: (generator: GeneratorProcess, server: ServerProcess) => Promise<void>,
  measure: (generator: GeneratorProcess, servers: readonly ServerProcess[]) => Promise<Measured>,
): Promise<Measured> {
  const generator = await GeneratorProcess.start();
  const servers: ServerProcess[] = [];
  try {
    for (const subject of subjects) {
      const server = await ServerProcess.start(subject);
      servers.push(server);
      await prepare(generator, server);
    }
    return await measure(generator, servers);
  } finally {
    generator.end();
    await Promise.all(servers.map((server) => server.end()));
  }
}

/** Returns what `pass` returns for each server, in rounds in which they take turns. */
export async function inTurns<Cost>(
  servers: readonly ServerProcess[],
  rounds: number,
  pass: (server: ServerProcess) => Promise<Cost>,
): Promise<Cost[][]> {
  const costs: Cost[][] = servers.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, server] of servers.entries()) costs[index]?.push(await pass(server));
  }
  return costs;
}
