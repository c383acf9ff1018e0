/**
 * Echo over sockets: the CPU time per message of a server, while a lightweight load generator keeps a fixed number of
 * messages outstanding. Each server has a row; their passes alternate.
 */
import { type Comparison, compare } from "../statistics.ts";
import type { TrafficKind } from "./generator.ts";
import { GeneratorProcess } from "./generator-process.ts";
import { ServerProcess } from "./server-process.ts";
import { type Subject, subjectsOf } from "./subjects.ts";

interface EchoTask {
  readonly name: string;
  readonly title: string;
  readonly connections: number;
  readonly traffic: TrafficKind;
}

function task(name: string, title: string, connections: number, depth: number, length: number): EchoTask {
  return { name, title, connections, traffic: { kind: "binary", length, depth } };
}

const pipelinedText = task("text64", "32 × 64 × 64 B of text", 32, 64, 64);

const tasks: readonly EchoTask[] = [
  task("pipe64", "32 connections × 64 outstanding × 64 B", 32, 64, 64),
  { ...pipelinedText, traffic: { ...pipelinedText.traffic, kind: "text" } },
  task("pipe8", "32 × 8 × 64 B", 32, 8, 64),
  task("pipe2", "32 × 2 × 64 B", 32, 2, 64),
  task("ping1", "1 × 1 × 64 B", 1, 1, 64),
  task("ping32", "32 × 1 × 64 B", 32, 1, 64),
  task("ping256", "256 × 1 × 64 B", 256, 1, 64),
  task("pipe16k", "8 × 8 × 16 KiB", 8, 8, 16_384),
  task("pipe1m", "2 × 2 × 1 MiB", 2, 2, 1_048_576),
];
const quickTasks = ["pipe64", "ping32", "pipe16k"];

/** Milliseconds of a pass, and of the server's CPU time before the first one, in which its code is compiled. */
const times = { full: { pass: 250, warmUp: 700 }, quick: { pass: 150, warmUp: 300 } };

/** Cost of a message to one server, in microseconds of its CPU time. */
export interface EchoMeasurement extends Comparison {
  readonly subject: Subject;
  /** Highest number of messages received back per second. */
  readonly rate: number;
}

export interface EchoRow {
  readonly name: string;
  readonly title: string;
  readonly measurements: readonly EchoMeasurement[];
}

export async function measureEcho(rounds: number, quick: boolean): Promise<readonly EchoRow[]> {
  const rows: EchoRow[] = [];
  for (const task of tasks) {
    if (quick && !quickTasks.includes(task.name)) continue;
    rows.push(await measureTask(task, rounds, quick));
    process.stderr.write(".");
  }
  process.stderr.write("\n");
  return rows;
}

async function measureTask(task: EchoTask, rounds: number, quick: boolean): Promise<EchoRow> {
  const { pass, warmUp } = times[quick ? "quick" : "full"];
  const generator = await GeneratorProcess.start();
  const servers: ServerProcess[] = [];
  try {
    for (const subject of subjectsOf("echo", quick)) {
      const server = await ServerProcess.start(subject);
      servers.push(server);
      const { count } = await generator.open(server, task.connections, task.connections);
      if (count < task.connections) throw new Error(`Only ${count} connections to ${subject.title} could be opened.`);
      await generator.verify(server, task.traffic);
      for (const end = (await server.cpu()) + warmUp * 1000; (await server.cpu()) < end; ) {
        await generator.run(server, task.traffic, pass);
      }
    }
    const costs: number[][] = servers.map(() => []);
    const rates: number[] = servers.map(() => 0);
    for (let round = 0; round < rounds; round++) {
      for (const [index, server] of servers.entries()) {
        const before = await server.cpu();
        const { count, seconds } = await generator.run(server, task.traffic, pass);
        costs[index]?.push(((await server.cpu()) - before) / count);
        rates[index] = Math.max(rates[index] as number, count / seconds);
      }
    }
    const measurements = servers.map(({ subject }, index) => ({
      subject,
      rate: rates[index] as number,
      ...compare(costs[index] as number[], costs[0] as number[]),
    }));
    return { name: task.name, title: task.title, measurements };
  } finally {
    generator.end();
    await Promise.all(servers.map((server) => server.end()));
  }
}
