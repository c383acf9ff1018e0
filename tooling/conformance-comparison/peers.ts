/** Servers that others have written, each an echo server of a few lines; see `peers/`. And our own, in Node. */
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Unavailable } from "../autobahn/python.ts";
import { ourServer, type Subject } from "../autobahn/subjects.ts";
import { cache } from "../autobahn/suite.ts";
import { run } from "../repository.ts";

/** One implementation, with its version. */
export interface Peer {
  readonly name: string;
  readonly title: string;
  /** Installs or builds what is needed, once. Throws `Unavailable` where that cannot be. */
  prepare(): Promise<Subject>;
}

const here = join(import.meta.dirname, "peers");
const websocketsVersion = "17.4";

export const peers: readonly Peer[] = [
  { name: "hybi", title: "hybi in Node", prepare: async () => ({ ...ourServer("node"), name: "hybi" }) },
  {
    name: "ws",
    title: "ws 8.23.0 (Node)",
    prepare: async () => server("ws", [process.execPath, "--import", "tsx", join(here, "ws.ts")]),
  },
  {
    name: "websockets",
    title: `websockets ${websocketsVersion} (Python)`,
    prepare: async () => {
      const python = await once(`websockets-${websocketsVersion}`, async (folder) => {
        await must(["python3", "-m", "venv", folder]);
        await must([join(folder, "bin/python"), "-m", "pip", "install", "--quiet", `websockets==${websocketsVersion}`]);
      });
      return server("websockets", [join(python, "bin/python"), join(here, "websockets_echo.py")]);
    },
  },
  {
    name: "gorilla",
    title: "gorilla/websocket 1.5.3 (Go)",
    prepare: async () => {
      const built = await once("gorilla-1.5.3", (folder) =>
        must(["go", "build", "-o", join(folder, "echo"), "."], join(here, "gorilla")),
      );
      return server("gorilla", [join(built, "echo")]);
    },
  },
];

function server(name: string, command: readonly string[]): Subject {
  return { name, role: "server", command };
}

/** A folder of the cache, which `fill` fills if it is not there. */
async function once(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(cache, name);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  try {
    // Where it will stay: an environment of Python cannot be moved.
    await fill(folder);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  return folder;
}

async function must(command: readonly string[], cwd?: string): Promise<void> {
  const options = { capture: true, ...(cwd !== undefined && { cwd }) };
  const { exitCode, output } = await run(command, options).catch((error: Error) => ({
    exitCode: 1,
    output: error.message,
  }));
  if (exitCode !== 0) throw new Unavailable(`${command.join(" ")}: ${output.trim()}`);
}
