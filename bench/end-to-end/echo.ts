/**
 * Echo over sockets: the CPU time per message of a server, while a lightweight load generator keeps a fixed number of
 * messages outstanding. Each subject has a server; their passes alternate.
 */
import { type Effort, showProgress } from "../effort.ts";
import { comparedCell, type Row, type Table } from "../result.ts";
import { compare } from "../statistics.ts";
import type { EchoTable, EchoTask } from "./echo-tables.ts";
import { GeneratorProcess } from "./generator-process.ts";
import { ServerProcess } from "./server-process.ts";
import { type Subject, subjectsNamed } from "./subjects.ts";

/** Milliseconds of a pass, and of the server's CPU time before the first one, in which its code is compiled. */
const times = { full: { pass: 250, warmUp: 1500 }, quick: { pass: 150, warmUp: 300 } };

export async function measureEcho(table: EchoTable, effort: Effort): Promise<Table> {
  const { name, title, tasks, quickTasks } = table;
  const subjects = subjectsNamed(table.subjects, table.options);
  const rows: Row[] = [];
  for (const task of tasks) {
    if (effort.quick && !quickTasks.includes(task.name)) continue;
    rows.push(await measureTask(task, subjects, effort));
    showProgress();
  }
  return { name, title, unit: "µs", shows: "ratios", rows };
}

async function measureTask(
  task: EchoTask,
  subjects: readonly Subject[],
  { rounds, quick, share }: Effort,
): Promise<Row> {
  const usual = times[quick ? "quick" : "full"];
  const [pass, warmUp] = [usual.pass * share, usual.warmUp * share];
  const generator = await GeneratorProcess.start();
  const servers: ServerProcess[] = [];
  try {
    for (const subject of subjects) {
      const server = await ServerProcess.start(subject);
      servers.push(server);
      await generator.open(server, task.connections, task.connections);
      await generator.verify(server, task.traffic);
      for (const end = (await server.cpu()) + warmUp * 1000; (await server.cpu()) < end; ) {
        await generator.run(server, task.traffic, pass);
      }
    }
    const costs: number[][] = servers.map(() => []);
    for (let round = 0; round < rounds; round++) {
      for (const [index, server] of servers.entries()) {
        const before = await server.cpu();
        const { count } = await generator.run(server, task.traffic, pass);
        costs[index]?.push(((await server.cpu()) - before) / count);
      }
    }
    const cells = subjects.map((subject, index) =>
      comparedCell(subject, compare(costs[index] as number[], costs[0] as number[])),
    );
    return { name: task.name, title: task.title, cells };
  } finally {
    generator.end();
    await Promise.all(servers.map((server) => server.end()));
  }
}
