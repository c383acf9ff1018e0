/** All that can be measured, in groups that `--only` selects. */
import { bundle } from "./bundle.ts";
import { measureClients } from "./clients/measure.ts";
import { wsApiTasks } from "./clients/subjects.ts";
import { type Effort, showProgress } from "./effort.ts";
import { measureBroadcast } from "./end-to-end/broadcast.ts";
import { measureEcho } from "./end-to-end/echo.ts";
import { echoTables } from "./end-to-end/echo-tables.ts";
import { measureIdle } from "./end-to-end/idle.ts";
import { measureKeepalive } from "./end-to-end/keepalive.ts";
import { measureLatency } from "./end-to-end/latency.ts";
import { measureOpenings } from "./end-to-end/openings.ts";
import { bareImplementation, type Implementation, implementations } from "./implementations.ts";
import { measureLinearity } from "./linearity.ts";
import { measure } from "./measure.ts";
import { measureMemory } from "./memory.ts";
import type { Row, Table } from "./result.ts";
import { type CoreTable, coreTables, quickRows } from "./tables.ts";
import type { Task } from "./task.ts";

export interface Group {
  /** Table name, and what `--only` compares with: a prefix selects all tables that begin with it. */
  readonly name: string;
  readonly title: string;
  measure(effort: Effort): Promise<Table>;
}

export const groups: readonly Group[] = [
  ...echoTables.map(
    (table): Group => ({ name: table.name, title: table.title, measure: (effort) => measureEcho(table, effort) }),
  ),
  ...wsApiGroups(),
  { name: "latency", title: "Latency percentiles at a fixed rate", measure: measureLatency },
  { name: "client", title: "Clients: ping-pong and firehose", measure: measureClients },
  { name: "broadcast", title: "Broadcasts, over sockets and without system calls", measure: measureBroadcasts },
  { name: "handshakes", title: "Openings over sockets, with and without closing", measure: measureOpenings },
  { name: "keepalive", title: "Pings to many idle connections", measure: measureKeepalive },
  { name: "idle", title: "Memory of idle connections", measure: measureIdle },
  {
    name: "memory",
    title: "Garbage, and memory that a peer can hold",
    measure: async (effort) => measureMemory(await bundle("worker"), effort),
  },
  ...coreTables.map(
    (table): Group => ({ name: table.name, title: table.title, measure: (effort) => measureCore(table, effort) }),
  ),
  {
    name: "linearity",
    title: "One message byte by byte",
    measure: async (effort) => measureLinearity(await bundle("worker"), effort),
  },
];

/** Returns the groups whose names begin with one of `prefixes`, or all if there are none. */
export function selectGroups(prefixes: readonly string[]): readonly Group[] {
  return groups.filter(({ name }) => prefixes.length === 0 || prefixes.some((prefix) => name.startsWith(prefix)));
}

/** What is not an echo of the comparison of `ws` with `@hybi/ws`. */
function wsApiGroups(): Group[] {
  const named = (name: string, title: string, make: (effort: Effort) => Promise<Table>): Group => {
    const names = { name: `ws-api/${name}`, title: `The interface of ws: ${title}` };
    return { ...names, measure: async (effort) => ({ ...(await make(effort)), ...names }) };
  };
  return [
    named("client", "clients", (effort) => measureClients(effort, wsApiTasks)),
    named("broadcast", "a broadcast, per delivery", async (effort) => ({
      ...{ name: "", title: "", unit: "µs", shows: "ratios" },
      rows: [await measureBroadcast(effort, ["ws", "hybi-ws", "bare"])],
    })),
    named("handshakes", "openings", (effort) => measureOpenings(effort, ["ws", "hybi-ws", "upgrade", "bare"])),
    named("idle", "an idle connection", (effort) =>
      measureIdle(effort, ["ws", "hybi-ws", "bare", "raw"], ["ws", "hybi-ws"]),
    ),
  ];
}

async function measureCore({ name, title, tasks }: CoreTable, effort: Effort): Promise<Table> {
  const program = await bundle("worker");
  const rows: Row[] = [];
  for (const task of tasks) {
    if (effort.quick && !quickRows.includes(`${name} ${task.workload}`)) continue;
    rows.push(await measure(program, task, comparedIn(name, effort.quick), effort));
    showProgress();
  }
  return { name, title, unit: "ns", shows: "ratios", rows };
}

/** Sinks exist for receiving only, and a quick run omits them. The native addon plays no part in a handshake. */
function comparedIn(table: string, quick: boolean): readonly Implementation[] {
  return implementations.filter(({ name }) => {
    if (name.endsWith("sink")) return table.startsWith("decode") && !quick;
    return !(name === "ws-native" && table === "handshake");
  });
}

async function measureBroadcasts(effort: Effort): Promise<Table> {
  const task: Task = { direction: "broadcast", role: "server", workload: "broadcast", chunk: 0 };
  const compared = implementations
    .filter(({ name }) => name === "ws" || name === "hybi-host")
    .map((each) => (each.name === "ws" ? each : { ...each, name: "listen", title: "listen" }))
    .concat(bareImplementation);
  const { cells } = await measure(await bundle("worker"), task, compared, effort);
  const inMicroseconds = cells.map((cell) => ({ ...cell, value: Number((cell.value / 1000).toPrecision(4)) }));
  const rows = [
    await measureBroadcast(effort),
    { name: "in-process", title: "200 B to 1,000, without system calls", cells: inMicroseconds },
  ];
  return { name: "broadcast", title: "A broadcast, per delivery", unit: "µs", shows: "ratios", rows };
}
