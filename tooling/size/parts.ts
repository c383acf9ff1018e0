/** What the bytes of a bundle are for: its minified bytes by the folder of the package that they are from. */

import { build } from "esbuild";
import type { Budgets } from "./compare.ts";
import type { Entry } from "./entries.ts";

/** Minified bytes by part, such as `core/sending`, for each entry by its name. */
export type Parts = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** The bundles whose parts the page shows. */
export const shown = [
  "`@hybi/core/frame`, all of it",
  "`Connection`",
  "`createClientEndpoint`",
  "`createServerEndpoint`",
  "`WebSocket` over a transport of yours",
  "`WebSocketServer` over transports of yours",
  "`reconnect`",
];

/** The parts in the order of the table, with what each does. A part that has no row here is an error. */
// biome-ignore format: a table is read by its lines
const purposes: Readonly<Record<string, string>> = {
  "core/frame": "Headers, rules, masking, Close payloads",
  "core/bytes": "UTF-8 both ways, blocks of output, views, queues, random bytes; for handshakes SHA-1 and base64",
  "core/receiving": "Joining fragments within limits, extensions, checks of text while it arrives",
  "core/sending": "Priorities, fragments, streams of messages, extensions, a budget for each write",
  "core/control": "Replies to Pings, keepalive",
  "core/closing": "The closing handshake, failing",
  "core/time": "Counters",
  "core/connection": "`Connection`: joins the parts above, and its events",
  "core/config": "Options, resolved once, and the transforms of extensions",
  "core/checks": "Names, types and ranges of options; results of callbacks; `UsageError`",
  "core/vocabulary": "Violations with section and response, limits, status codes, leniencies",
  "core/http": "Heads: reading and writing them strictly, authorities, cookies, bodies of rejections",
  "core/opening": "Request, response and what each must have; extensions and subprotocols",
  "core/endpoint": "`Endpoint`: the opening, then the connection, behind one `receive`",
  "core/policy": "Redirects, the order of openings, the times of retries, origins",
  "websocket/transport": "What a transport must have",
  "websocket/platform": "Differences of runtimes; checks and texts of errors",
  "websocket/failure": "What went wrong, in one union, and its sentence",
  "websocket/event-loop": "Clocks, timers of any length that let arrived input be read first, turns, errors of callbacks",
  "websocket/load": "Shares of a turn; of servers the budget of memory",
  "websocket/pump": "Between endpoint and transport: one write a turn, pauses, the backlog, deadlines",
  "websocket/dom": "Events, listeners and handlers, Web IDL, binary types",
  "websocket/socket": "The sockets of both roles: queues, loops, Blobs, ends; of servers also streams",
  "websocket/client": "URLs, options, the opening with its redirects",
  "websocket/server": "Admission, limits, answers, broadcasts, shutdown",
  "websocket/reconnect": "`Reconnecting`: whether and when to try again, what waits meanwhile",
};

/** Bundles the entry, whose imports are resolved from `folder`, and returns its bytes by part. */
export async function measureParts({ code, platform }: Entry, folder: string): Promise<Record<string, number>> {
  const { metafile } = await build({
    stdin: { contents: code, resolveDir: folder },
    bundle: true,
    minify: true,
    format: "esm",
    platform,
    metafile: true,
    write: false,
    logLevel: "silent",
  });
  const parts: Record<string, number> = {};
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      if (bytesInOutput > 0) parts[partOf(path)] = (parts[partOf(path)] ?? 0) + bytesInOutput;
    }
  }
  return parts;
}

/** Returns the package and the folder of a built module. A file that is in no folder is a part of its own, or of that it belongs to. */
function partOf(path: string): string {
  const [, name, module] = /packages\/([^/]+)\/dist\/modules\/([^/]+?)(?:\.js)?(?:\/|$)/.exec(path) ?? [];
  if (name === undefined) return path;
  if (module === "connection-sink") return `${name}/connection`;
  // Sentences and names of options belong to the checks that they are apart from.
  if (module === "sentences") return name === "core" ? "core/checks" : "websocket/platform";
  return `${name}/${module}`;
}

const mark =
  /(<!-- begin: parts, written by `pnpm check:docs --write` from tooling\/size\/parts.json -->)[\s\S]*?(<!-- end: parts -->)/;

/** Replaces the text between the marks of the page by a table of the parts, in kilobytes of 1000 bytes. */
export function replaceParts(page: string, parts: Parts, budgets: Budgets): string {
  if (!mark.test(page)) throw new Error("The page lacks the marks of the parts.");
  for (const name of shown) {
    const unknown = Object.keys(parts[name] ?? {}).filter((part) => !(part in purposes));
    if (unknown.length > 0) throw new Error(`${name}: the page has no row for ${unknown.join(", ")}`);
  }
  const row = (title: string, bytesOf: (name: string) => number | undefined): string =>
    `| ${title} | ${shown.map((name) => kB(bytesOf(name))).join(" | ")} |`;
  const rows = Object.entries(purposes).map(([part, purpose]) =>
    row(`\`${part}\`: ${purpose}`, (name) => parts[name]?.[part]),
  );
  const table = [
    `| kB, minified | ${shown.join(" | ")} |`,
    `| --- |${" --: |".repeat(shown.length)}`,
    ...rows,
    row("All", (name) => Object.values(parts[name] ?? {}).reduce((sum, bytes) => sum + bytes, 0)),
    row("All, gzipped", (name) => budgets[name]?.esbuild),
  ].join("\n");
  return page.replace(mark, (_, begin: string, end: string) => `${begin}\n\n${table}\n\n${end}`);
}

function kB(bytes: number | undefined): string {
  return bytes === undefined ? "–" : (bytes / 1000).toFixed(1);
}
