/** Every option of ws, given to hybi under its name there, is taken or answered with the name here. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { connect, listen, WebSocketServer } from "@hybi/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../repository.ts";

const folder = dirname(createRequire(join(root, "package.json")).resolve("ws/package.json"));

/** The options of a function of ws, from its documentation in the source, for the first of `owners` behind it. */
function optionsOf(file: string, owner: string): string[] {
  const source = readFileSync(join(folder, "lib", file), "utf8");
  const before = source.slice(0, source.indexOf(owner));
  const comment = before.slice(before.lastIndexOf("/**"));
  return [...comment.matchAll(/@param \{[^}]*\} \[?options\.(\w+)/g)].map(([, name = ""]) => name);
}

const listed = {
  server: optionsOf("websocket-server.js", "\n  constructor(options, callback)"),
  client: optionsOf("websocket.js", "\nfunction initAsClient("),
  send: optionsOf("websocket.js", "\n  send(data, options, cb)"),
};
/** Of `http.request`, which ws passes on. */
const ofRequests = ["agent", "auth", "ca", "cert", "createConnection", "family", "headers", "key", "localAddress"];
const alsoOfRequests = ["lookup", "passphrase", "pfx", "rejectUnauthorized", "servername", "socketPath", "timeout"];

let server: Awaited<ReturnType<typeof listen>>;
let socket: Awaited<ReturnType<typeof connect>>;
beforeAll(async () => {
  server = await listen((opening) => void opening.accept(), { host: "127.0.0.1" });
  socket = await connect(server.url);
});
afterAll(async () => {
  socket.terminate();
  await server.close();
});

/** Gives an option whose value no owner takes. */
const wrong = (name: string): never => ({ [name]: Symbol("wrong") }) as never;
const owners: readonly (readonly [owner: string, names: readonly string[], give: (name: string) => unknown])[] = [
  ["listen", listed.server, (name) => listen(() => {}, wrong(name))],
  ["WebSocketServer", listed.server, (name) => new WebSocketServer(() => {}, wrong(name))],
  ["connect", [...listed.client, ...ofRequests, ...alsoOfRequests], (name) => connect(server.url, wrong(name))],
  ["send", listed.send, (name) => socket.send("x", wrong(name))],
  ["broadcast", listed.send, (name) => server.broadcast("x", wrong(name))],
];

it("ws documents its options", () => {
  expect(listed.server).toEqual(expect.arrayContaining(["backlog", "maxPayload", "verifyClient", "WebSocket"]));
  expect(listed.client).toEqual(expect.arrayContaining(["handshakeTimeout", "generateMask", "finishRequest"]));
  expect(listed.send).toEqual(expect.arrayContaining(["binary", "compress", "fin", "mask"]));
});

describe.each(owners)("%s", (_, names, give) => {
  it.each(names)("takes the option %s of ws, or says what it is here", async (name) => {
    const error = await (async () => give(name))().catch((thrown: unknown) => thrown);
    const { code, message } = error as { code: string; message: string };
    // An option that exists here says that the value is wrong.
    if (code === "option/unknown") expect(message).toMatch(/ (Did you mean .+\?|There is none: .+\.)$/);
    else expect([code, message]).toEqual([expect.stringMatching(/^option\//), expect.stringContaining(name)]);
  });
});
