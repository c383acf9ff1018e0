/** The tables of echoes over sockets, as data: subjects, and rows with their connections and outstanding messages. */
import type { ServerOptions } from "./server-options.ts";
import type { TrafficKind } from "./traffic.ts";

export interface EchoTask {
  readonly name: string;
  readonly title: string;
  readonly connections: number;
  readonly traffic: TrafficKind;
}

export interface EchoTable {
  readonly name: string;
  readonly title: string;
  /** Ratios are relative to the first one. */
  readonly subjects: readonly string[];
  readonly options?: Partial<ServerOptions>;
  readonly tasks: readonly EchoTask[];
  /** Those of a quick run. */
  readonly quickTasks: readonly string[];
}

const KiB = 1024;
const sizes: Readonly<Record<string, string>> = { [16 * KiB]: "16 KiB", [KiB * KiB]: "1 MiB" };

/** Returns the echo of messages of `length` bytes, of which each connection has `depth` outstanding. */
export function echoTask(
  connections: number,
  depth: number,
  kind: TrafficKind["kind"] = "binary",
  length = 64,
): EchoTask {
  const size = sizes[length];
  return {
    name: `${connections}x${depth}${length === 64 ? "" : `x${length}`}${size === undefined ? "" : `-${kind}`}`,
    title: `${connections} × ${depth}${size === undefined ? ` × ${length} B` : ` × ${size}, ${kind}`}`,
    connections,
    traffic: { kind, length, depth },
  };
}

function small(kind: TrafficKind["kind"]): readonly EchoTask[] {
  return [
    echoTask(1, 1, kind),
    echoTask(32, 1, kind),
    echoTask(256, 1, kind),
    echoTask(32, 2, kind),
    echoTask(32, 8, kind),
    echoTask(32, 64, kind),
  ];
}

const large = echoTask(8, 8, "binary", 16 * KiB);
const largest = echoTask(2, 2, "binary", KiB * KiB);

export const echoTables: readonly EchoTable[] = [
  {
    name: "echo/text",
    title: "Echo of text",
    subjects: ["ws", "ws-string", "ws-native", "listen", "upgrade", "pump", "bare", "raw", "bun-native"],
    tasks: small("text"),
    quickTasks: ["32x1", "32x64"],
  },
  {
    name: "echo/binary",
    title: "Echo of binary",
    subjects: ["ws", "ws-native", "listen", "listen-buffer", "pump", "bare", "bare-buffer", "raw", "bun-native"],
    tasks: [...small("binary"), large, largest],
    quickTasks: ["32x64", large.name],
  },
  {
    name: "ballast/binary",
    title: "Echo of large binaries, in a program that holds 64 MiB of its own",
    subjects: ["ws", "ws-native", "listen", "listen-buffer", "pump", "raw"],
    options: { ballast: true },
    tasks: [large, largest],
    quickTasks: [],
  },
  {
    name: "tls/text",
    title: "Echo of text over TLS",
    subjects: ["ws", "listen", "pump", "bare", "raw"],
    options: { tls: true },
    tasks: [echoTask(32, 1, "text"), echoTask(32, 64, "text")],
    quickTasks: ["32x1"],
  },
  {
    name: "tls/binary",
    title: "Echo of binary over TLS",
    subjects: ["ws", "ws-native", "listen", "listen-buffer", "pump", "bare", "raw"],
    options: { tls: true },
    tasks: [large],
    quickTasks: [],
  },
  ...["bun", "deno"].flatMap((runtime) =>
    (["text", "binary"] as const).map((kind) => ({
      name: `runtimes/${runtime}/${kind}`,
      title: `Echo of ${kind} in ${runtime === "bun" ? "Bun" : "Deno"}`,
      subjects: [`${runtime}-ws`, `${runtime}-listen`, `${runtime}-native`],
      tasks: [echoTask(32, 1, kind), echoTask(32, 64, kind)],
      quickTasks: ["32x64"],
    })),
  ),
  {
    name: "deflate",
    title: "Echo of JSON, compressed",
    subjects: ["ws", "listen", "pump"],
    options: { deflate: true },
    tasks: [echoTask(4, 4, "deflated", 200), echoTask(4, 4, "deflated", 2 * KiB), echoTask(4, 1, "deflated", 64 * KiB)],
    quickTasks: ["4x4x200"],
  },
  ...wsApiTables(),
];

/** The same program with the interface of `ws`, over `ws` and over `@hybi/ws`. */
function wsApiTables(): EchoTable[] {
  const subjects = ["ws", "ws-native", "hybi-ws", "bare"];
  const depths = [1, 2, 8, 64];
  return [
    {
      name: "ws-api/text",
      title: "The interface of ws: echo of text",
      subjects,
      tasks: depths.map((depth) => echoTask(32, depth, "text")),
      quickTasks: ["32x64"],
    },
    {
      name: "ws-api/binary",
      title: "The interface of ws: echo of binary",
      subjects,
      tasks: [...depths.map((depth) => echoTask(32, depth)), large],
      quickTasks: [large.name],
    },
    {
      name: "ws-api/deflate",
      title: "The interface of ws: echo of JSON, compressed",
      subjects: ["ws", "hybi-ws"],
      options: { deflate: true },
      tasks: [echoTask(4, 4, "deflated", 200), echoTask(4, 4, "deflated", 2 * KiB)],
      quickTasks: [],
    },
  ];
}
