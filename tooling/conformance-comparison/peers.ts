/** The servers that are compared: echo servers of a few lines from other projects, see `peers/`, and our own in Node. */
import { join } from "node:path";
import { ourServer, type Subject } from "../autobahn/subjects.ts";
import { cache } from "../autobahn/suite.ts";
import { filledOnce, must, websocketsPython, websocketsVersion } from "../fetched.ts";

/** One implementation, with its version. */
export interface Peer {
  readonly name: string;
  readonly title: string;
  /** Installs or builds what it needs, once. @throws Unavailable where that is not possible */
  prepare(): Promise<Subject>;
}

const here = join(import.meta.dirname, "peers");

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
      const python = await websocketsPython(cache);
      return server("websockets", [python, join(here, "websockets_echo.py")]);
    },
  },
  {
    name: "gorilla",
    title: "gorilla/websocket 1.5.3 (Go)",
    prepare: async () => {
      const built = await filledOnce(join(cache, "gorilla-1.5.3"), (folder) =>
        must(["go", "build", "-o", join(folder, "echo"), "."], join(here, "gorilla")),
      );
      return server("gorilla", [join(built, "echo")]);
    },
  },
];

function server(name: string, command: readonly string[]): Subject {
  return { name, role: "server", command };
}
