/** Latencies at a fixed rate, which does not wait for slow responses: 32 connections, text of 64 bytes. */
import { type Effort, showProgress } from "../effort.ts";
import { cellsOfSamples, type Row, type Table } from "../result.ts";
import type { Latencies } from "./pace.ts";
import type { ServerProcess } from "./server-process.ts";
import { subjectsNamed } from "./subjects.ts";
import type { TrafficKind } from "./traffic.ts";
import { inTurns, withServers } from "./with-servers.ts";

const connections = 32;
const traffic: TrafficKind = { kind: "text", length: 64, depth: 1 };
/** Messages a second. */
const slow = 5000;
/** Milliseconds of a pass, and of the pass before the first one. */
const times = { full: { pass: 2000, warmUp: 1000 }, quick: { pass: 500, warmUp: 500 } };

const percentiles: readonly { readonly name: keyof Latencies; readonly title: string }[] = [
  { name: "p50", title: "p50" },
  { name: "p99", title: "p99" },
  { name: "p999", title: "p99.9" },
];

export async function measureLatency({ rounds, quick, share }: Effort): Promise<Table> {
  const usual = times[quick ? "quick" : "full"];
  const [pass, warmUp] = [usual.pass * share, usual.warmUp * share];
  const subjects = subjectsNamed(["ws", "listen", "pump", "raw"]);
  return await withServers(
    subjects,
    async (generator, server) => {
      await generator.open(server, connections, connections);
      await generator.run(server, traffic, warmUp);
    },
    async (generator, servers) => {
      // With one message outstanding per connection, as most of these have at any time.
      const saturated = await generator.run(servers[0] as ServerProcess, traffic, warmUp);
      const half = Math.round(saturated.count / saturated.seconds / 2 / 1000) * 1000;
      const rows: Row[] = [];
      for (const [load, rate] of [["slow", slow] as const, ["half", half] as const]) {
        const results = await inTurns(servers, rounds, (server) => generator.pace(server, traffic, rate, pass));
        const rateTitle = `${rate.toLocaleString("en-US")}/s${load === "half" ? ", half of what ws can" : ""}`;
        for (const { name, title } of percentiles) {
          const samples = results.map((rounds) => rounds.map((latencies) => latencies[name]));
          const cells = cellsOfSamples(subjects, samples);
          rows.push({ name: `${load}-${name}`, title: `${rateTitle}: ${title}`, cells });
        }
        showProgress();
      }
      return { name: "latency", title: "Latency at a fixed rate", unit: "µs", shows: "values", rows };
    },
  );
}
