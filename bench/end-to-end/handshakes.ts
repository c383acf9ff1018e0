/** Opening handshakes over sockets: what each costs the server, from the connection to the response. */
import { type Comparison, compare } from "../statistics.ts";
import { GeneratorProcess } from "./generator-process.ts";
import { ServerProcess } from "./server-process.ts";
import { type Subject, subjectsOf } from "./subjects.ts";

/** Connections of a pass; they are closed after it, off the clock. */
const perPass = 500;
const parallel = 32;
const warmUpPasses = 6;
/** Milliseconds after which a server has forgotten connections that were closed. */
const rest = 50;

/** What a handshake costs one server, in microseconds of its processor time. */
export interface HandshakesRow extends Comparison {
  readonly subject: Subject;
  /** Handshakes in a second, at best; the load generator is the slower end of most. */
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
