/** The goals, each for one subject of one row; docs/design/performance.md shows which are reached. */
import { findCell, findRow, type Result, type Row } from "./result.ts";

export interface Goal {
  /** Path of the row: "echo/text 32x64". */
  readonly row: string;
  readonly subject: string;
  /** The least ratio to the subject `to`, by default the first of the row. */
  readonly atLeast?: number;
  /** The same for versions of Node after 20, where it differs. */
  readonly atLeastLater?: number;
  readonly to?: string;
  /** The greatest value, in the unit of the row. */
  readonly atMost?: number;
}

/** How a goal is met by a result. */
export interface Outcome {
  readonly goal: Goal;
  readonly row: Row;
  /** The ratio or value that was measured. */
  readonly actual: number;
  readonly wanted: number;
  /** By how much it is missed: 0.1 is 10 %. Not positive if it is reached. */
  readonly missing: number;
}

/** Goals of several rows of one table, by row. */
function goalsOf(
  table: string,
  subject: string,
  rows: Readonly<Record<string, number>>,
  more: Partial<Goal> = {},
): readonly Goal[] {
  return Object.entries(rows).map(([row, atLeast]) => ({ row: `${table} ${row}`, subject, atLeast, ...more }));
}

const decodeByte = { t16: 5, t125: 5, k64: 5, b1k: 5, b16k: 5, mixed: 5 };
const encodeSingle = ["text", "binary"].flatMap((kind) =>
  [4000, 4200, 8192, 16_384, 65_536].map((length) => [`${kind}${length}`, 1] as const),
);

export const goals: readonly Goal[] = [
  ...goalsOf("echo/text", "listen", {
    "1x1": 1.05,
    "32x1": 1.05,
    "256x1": 1.05,
    "32x2": 1.7,
    "32x8": 4.8,
    "32x64": 13,
  }),
  ...goalsOf("echo/binary", "listen", {
    "1x1": 1.05,
    "32x1": 1.05,
    "256x1": 1.05,
    "32x2": 1.7,
    "32x8": 4.8,
    "32x64": 12,
  }),
  ...goalsOf("echo/binary", "listen-buffer", { "32x64": 8 }),
  ...goalsOf("echo/text", "pump", { "1x1": 1.1, "32x1": 1.1, "256x1": 1.1 }),
  ...goalsOf("echo/binary", "pump", { "1x1": 1.1, "32x1": 1.1, "256x1": 1.1, "32x64": 26 }),
  ...goalsOf("echo/binary", "pump", { "32x64": 1 }, { to: "bun-native" }),
  ...["listen", "pump"].flatMap((subject) => [
    ...goalsOf("echo/binary", subject, { "8x8x16384-binary": 3.5 }, { atLeastLater: 2.5 }),
    ...goalsOf("echo/binary", subject, { "8x8x16384-binary": 1 }, { to: "ws-native" }),
  ]),
  ...goalsOf("echo/binary", "listen", { "2x2x1048576-binary": 2.4 }, { atLeastLater: 1.4 }),
  ...goalsOf("broadcast", "listen", { sockets: 1.2, "in-process": 1 }),
  ...goalsOf("client", "connect", {
    "ping-pong-text": 1.05,
    "ping-pong-binary": 1.05,
    "firehose-text": 1,
    "firehose-binary": 1,
  }),
  ...goalsOf("client", "connect-buffer", { "firehose-binary": 0.8 }),
  ...goalsOf("encode/single", "hybi-host", Object.fromEntries(encodeSingle)),
  ...goalsOf("handshakes", "listen", { opening: 1.2, both: 1 }),
  { row: "idle heap-above", subject: "listen", atMost: 1.65 },
  { row: "idle heap-above", subject: "pump", atMost: 1.2 },
  { row: "memory waiting", subject: "hybi-host", atMost: 6000 },
  ...goalsOf("keepalive", "listen", { ping: 1 }),
  ...goalsOf("deflate", "listen", { "4x4x200": 1, "4x4x2048": 1, "4x1x65536": 1 }),
  ...["bun", "deno"].flatMap((runtime) => [
    ...goalsOf(`runtimes/${runtime}/text`, `${runtime}-listen`, { "32x1": 1.05, "32x64": 9 }),
    ...goalsOf(`runtimes/${runtime}/binary`, `${runtime}-listen`, { "32x1": 1, "32x64": 1 }),
  ]),
  ...goalsOf("runtimes/deno/text", "deno-listen", { "32x1": 1, "32x64": 1 }, { to: "deno-native" }),
  ...goalsOf("tls/text", "listen", { "32x1": 1.05, "32x64": 13 }),
  ...goalsOf("tls/binary", "listen", { "8x8x16384-binary": 3.5 }, { atLeastLater: 2.5 }),
  ...goalsOf("ws-api/text", "hybi-ws", { "32x1": 1, "32x2": 1, "32x8": 1, "32x64": 5 }),
  ...goalsOf("ws-api/binary", "hybi-ws", { "32x1": 1, "32x2": 1, "32x8": 1, "32x64": 5, "8x8x16384-binary": 3 }),
  ...goalsOf("ws-api/deflate", "hybi-ws", { "4x4x200": 1, "4x4x2048": 1 }),
  ...goalsOf("ws-api/client", "hybi-ws", {
    "ping-pong-text": 1,
    "ping-pong-binary": 1,
    "firehose-text": 1,
    "firehose-binary": 1,
  }),
  ...goalsOf("ws-api/broadcast", "hybi-ws", { sockets: 1 }),
  ...goalsOf("ws-api/handshakes", "hybi-ws", { opening: 1, both: 1 }),
  ...goalsOf("ws-api/idle", "hybi-ws", { heap: 1, "heap-used": 1 }),
  ...goalsOf("decode/server/65536", "hybi", {
    t16: 6,
    t125: 3.5,
    j200: 4.5,
    k64: 2.3,
    b1k: 13,
    b16k: 15,
    b1m: 5,
    t1m: 3.5,
    k1m: 2.5,
    fragb: 7,
    fragk: 2.9,
    mixed: 6.5,
  }),
  ...goalsOf("decode/server/65536", "hybi-host", { t125: 5, j200: 6.5, t1m: 8, mixed: 7.5 }),
  ...goalsOf("decode/server/65536", "hybi-host", { b1k: 3, b16k: 1 }, { to: "ws-native" }),
  ...goalsOf("decode/server/1460", "hybi", { t16: 6, b1k: 4, b16k: 6 }),
  ...goalsOf("decode/server/1", "hybi", decodeByte),
  ...goalsOf("decode/client/65536", "hybi", { t16: 6, t125: 2.3, b1k: 11, b16k: 1.2, b1m: 1 }),
  ...goalsOf("decode/client/1460", "hybi", { b16k: 1 }),
  ...goalsOf("decode/client/1", "hybi", decodeByte),
  ...goalsOf("encode/server", "hybi", { t16: 3.7, t125: 1.9, b1k: 2, b16k: 1.17, t1m: 1.9 }),
  ...goalsOf("encode/client", "hybi", { t16: 4.2, t125: 2.5, b1k: 10.6, b16k: 13.7, b1m: 15 }),
  ...goalsOf("encode/client", "hybi", { t16: 1.1, t125: 1.1, b1k: 1.1, b16k: 1.1, b1m: 1.1 }, { to: "ws-native" }),
];

