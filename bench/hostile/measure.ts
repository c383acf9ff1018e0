/** Ours and `ws` under the same attack in one run: the latency of an innocent client, and the growth of the server's memory. */
import { fileURLToPath } from "node:url";
import { selectKinds } from "@hybi/conformance/hostile";
import { alignColumns, formatMarkdownTable } from "../format.ts";
import { attackServer, type ServerResult } from "./compare.ts";
import { knownServers } from "./servers.ts";

/** One attack. */
interface HostileTask {
  readonly title: string;
  readonly kinds: readonly string[];
  readonly clients: number;
}

const everyKind = selectKinds().map(({ name }) => name);

/** Enough clients of one kind to stall a server without defences. */
const clientsOfKind = 50;

const tasks: readonly HostileTask[] = [
  { title: "all kinds", kinds: everyKind, clients: 300 },
  ...["bombs", "empty-blocks", "binaries", "texts", "empty-messages", "tiny-fragments", "pings", "never-reading"].map(
    (kind) => ({ title: kind, kinds: [kind], clients: clientsOfKind }),
  ),
];

export interface HostileBenchRow {
  readonly title: string;
  readonly clients: number;
  readonly ws: ServerResult | undefined;
  readonly ours: ServerResult | undefined;
}

export async function measureHostile(): Promise<readonly HostileBenchRow[]> {
  const program = fileURLToPath(new URL("main.ts", import.meta.url));
  const rows: HostileBenchRow[] = [];
  for (const { title, kinds, clients } of tasks) {
    const times = { duration: 6_000, quiet: 2_000, recovery: 10_000 };
    const attack = (name: string): Promise<ServerResult | undefined> => {
      const server = knownServers.find((known) => known.name === name);
      if (server === undefined) throw new Error(`bug: there is no server ${name}`);
      return attackServer(server, { kinds, clients, innocents: 10, processes: 1, program, ...times });
    };
    rows.push({ title, clients, ws: await attack("ws"), ours: await attack("node") });
  }
  return rows;
}

/** Returns the table. A ratio says how many times less ours is. */
export function hostileTable(rows: readonly HostileBenchRow[], markdown: boolean): string {
  const head = [
    "Attack",
    ...["innocent p99, ws", "hybi", "ratio"],
    ...["memory growth, ws", "hybi", "ratio"],
    ...["answered, ws", "hybi"],
  ];
  const cells = rows.map(({ title, clients, ws, ours }) => {
    const [waits, growths] = [[ws, ours].map(p99Of), [ws, ours].map(growthOf)];
    return [
      `${clients} × ${title}`,
      ...[...waits.map((value) => `${value?.toFixed(1) ?? "-"} ms`), ratio(waits)],
      ...[...growths.map((value) => `${value?.toFixed(0) ?? "-"} MiB`), ratio(growths)],
      ...[answeredOf(ws), answeredOf(ours)],
    ];
  });
  return markdown ? formatMarkdownTable(head, cells) : alignColumns([head, ...cells]);
}

const p99Of = (result: ServerResult | undefined): number | undefined => result?.report.attacked.latencies.p99;

function growthOf(result: ServerResult | undefined): number | undefined {
  const resident = result?.report.process?.resident;
  return resident === undefined ? undefined : (resident.peak - resident.before) / 1_048_576;
}

/** Values below 1 count as 1, because they are noise. */
function ratio([reference, own]: readonly (number | undefined)[]): string {
  if (reference === undefined || own === undefined) return "-";
  return `${(Math.max(1, reference) / Math.max(1, own)).toFixed(2)}×`;
}

function answeredOf(result: ServerResult | undefined): string {
  if (result === undefined) return "-";
  const { sent, answered } = result.report.attacked.messages;
  return `${((100 * answered) / sent).toFixed(1)} %`;
}
