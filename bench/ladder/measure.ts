/** Measures the steps in the rows of sockets whose goals are missed, beside `ws` and the least that a socket takes. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { bundle } from "../bundle.ts";
import { measureClients } from "../clients/measure.ts";
import { type ClientTask, clientTasks } from "../clients/subjects.ts";
import { type Effort, showProgress } from "../effort.ts";
import { measureEcho } from "../end-to-end/echo.ts";
import { type EchoTask, echoTask } from "../end-to-end/echo-tables.ts";
import { measureIdle } from "../end-to-end/idle.ts";
import { measureKeepalive } from "../end-to-end/keepalive.ts";
import { measureOpenings } from "../end-to-end/openings.ts";
import { subjectsNamed } from "../end-to-end/subjects.ts";
import { comparedCells, type Row, type Table } from "../result.ts";
import { clientSteps, serverSteps } from "./steps.ts";

const KiB = 1024;

/** Passes without system calls take some 10 ms, so there are more of them in a round. */
const silentPasses = { warmUp: 12, perRound: 8 };

/** Everything that can be measured, by the name that selects it. */
export const parts: Readonly<Record<string, (effort: Effort) => Promise<readonly Row[]>>> = {
  "silent-text": (effort) => silent("text", effort),
  "silent-binary": (effort) => silent("binary", effort),
  "silent-opening": (effort) => silent("opening", effort),
  text: (effort) => echo("text 64 B, 32 × 1", echoTask(32, 1, "text"), effort),
  binary: (effort) => echo("binary 64 B, 32 × 1", echoTask(32, 1), effort),
  "16KiB": (effort) => echo("binary 16 KiB, 8 × 8", echoTask(8, 8, "binary", 16 * KiB), effort),
  "1MiB": (effort) => echo("binary 1 MiB, 2 × 2", echoTask(2, 2, "binary", KiB * KiB), effort),
  tls: (effort) => echo("text over TLS, 32 × 1", echoTask(32, 1, "text"), effort, true),
  openings: async (effort) => {
    const { rows } = await measureOpenings(effort, ["ws", "canned", ...withoutSteps("ladder-frames")]);
    return titled(rows, { opening: "opening", both: "opening and closing" });
  },
  keepalive: async (effort) => {
    // Pings of the steps without deadlines are the application's: a timer for each connection.
    const without = ["ladder-frames", "ladder-messages", "ladder-endpoint", "ladder-memory", "ladder-socket"];
    const { rows } = await measureKeepalive(effort, ["ws", ...withoutSteps(...without)], 1000);
    return titled(rows, { ping: "a Ping of 5,000" });
  },
  idle: async (effort) => {
    const names = ["ws", ...withoutSteps("ladder-frames", "ladder-endpoint"), "raw"];
    const { rows } = await measureIdle({ ...effort, quick: true }, names, []);
    return titled(rows, { "heap-above": "heap of an idle socket above TCP, KiB" }).map(({ cells, ...row }) => ({
      ...row,
      cells: cells.filter(({ subject }) => subject !== "raw"),
    }));
  },
  "ping-pong": (effort) => clients(["ping-pong-text", "ping-pong-binary"], effort),
  firehose: (effort) => clients(["firehose-binary"], effort),
};

/** Names of parts that are measured in clients. */
export const clientParts: ReadonlySet<string> = new Set(["ping-pong", "firehose"]);

function withoutSteps(...without: readonly string[]): readonly string[] {
  return serverSteps.map(({ name }) => name).filter((name) => !without.includes(name));
}

async function echo(title: string, task: EchoTask, effort: Effort, tls = false): Promise<readonly Row[]> {
  // The opening and the places of a server have no part in a message.
  const subjects = ["ws", "raw", ...withoutSteps("ladder-endpoint", "ladder-socket")];
  const table = { name: "ladder", title: "", subjects, options: { tls }, tasks: [task], quickTasks: [] };
  const { rows } = await measureEcho(table, effort);
  return rows.map((row) => ({ ...row, name: title, title }));
}

/** The same without system calls, which also is steady on a machine with other work. */
async function silent(kind: "text" | "binary" | "opening", { rounds }: Effort): Promise<readonly Row[]> {
  const program = await bundle("ladder/silent-worker");
  // A server of `ws` gets a request that the HTTP server of Node has read.
  const names =
    kind === "opening"
      ? withoutSteps("ladder-frames", "ladder-messages", "listen")
      : ["ws", "raw", ...withoutSteps("ladder-endpoint", "listen")];
  const subjects = subjectsNamed(names);
  const workers = subjects.map(({ name, environment }) =>
    fork(program, [name, kind], { env: { ...process.env, ...environment } }),
  );
  const costs: number[][] = workers.map(() => []);
  try {
    for (let pass = -silentPasses.warmUp; pass < rounds * silentPasses.perRound; pass++) {
      for (const [index, worker] of workers.entries()) {
        worker.send("pass");
        const [nanoseconds] = await once(worker, "message");
        if (pass >= 0) costs[index]?.push(nanoseconds / 1000);
      }
    }
  } finally {
    for (const worker of workers) worker.disconnect();
  }
  showProgress();
  const title = kind === "opening" ? "opening, no system calls" : `${kind} 64 B, no system calls`;
  return [{ name: title, title, cells: comparedCells(subjects, costs) }];
}

async function clients(names: readonly string[], effort: Effort): Promise<readonly Row[]> {
  const subjects = ["ws", ...clientSteps.map(({ name }) => name)].filter((name) => name !== "ladder-endpoint");
  const tasks: ClientTask[] = clientTasks.filter(({ name }) => names.includes(name));
  const { rows } = await measureClients(
    effort,
    tasks.map((task) => ({ ...task, subjects })),
  );
  return rows;
}

/** Returns the rows that have a title. */
function titled(rows: Table["rows"], titles: Readonly<Record<string, string>>): readonly Row[] {
  return rows.flatMap((row) => {
    const title = titles[row.name];
    return title === undefined ? [] : [{ ...row, title }];
  });
}
