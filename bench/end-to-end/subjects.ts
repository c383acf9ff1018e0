/** The servers that are compared, each in a process of its own. Ratios are relative to the first one. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** What is measured about a server. */
export type Aspect = "echo" | "idle" | "handshakes";

export interface Subject {
  readonly name: string;
  /** Column heading of the tables. */
  readonly title: string;
  readonly runtime: "node" | "bun" | "deno";
  readonly aspects: readonly Aspect[];
  /** Whether it speaks WebSocket; otherwise it sends received bytes back. */
  readonly isWebSocket: boolean;
  /** Whether the client offers permessage-deflate. */
  readonly deflate: boolean;
  readonly environment: Readonly<Record<string, string>>;
}

const withoutNatives = { WS_NO_BUFFER_UTIL: "1", WS_NO_UTF_8_VALIDATE: "1" };

function subject(name: string, title: string, aspects: readonly Aspect[], changes: Partial<Subject> = {}): Subject {
  const common = { runtime: "node", isWebSocket: true, deflate: false, environment: {} } as const;
  return { name, title, aspects, ...common, ...changes };
}

const subjects: readonly Subject[] = [
  subject("ws", "ws", ["echo", "idle", "handshakes"], { environment: withoutNatives }),
  subject("ws-native", "ws + bufferutil", ["echo"], { environment: { WS_NO_UTF_8_VALIDATE: "1" } }),
  subject("class", "WebSocket", ["echo", "idle", "handshakes"]),
  subject("class-bytes", "WebSocket, bytes", ["echo"]),
  subject("upgrade", "WebSocket in node:http", ["echo", "idle", "handshakes"]),
  subject("pump", "pump", ["echo", "idle", "handshakes"]),
  subject("ws-deflate", "ws, deflate", ["idle"], { environment: withoutNatives, deflate: true }),
  subject("class-deflate", "WebSocket, deflate", ["idle"], { deflate: true }),
  subject("raw", "TCP alone", ["echo", "idle"], { isWebSocket: false }),
  subject("canned", "TCP, a canned response", ["handshakes"]),
  subject("bun-native", "Bun.serve", ["echo", "handshakes"], { runtime: "bun" }),
  subject("bun-class", "WebSocket in Bun", ["echo"], { runtime: "bun" }),
  subject("deno-class", "WebSocket in Deno", ["echo"], { runtime: "deno" }),
];

/** Servers omitted from a quick run. */
const slow = ["ws-native", "upgrade", "bun-native", "bun-class", "deno-class", "ws-deflate", "class-deflate"];

/** Returns the subjects that have `aspect` and whose runtime is installed. */
export function subjectsOf(aspect: Aspect, quick: boolean): readonly Subject[] {
  return subjects.filter(
    ({ name, runtime, aspects }) =>
      aspects.includes(aspect) && !(quick && slow.includes(name)) && existsSync(executableOf(runtime)),
  );
}

/** Returns the program of a runtime. */
export function executableOf(runtime: Subject["runtime"]): string {
  if (runtime === "node") return process.execPath;
  return fileURLToPath(new URL(`../../node_modules/.bin/${runtime}`, import.meta.url));
}
