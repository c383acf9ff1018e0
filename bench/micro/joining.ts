/**
 * What joining messages costs at least: binary messages in chunks, for `ws`, for a connection, and for a program without checks, states
 * and limits. `tsx --conditions=@hybi/source bench/micro/joining.ts [ROUNDS]`; ns per message, ratios to `ws`.
 */
import { bundle } from "../bundle.ts";
import { implementations } from "../implementations.ts";
import { measure } from "../measure.ts";
import { printRow } from "./least-time.ts";

const rounds = Number(process.argv[2] ?? 7);
const compared = [
  ...implementations.filter(({ name }) => ["ws", "hybi", "hybi-sink"].includes(name)),
  { name: "least-event", title: "least, events", environment: {} },
  { name: "least", title: "least", environment: {} },
];
const rows = [
  ["b1k", "server", 1460],
  ["b16k", "server", 1460],
  ["b1k", "client", 1460],
  ["b16k", "client", 1460],
  ["b1k", "client", 65_536],
] as const;

const program = await bundle("worker");
printRow(
  "",
  compared.map(({ title }) => title),
);
for (const [workload, role, chunk] of rows) {
  const task = { direction: "decode", role, workload, chunk } as const;
  const { cells } = await measure(program, task, compared, { rounds, share: 1, quick: false });
  const text = ({ value, ratio }: { value: number; ratio?: number }): string =>
    `${value.toFixed(0)}${ratio === undefined ? "" : ` ${ratio.toFixed(2)}×`}`;
  printRow(
    `${workload} ${role} ${chunk}`,
    cells.map((cell) => (cell === undefined ? "" : text(cell))),
  );
}
process.exit();
