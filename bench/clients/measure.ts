/** Clients over sockets: the CPU time of a client per message that it receives. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { bundle } from "../bundle.ts";
import { type Effort, showProgress } from "../effort.ts";
import { comparedCells, type Row, type Table } from "../result.ts";
import type { ClientRequest } from "./client.ts";
import { type ClientTask, clientSubjects, clientTasks } from "./subjects.ts";

/**
 * Microseconds of CPU time of a pass, and the passes of the warm-up before the first. Each pass opens its connections anew, which
 * makes the engine give up code that it had compiled for those of the first pass alone: after one long pass the next three took
 * up to five times as long as later ones. So the warm-up consists of many passes, as short as the measured ones.
 */
const times = { pass: 200_000, warmUps: 16 };

export async function measureClients(
  effort: Effort,
  tasks: readonly ClientTask[] = clientTasks,
  { name, title }: Pick<Table, "name" | "title"> = { name: "client", title: "Clients" },
): Promise<Table> {
  const rows: Row[] = [];
  for (const task of tasks) {
    rows.push(await measureTask(task, effort));
    showProgress();
  }
  return { name, title, unit: "µs", shows: "ratios", rows };
}

async function measureTask(task: ClientTask, { rounds, share, quick }: Effort): Promise<Row> {
  const warmUps = quick ? 1 : times.warmUps;
  const programs = { server: await bundle("clients/server"), client: await bundle("clients/client") };
  const subjects = clientSubjects.filter(({ name }) => task.subjects.includes(name));
  const server = fork(programs.server);
  const [port] = await once(server, "message");
  const clients = subjects.map(({ name, environment, flags }) =>
    fork(programs.client, [name, ...(task.ballast === true ? ["ballast"] : [])], {
      env: { ...process.env, ...environment },
      execArgv: [...flags],
    }),
  );
  try {
    const request: ClientRequest = { port, task, passTime: times.pass * share };
    for (const client of clients) {
      for (let pass = 0; pass < warmUps; pass++) await ask(client, request);
    }
    const costs: number[][] = clients.map(() => []);
    for (let round = 0; round < rounds; round++) {
      for (const [index, client] of clients.entries()) costs[index]?.push((await ask(client, request)) / 1000);
    }
    return { name: task.name, title: task.title, cells: comparedCells(subjects, costs) };
  } finally {
    for (const process of [server, ...clients]) process.disconnect();
  }
}

async function ask(client: ChildProcess, request: ClientRequest): Promise<number> {
  const over = new AbortController();
  const { signal } = over;
  client.send(request);
  try {
    const [answer] = await Promise.race([
      once(client, "message", { signal }),
      once(client, "exit", { signal }).then(() => {
        throw new Error("A client has exited.");
      }),
    ]);
    return answer;
  } finally {
    // The other wait would keep its listeners.
    over.abort();
  }
}
