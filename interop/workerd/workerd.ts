/**
 * Runs workerd, the runtime of Cloudflare's Workers, from its npm package: one process, on loopback only. Workers in it may
 * connect to this machine and nowhere else.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { build } from "esbuild";

const program: string = createRequire(import.meta.url)("workerd").default;

/** A Worker and its settings. */
export interface WorkerSettings {
  /** Path of its main module, which is bundled here. */
  readonly entry?: string;
  /** Text of its only module, in place of `entry`. */
  readonly script?: string;
  /** Conditions of exports with which it is bundled; by default, those that lead to the sources of this repository. */
  readonly conditions?: readonly string[];
  /** Date of the platform behavior it requires. */
  readonly compatibilityDate: string;
  readonly compatibilityFlags?: readonly string[];
  /** Text bindings, by their names in `env`. */
  readonly bindings?: Readonly<Record<string, string>>;
  /** Classes of Durable Objects that it exports, by the names of their bindings in `env`. Their storage is in memory. */
  readonly durableObjects?: Readonly<Record<string, string>>;
}

/** A running workerd. */
export interface Workerd {
  /** URL of each Worker, by name. */
  readonly urls: Readonly<Record<string, string>>;
  /** Returns its output, which includes uncaught errors. */
  readonly log: () => string;
  stop(): Promise<void>;
}

/** Bundles the module of a Worker into one file. Modules that Workers lack, such as node:net, are errors. */
async function bundle({ entry = "", conditions = ["@hybi/source", "workerd"] }: WorkerSettings): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2022",
    conditions: [...conditions],
    external: ["cloudflare:*", "node:zlib"],
    logLevel: "error",
  });
  return outputFiles[0]?.text ?? "";
}

/** Formats a text of Cap'n Proto, which has the same escapes as C and JSON. */
function text(value: string): string {
  return JSON.stringify(value);
}

function list(values: readonly string[]): string {
  return `[${values.map(text).join(", ")}]`;
}

function configuration(workers: Readonly<Record<string, WorkerSettings>>, trusted: readonly string[]): string {
  const services = Object.entries(workers).map(
    ([name, { compatibilityDate, compatibilityFlags = [], bindings = {}, durableObjects = {} }]) => {
      const classes = Object.values(durableObjects).map(
        (className) => `(className = ${text(className)}, uniqueKey = ${text(`${name}-${className}`)})`,
      );
      const objects = Object.entries(durableObjects).map(
        ([key, className]) => `(name = ${text(key)}, durableObjectNamespace = ${text(className)})`,
      );
      const bound = Object.entries(bindings).map(([key, value]) => `(name = ${text(key)}, text = ${text(value)})`);
      return `(name = ${text(name)}, worker = (
      modules = [(name = "main", esModule = embed ${text(`${name}.js`)})],
      compatibilityDate = ${text(compatibilityDate)},
      compatibilityFlags = ${list(compatibilityFlags)},
      bindings = [${[...bound, ...objects].join(", ")}],
      durableObjectNamespaces = [${classes.join(", ")}],
      durableObjectStorage = (inMemory = void)
    ))`;
    },
  );
  const sockets = Object.keys(workers).map(
    (name) => `(name = ${text(name)}, address = "127.0.0.1:0", http = (), service = ${text(name)})`,
  );
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    ${services.join(",\n    ")},
    (name = "internet", network = (
      allow = ["local"],
      tlsOptions = (trustedCertificates = ${list(trusted)})
    ))
  ],
  sockets = [${sockets.join(", ")}]
);
`;
}

/** Runs `workers`, which trust the certificates `trusted`. Resolves once all of them listen. */
export async function startWorkerd(
  workers: Readonly<Record<string, WorkerSettings>>,
  trusted: readonly string[] = [],
): Promise<Workerd> {
  const folder = mkdtempSync(join(tmpdir(), "hybi-workerd-"));
  for (const [name, settings] of Object.entries(workers)) {
    writeFileSync(join(folder, `${name}.js`), settings.script ?? (await bundle(settings)));
  }
  writeFileSync(join(folder, "config.capnp"), configuration(workers, trusted));
  const child = spawn(program, ["serve", "config.capnp", "--control-fd=3"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", (some) => (log += some));
  const ended = new Promise<void>((resolve) => {
    child.once("close", () => resolve());
    child.once("error", () => resolve());
  });
  const stop = async (): Promise<void> => {
    child.kill();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  const urls = await waitUntilListening(child, Object.keys(workers));
  if (urls !== undefined) return { urls, log: () => log, stop };
  await stop();
  throw new Error(`workerd does not run: ${log}`);
}

/** Resolves with the addresses where `names` listen; undefined if it exits before. */
function waitUntilListening(
  child: ChildProcess,
  names: readonly string[],
): Promise<Record<string, string> | undefined> {
  const urls: Record<string, string> = {};
  const control = child.stdio[3] as Readable;
  let lines = "";
  return new Promise((resolve) => {
    child.once("close", () => resolve(undefined));
    child.once("error", () => resolve(undefined));
    control.setEncoding("utf8").on("data", (some) => {
      lines += some;
      for (const [, socket, port] of lines.matchAll(/"socket":"([^"]*)","port":(\d+)}/g)) {
        urls[socket as string] = `http://127.0.0.1:${port}`;
      }
      if (names.every((name) => name in urls)) resolve(urls);
    });
  });
}
