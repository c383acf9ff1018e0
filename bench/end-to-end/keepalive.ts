/** Keepalive: the server's CPU time per Ping and its Pong, with many connections that are otherwise idle. */
import { type Effort, showProgress } from "../effort.ts";
import { cellsOfSamples, type Table } from "../result.ts";
import { allowedConnections } from "./descriptors.ts";
import type { ServerProcess } from "./server-process.ts";
import { type Subject, subjectsNamed } from "./subjects.ts";
import { withServers } from "./with-servers.ts";

const wanted = { full: 5000, quick: 1000 };
/** Periods of a window that is measured, and before the first. */
const windowPeriods = 2;
const warmUpPeriods = 5;

/** `period`: milliseconds between the Pings of a connection. */
export async function measureKeepalive(
  { quick, share }: Effort,
  names: readonly string[] = ["ws", "listen", "bare"],
  period = 2000,
): Promise<Table> {
  const connections = allowedConnections(wanted[quick ? "quick" : "full"]);
  const windows = quick || share < 1 ? 2 : 4;
  const subjects = subjectsNamed(names, { ping: period });
  const costs: number[][] = [];
  // One after the other: the Pings of one server would disturb the others.
  for (const subject of subjects) {
    costs.push(await measureSubject(subject, connections, windows, period));
    showProgress();
  }
  const title = `${connections.toLocaleString("en-US")} connections, a Ping every ${period / 1000} s`;
  const sampling = `medians of ${windows} windows, one server after the other`;
  const rows = [{ name: "ping", title, cells: cellsOfSamples(subjects, costs) }];
  return { name: "keepalive", title: "Keepalive", unit: "µs", shows: "values", sampling, rows };
}

async function measureSubject(
  subject: Subject,
  connections: number,
  windows: number,
  period: number,
): Promise<number[]> {
  const wait = (periods: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, periods * period));
  const nothing = async (): Promise<void> => {};
  return await withServers([subject], nothing, async (generator, servers) => {
    const [server] = servers as readonly [ServerProcess];
    await generator.open(server, connections, 64, true);
    await wait(warmUpPeriods);
    await generator.received(server);
    const costs: number[] = [];
    let before = await server.cpu();
    for (let window = 0; window < windows; window++) {
      await wait(windowPeriods);
      const pings = await generator.received(server);
      if (pings < connections) throw new Error(`${subject.title} sent only ${pings} Pings to ${connections} clients.`);
      const now = await server.cpu();
      costs.push((now - before) / pings);
      before = now;
    }
    return costs;
  });
}
