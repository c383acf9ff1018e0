/**
 * The adapters export the same names: a program moves to another runtime by changing the package that it imports from. They
 * export all that is in their signatures: a program imports from one package.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { root } from "../repository.ts";
import { missingTypes } from "./public-types.ts";

const adapters = ["bun", "deno", "node"] as const;

/** Names that not every adapter exports: which ones do, and why. */
const differences: Readonly<Record<string, { readonly in: string; readonly because: string }>> = {
  upgrade: { in: "node", because: "Deno and Bun do not hand over connections of their own HTTP servers." },
  upgradeStream: { in: "node", because: "For the same reason." },
  UpgradeOptions: { in: "node", because: "These are options of `upgrade` and `upgradeStream`, too." },
  NodeTransportInfo: { in: "node", because: "Each is named after its runtime, and knows what that knows." },
  DenoTransportInfo: { in: "deno", because: "For the same reason." },
  BunTransportInfo: { in: "bun", because: "For the same reason." },
  BunSocketFacts: { in: "bun", because: "Bun's own type depends on the `data` of the socket." },
  requestHead: { in: "node", because: "Only Node has the messages of node:http that it converts." },
  responseHead: { in: "node", because: "For the same reason." },
  headersObject: { in: "node", because: "For the same reason." },
  toDuplex: {
    in: "node",
    because: "Streams of Deno and Bun are those of the web platform, which `WebSocketStream` has.",
  },
  Http2Transport: { in: "node", because: "Deno and Bun have no streams of HTTP/2 but those of node:http2." },
  SingleRequestOptions: { in: "node", because: "These are the options of `upgrade` and `upgradeStream`." },
  TcpOptions: { in: "node", because: "Only `net.connect` takes such options." },
  ProxyOptions: { in: "node", because: "Only the client for Node connects through proxies." },
  TlsClientOptions: { in: "bun, deno", because: "Node's are `ConnectionOptions` of node:tls." },
  TlsServerOptions: { in: "bun, deno", because: "Node's are `TlsOptions` of node:tls." },
  NodeTransport: { in: "node", because: "Each transport is named after its runtime." },
  DenoTransport: { in: "deno", because: "Each transport is named after its runtime." },
  BunTransport: { in: "bun", because: "Each transport is named after its runtime." },
  BunSocket: { in: "bun", because: "A transport in Bun needs the handlers with which its socket was opened." },
  BunSocketHandlers: { in: "bun", because: "For the same reason." },
  socketHandlers: { in: "bun", because: "For the same reason." },
  nodeClock: { in: "node", because: "Only Node's end of a turn needs more than promises." },
  nodeFunctions: { in: "node", because: "Those of Deno and Bun are few, and lent by their adapters alone." },
};

/** Types in their signatures that no application names, and why. */
const unnamed: Readonly<Record<string, string>> = {
  Event: "The global of that name, where a runtime may lack it.",
  EventTarget: "For the same reason.",
  DOMException: "For the same reason.",
  AnyListener: "A listener of the platform's EventTarget, for overloads that take any.",
  StaticMember: "Names of the members of the class `WebSocket`.",
  SocketSource: "Only classes of clients, and servers, construct the common interface with it.",
  StreamSource: "For the same reason.",
  SocketCore: "Only a socket creates the writer of a message in pieces.",
  Closer: "Only `reconnect` says by whose rule a reconnecting client closes.",
  Answering: "Only the server creates an IncomingOpening.",
  Sha1: "The function of `NativeFunctions`, which a runtime lends.",
  ClientConfig: "`openUpgrade` takes options as well; programs that share a configuration import it from @hybi/core.",
  PumpOptions: "`RuntimeOptions` has the type of one of its members.",
  Account: "Only connections have accounts in a MemoryBudget.",
  Holder: "For the same reason.",
  ConnectionViolationCode: "A part of `ViolationCode`, which is exported.",
  RequestViolationCode: "For the same reason.",
  ResponseViolationCode: "For the same reason.",
  StreamViolationCode: "For the same reason.",
};

/** Returns the names that an index file exports, types included. */
function namesIn(adapter: string): string[] {
  const path = join(root, `packages/${adapter}/src/index.ts`);
  const { statements } = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.ES2022);
  return statements.flatMap((statement) => {
    const clause = ts.isExportDeclaration(statement) ? statement.exportClause : undefined;
    if (clause === undefined || !ts.isNamedExports(clause)) throw new Error(`${path} is not a list of exported names`);
    return clause.elements.map((element) => element.name.text);
  });
}

const names = adapters.map((adapter) => [adapter, namesIn(adapter)] as const);

describe("the adapters", () => {
  it("export the same names, but for the listed differences", () => {
    const all = new Set(names.flatMap(([, own]) => own));
    const found = [...all].map((name) => [
      name,
      names.flatMap(([adapter, own]) => (own.includes(name) ? [adapter] : [])).join(", "),
    ]);
    const differing = Object.fromEntries(found.filter(([, by]) => by !== adapters.join(", ")));
    expect(differing).toEqual(Object.fromEntries(Object.entries(differences).map(([name, one]) => [name, one.in])));
  });

  it("list what they have in common in the same order", () => {
    const [first, ...others] = names.map(([, own]) => own.filter((name) => !(name in differences)));
    for (const other of others) expect(other).toEqual(first);
  });
  it("export the types in their signatures", () => {
    const entries = adapters.map((adapter) => join(root, `packages/${adapter}/src/index.ts`));
    const missing = missingTypes(entries, (path) => path.startsWith(join(root, "packages")));
    const expected = Object.keys(unnamed).sort();
    for (const [entry, types] of missing)
      expect([entry, types.map(({ name }) => name).sort()]).toEqual([entry, expected]);
  }, 60_000);
});