/** Returns how `goal` is met, or undefined if the result lacks the row or one of the subjects. */
export function outcomeOf(goal: Goal, result: Result): Outcome | undefined {
  const row = findRow(result, goal.row);
  const cell = findCell(row, goal.subject);
  if (row === undefined || cell === undefined) return undefined;
  if (goal.atMost !== undefined) {
    return { goal, row, actual: cell.value, wanted: goal.atMost, missing: cell.value / goal.atMost - 1 };
  }
  const reference = goal.to === undefined ? row.cells[0] : findCell(row, goal.to);
  if (reference === undefined) return undefined;
  const isLater = Number.parseInt(result.node, 10) > 20;
  const wanted = (isLater ? goal.atLeastLater : undefined) ?? goal.atLeast ?? Number.NaN;
  // The ratio of a cell is the median of the rounds' ratios, which is steadier than a ratio of medians.
  const actual = cell.ratio / reference.ratio;
  return { goal, row, actual, wanted, missing: 1 - actual / wanted };
}

/**
 * Returns how the bare program would meet `goal`, or undefined if it was not measured in that row. A goal that it misses is beyond
 * what is left when nothing is checked.
 */
export function limitOf(goal: Goal, result: Result): Outcome | undefined {
  return outcomeOf({ ...goal, subject: goal.subject.endsWith("-buffer") ? "bare-buffer" : "bare" }, result);
}

/** Returns the tick of a goal that is reached, or by how much it is missed. */
export function verdict({ missing }: Outcome): string {
  return missing <= 0 ? "✓" : `−${Math.max(1, Math.round(missing * 100))} %`;
}
