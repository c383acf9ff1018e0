/**
 * Echo over sockets: the CPU time per message of a server, while a lightweight load generator keeps a fixed number of
 * messages outstanding. Each subject has a server; their passes alternate.
 */
import { type Effort, showProgress } from "../effort.ts";
import { comparedCells, type Row, type Table } from "../result.ts";
import type { EchoTable, EchoTask } from "./echo-tables.ts";
import { type Subject, subjectsNamed } from "./subjects.ts";
import { inTurns, withServers } from "./with-servers.ts";

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
  return await withServers(
    subjects,
    async (generator, server) => {
      await generator.open(server, task.connections, task.connections);
      await generator.verify(server, task.traffic);
      for (const end = (await server.cpu()) + warmUp * 1000; (await server.cpu()) < end; ) {
        await generator.run(server, task.traffic, pass);
      }
    },
    async (generator, servers) => {
      const costs = await inTurns(servers, rounds, async (server) => {
        const before = await server.cpu();
        const { count } = await generator.run(server, task.traffic, pass);
        return ((await server.cpu()) - before) / count;
      });
      return { name: task.name, title: task.title, cells: comparedCells(subjects, costs) };
    },
  );
}
