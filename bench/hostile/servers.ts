/** The servers attacked when no URL is given: ours first, then those of other projects, with their defaults. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { selfSigned } from "@hybi/testing/adapter-contract";
import { cacheOf, filledOnce, must, Unavailable, websocketsPython } from "../../tooling/fetched.ts";
import { bundle } from "../bundle.ts";
import { executableOf } from "../end-to-end/subjects.ts";

/** One server of the table. */
export interface KnownServer {
  readonly name: string;
  readonly isOurs: boolean;
  /** Whether it reports the size of its heap, on standard input and output. */
  readonly reportsHeap: boolean;
  /**
   * Returns the command that starts it, after installing or building what it needs, once.
   *
   * @throws Unavailable where that is not possible
   */
  command(): Promise<readonly string[]>;
}

const here = join(import.meta.dirname, "servers");
const cache = cacheOf("hybi-hostile");

export const knownServers: readonly KnownServer[] = [
  script("node", true, "node", "hostile/servers/node"),
  script("deno", true, "deno", "hostile/servers/server.deno"),
  script("bun", true, "bun", "hostile/servers/server.bun"),
  script("ws", false, "node", "hostile/servers/node"),
  script("bun-native", false, "bun", "hostile/servers/server.bun"),
  {
    name: "websockets",
    isOurs: false,
    reportsHeap: false,
    command: async () => {
      return [await websocketsPython(cache), join(here, "websockets_echo.py"), ...(await certificate())];
    },
  },
  {
    name: "gorilla",
    isOurs: false,
    reportsHeap: false,
    command: async () => {
      const folder = await filledOnce(join(cache, "gorilla"), (folder) =>
        must(["go", "build", "-o", join(folder, "echo"), "."], join(here, "gorilla")),
      );
      return [join(folder, "echo"), ...(await certificate())];
    },
  },
];

const flags = {
  node: ["--expose-gc"],
  bun: [],
  deno: ["run", "-A", "--no-check", "--no-config", "--v8-flags=--expose-gc"],
} as const;

function script(name: string, isOurs: boolean, runtime: "node" | "deno" | "bun", program: string): KnownServer {
  return {
    name,
    isOurs,
    reportsHeap: true,
    command: async () => {
      const executable = executableOf(runtime);
      if (!existsSync(executable)) throw new Unavailable(`${runtime} is not installed`);
      return [executable, ...flags[runtime], await bundle(program), name, ...(await certificate())];
    },
  };
}

let files: Promise<readonly [cert: string, key: string]> | undefined;

/** Creates a certificate for this run; returns the paths of the certificate and its key. */
function certificate(): Promise<readonly [cert: string, key: string]> {
  files ??= selfSigned().then(({ cert, key }) => {
    const folder = mkdtempSync(join(tmpdir(), "hybi-hostile-"));
    process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
    const paths = [join(folder, "cert.pem"), join(folder, "key.pem")] as const;
    writeFileSync(paths[0], cert);
    writeFileSync(paths[1], key, { mode: 0o600 });
    return paths;
  });
  return files;
}
