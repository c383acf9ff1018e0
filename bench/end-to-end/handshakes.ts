/** Opening handshakes over sockets: the cost of each to the server, from the connection to the response. */
import { type Comparison, compare } from "../statistics.ts";
import { GeneratorProcess } from "./generator-process.ts";
import { ServerProcess } from "./server-process.ts";
import { type Subject, subjectsOf } from "./subjects.ts";

/** Connections per pass. They are closed after it, outside the measured time. */
const perPass = 500;
const parallel = 32;
const warmUpPasses = 6;
/** Milliseconds to wait until a server has cleaned up closed connections. */
const rest = 50;

/** Cost of a handshake to one server, in microseconds of its CPU time. */
export interface HandshakesRow extends Comparison {
  readonly subject: Subject;
  /** Highest number of handshakes per second; in most rows the load generator is the slower side. */
  readonly rate: number;
}

export async function measureHandshakes(rounds: number, quick: boolean): Promise<readonly HandshakesRow[]> {
  const generator = await GeneratorProcess.start();
  const servers: ServerProcess[] = [];
  try {
    for (const subject of subjectsOf("handshakes", quick)) {
      const server = await ServerProcess.start(subject);
      servers.push(server);
      for (let pass = 0; pass < warmUpPasses; pass++) await openAndClose(generator, server);
    }
    const costs: number[][] = servers.map(() => []);
    const rates: number[] = servers.map(() => 0);
    for (let round = 0; round < rounds; round++) {
      for (const [index, server] of servers.entries()) {
        const { cost, rate } = await openAndClose(generator, server);
        costs[index]?.push(cost);
        rates[index] = Math.max(rates[index] as number, rate);
      }
    }
    return servers.map(({ subject }, index) => ({
      subject,
      rate: rates[index] as number,
      ...compare(costs[index] as number[], costs[0] as number[]),
    }));
  } finally {
    generator.end();
    await Promise.all(servers.map((server) => server.end()));
  }
}

async function openAndClose(
  generator: GeneratorProcess,
  server: ServerProcess,
): Promise<{ readonly cost: number; readonly rate: number }> {
  const before = await server.cpu();
  const { count, seconds } = await generator.open(server, perPass, parallel);
  const cost = ((await server.cpu()) - before) / count;
  if (count < perPass) throw new Error(`ONLY ${count} OF ${perPass} CONNECTIONS to ${server.subject.title}.`);
  await generator.close(server);
  await new Promise((resolve) => setTimeout(resolve, rest));
  return { cost, rate: count / seconds };
}
