/** The servers that are compared, each in a process of its own. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { serverSteps } from "../ladder/steps.ts";
import type { ServerOptions } from "./server-options.ts";

export type Runtime = "node" | "bun" | "deno";

export interface Subject {
  readonly name: string;
  /** Column heading of the tables. */
  readonly title: string;
  readonly runtime: Runtime;
  readonly options: ServerOptions;
  /** Whether it speaks WebSocket; otherwise it sends received bytes back. */
  readonly isWebSocket: boolean;
  readonly environment: Readonly<Record<string, string>>;
}

const withoutNatives = { WS_NO_BUFFER_UTIL: "1", WS_NO_UTF_8_VALIDATE: "1" };
/** Where node:buffer can validate UTF-8, `ws` uses that; utf-8-validate is for older versions of Node. */
const withNatives = { WS_NO_UTF_8_VALIDATE: "1" };

function subject(name: string, title: string, kind: string, changes: Partial<Subject> = {}): Subject {
  const options = { kind, tls: false, deflate: false, ping: 0, ballast: false };
  return { name, title, runtime: "node", options, isWebSocket: true, environment: withoutNatives, ...changes };
}

const subjects: readonly Subject[] = [
  subject("ws", "ws", "ws"),
  subject("ws-string", "ws, as a string", "ws-string"),
  subject("ws-native", "ws + bufferutil", "ws", { environment: withNatives }),
  subject("hybi-ws", "@hybi/ws", "hybi-ws"),
  subject("listen", "listen", "listen"),
  subject("listen-buffer", "listen, ArrayBuffer", "listen-buffer"),
  subject("upgrade", "upgrade in node:http", "upgrade"),
  subject("pump", "pump", "pump"),
  subject("bare", "bare", "bare"),
  subject("bare-buffer", "bare, ArrayBuffer", "bare-buffer"),
  ...serverSteps.filter(({ name }) => name.startsWith("ladder-")).map(({ name, title }) => subject(name, title, name)),
  subject("raw", "TCP alone", "raw", { isWebSocket: false }),
  subject("canned", "TCP, a canned response", "canned"),
  subject("bun-ws", "ws in Bun", "ws", { runtime: "bun" }),
  subject("bun-listen", "listen in Bun", "listen", { runtime: "bun" }),
  subject("bun-native", "Bun.serve", "native", { runtime: "bun" }),
  subject("deno-ws", "ws in Deno", "ws", { runtime: "deno" }),
  subject("deno-listen", "listen in Deno", "listen", { runtime: "deno" }),
  subject("deno-native", "Deno.upgradeWebSocket", "native", { runtime: "deno" }),
];

/** Returns the named subjects whose runtime is installed, each with `changes` of its options. */
export function subjectsNamed(names: readonly string[], changes: Partial<ServerOptions> = {}): readonly Subject[] {
  return names
    .map((name) => {
      const found = subjects.find((subject) => subject.name === name);
      if (found === undefined) throw new Error(`There is no subject "${name}".`);
      return { ...found, options: { ...found.options, ...changes } };
    })
    .filter(({ runtime }) => existsSync(executableOf(runtime)));
}

/** Returns the program of a runtime. */
export function executableOf(runtime: Runtime): string {
  if (runtime === "node") return process.execPath;
  return fileURLToPath(new URL(`../../node_modules/.bin/${runtime}`, import.meta.url));
}
