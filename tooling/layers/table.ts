/**
 * The imports that each layer may have; all others are forbidden.
 *
 * A layer is a folder of `packages/<package>/src`, or a file directly in it. Layers are listed in reading order: a layer may
 * import only layers listed before it, and only those named in its rule.
 */

interface LayerRule {
  /** Layers, or single modules of a layer as `folder/module`. */
  readonly mayImport: readonly string[];
}

export type Layers = Readonly<Record<string, LayerRule>>;

/** Shared by all layers of core: checks of application input, and the vocabulary of the protocol. */
const words = ["checks", "vocabulary"];

/** What bundles can do without: sentences, and other names of options. */
const sentences = "sentences/loaded";

/**
 * Core: bytes → http → opening → policy on one side; bytes → frame → receiving and sending, with control, closing and time,
 * on the other. Only `connection` and `endpoint` join them.
 */
const core: Layers = {
  // Apart from the codes they belong to, so that bundles can do without them.
  sentences: { mayImport: [] },
  checks: { mayImport: ["sentences"] },
  vocabulary: { mayImport: ["checks", sentences] },
  bytes: { mayImport: words },
  http: { mayImport: [...words, "bytes"] },
  frame: { mayImport: [...words, "bytes"] },
  control: { mayImport: [...words, "bytes", "frame"] },
  // Receiving and sending do not know each other.
  receiving: { mayImport: [...words, "bytes", "frame"] },
  sending: { mayImport: [...words, "bytes", "frame", "control"] },
  // The result types of all layers.
  events: { mayImport: [...words, "http/head", "opening/request"] },
  "connection-sink": { mayImport: [...words, "bytes", "events"] },
  output: { mayImport: ["closing/states"] },
  // Options of both roles, resolved. Handshakes, connections and endpoints take them.
  config: {
    mayImport: [
      ...[...words, "bytes", "frame", "receiving", "sending"],
      ...["opening/client-request", "opening/request", sentences],
    ],
  },
  opening: { mayImport: [...words, "bytes", "http", "events", "config", sentences] },
  policy: { mayImport: [...words, "bytes", "http", "opening", "events", sentences] },
  closing: { mayImport: [...words, "bytes", "frame/close-payload", "events", "sending"] },
  time: { mayImport: [...words, "closing/states", "events", sentences] },
  connection: {
    mayImport: [
      ...[...words, "bytes", "frame", "receiving", "sending", "closing", "time"],
      ...["config", "connection-sink", "events", "output"],
    ],
  },
  endpoint: {
    mayImport: [
      ...[...words, "bytes", "http", "opening", "sending", "closing", "time"],
      ...["connection", "config", "events", "output"],
    ],
  },
  // Entry points only re-export: these two, and the index of `frame`, `opening` and `policy`.
  options: { mayImport: [...words, "sending", "opening", "policy", "time", sentences] },
  explain: { mayImport: [...words, "sentences"] },
  index: {
    mayImport: [
      ...[...words, "bytes", "http", "frame", "receiving", "sending", "opening", "policy", "closing", "time"],
      ...["events", "output", "connection-sink", "config", "connection", "endpoint"],
    ],
  },
};

/** `@hybi/websocket`: a connection over a transport (pump), the sockets, how a client opens one and a server accepts one, and adapters. */
const websocket: Layers = {
  // Apart from the options that they are of, so that bundles can do without them.
  sentences: { mayImport: [] },
  platform: { mayImport: [] },
  // What went wrong: the value that pump, sockets, servers and reconnecting clients pass on.
  failure: { mayImport: ["platform"] },
  "event-loop": { mayImport: ["platform"] },
  transport: { mayImport: ["platform", "event-loop"] },
  dom: { mayImport: ["platform", "failure", "event-loop"] },
  load: { mayImport: ["platform", "event-loop"] },
  pump: { mayImport: ["platform", "failure", "event-loop", "transport", "load"] },
  // Sockets of both roles.
  socket: { mayImport: ["sentences", "platform", "failure", "event-loop", "dom", "pump"] },
  // Client and server do not know each other, so that a bundle of one is without the other.
  client: { mayImport: ["sentences", "platform", "failure", "event-loop", "transport", "dom", "pump", "socket"] },
  server: {
    mayImport: ["sentences", "platform", "failure", "event-loop", "transport", "dom", "load", "pump", "socket"],
  },
  reconnect: {
    mayImport: ["sentences", "platform", "failure", "event-loop", "dom", "socket", "client/random-source"],
  },
  adapter: { mayImport: ["platform", "event-loop", "load", "pump", "client", "socket", "server"] },
  index: {
    mayImport: [
      ...["failure", "event-loop", "transport", "dom", "load", "pump", "client", "socket", "server", "reconnect"],
      "adapter",
    ],
  },
};

/** `@hybi/testing`: helpers for bytes and frames, on which arbitraries with the simulator, and the contract, are built apart. */
const testing: Layers = {
  bytes: { mayImport: [] },
  wire: { mayImport: ["bytes"] },
  attacks: { mayImport: ["bytes", "wire"] },
  simulation: { mayImport: ["bytes", "wire"] },
  arbitraries: { mayImport: ["bytes", "wire", "simulation"] },
  model: { mayImport: ["bytes", "wire", "arbitraries"] },
  // Without fast-check: it may not import arbitraries.
  contract: { mayImport: ["bytes", "wire", "attacks", "simulation/clock"] },
  arb: { mayImport: ["arbitraries", "model"] },
  index: { mayImport: ["wire", "simulation", "arbitraries", "model", "arb"] },
};

/** `@hybi/conformance`: three tools that know nothing of each other, except that reports of the suite show dumps. */
const conformance: Layers = {
  inspect: { mayImport: [] },
  suite: { mayImport: ["inspect"] },
  hostile: { mayImport: [] },
  index: { mayImport: ["suite"] },
  cli: { mayImport: ["inspect", "suite", "hostile"] },
};

/**
 * The adapters are built alike: bytes in and out of the runtime (transport), the options, how a client opens a transport and how a
 * server listens, and `client` and `server`, which do not know each other.
 */
const deno: Layers = {
  transport: { mayImport: [] },
  options: { mayImport: [] },
  "native-functions": { mayImport: [] },
  runtime: { mayImport: ["native-functions"] },
  open: { mayImport: ["transport", "options"] },
  "transport-info": { mayImport: [] },
  listen: { mayImport: ["transport", "transport-info", "options"] },
  client: { mayImport: ["options", "runtime", "open"] },
  server: { mayImport: ["options", "runtime", "listen"] },
  index: { mayImport: ["transport", "transport-info", "options", "client", "server"] },
};

const bun: Layers = deno;

/** Node also has HTTP/2, proxies, its HTTP server, and faster functions than portable JavaScript. */
const node: Layers = {
  transport: { mayImport: [] },
  "secure-context": { mayImport: [] },
  options: { mayImport: ["secure-context"] },
  "native-functions": { mayImport: [] },
  runtime: { mayImport: ["native-functions"] },
  fields: { mayImport: [] },
  "response-body": { mayImport: [] },
  http2: { mayImport: ["transport", "fields", "response-body"] },
  proxy: { mayImport: ["options", "secure-context"] },
  agent: { mayImport: ["transport", "options", "fields", "response-body"] },
  open: { mayImport: ["transport", "secure-context", "options", "http2/client", "proxy", "agent"] },
  "secure-server": { mayImport: ["runtime"] },
  "transport-info": { mayImport: [] },
  listen: { mayImport: ["transport", "transport-info", "secure-server"] },
  client: { mayImport: ["options", "runtime", "open"] },
  server: { mayImport: ["options", "runtime", "listen"] },
  upgrade: { mayImport: ["transport", "transport-info", "runtime", "fields", "http2/transport", "server"] },
  duplex: { mayImport: [] },
  index: {
    mayImport: [
      ...["transport", "transport-info", "options", "native-functions", "runtime", "fields", "http2", "proxy"],
      ...["client", "server", "upgrade", "duplex"],
    ],
  },
};

/**
 * `@hybi/ws`: the pump as an EventEmitter. A connection is built of its halves, the socket has a connection, and the server has sockets;
 * none knows who has it.
 */
const ws: Layers = {
  options: { mayImport: [] },
  events: { mayImport: [] },
  "event-target": { mayImport: ["events"] },
  data: { mayImport: [] },
  state: { mayImport: [] },
  turns: { mayImport: [] },
  errors: { mayImport: [] },
  extension: { mayImport: [] },
  subprotocol: { mayImport: [] },
  deflate: { mayImport: ["options"] },
  closing: { mayImport: ["data"] },
  setup: { mayImport: ["options", "data"] },
  "client-opening": { mayImport: ["options", "errors", "extension", "deflate"] },
  broadcast: { mayImport: ["data", "setup", "turns"] },
  outgoing: { mayImport: ["options", "broadcast", "data", "state", "turns"] },
  incoming: { mayImport: ["data", "errors", "event-target", "outgoing", "state", "turns"] },
  connection: { mayImport: ["options", "client-opening", "closing", "deflate", "incoming", "setup", "state"] },
  websocket: { mayImport: ["options", "connection", "data", "event-target", "setup", "state"] },
  "websocket-server": { mayImport: ["options", "errors", "deflate", "setup", "turns", "websocket"] },
  stream: { mayImport: ["data", "websocket"] },
  internals: { mayImport: [] },
  browser: { mayImport: ["internals"] },
  index: {
    mayImport: [
      ...["options", "data", "event-target", "errors", "extension", "subprotocol", "internals"],
      ...["websocket", "websocket-server", "stream"],
    ],
  },
};

/** Layers by package. A package that is not listed has one layer. */
export const layers: Readonly<Record<string, Layers>> = {
  core,
  websocket,
  node,
  deno,
  bun,
  testing,
  conformance,
  ws,
};

export interface PackageRule {
  /** Packages of this repository, by the name of their folder. */
  readonly packages: readonly string[];
  /** Other modules; a name that ends in `:` allows all with that prefix. */
  readonly modules: readonly string[];
}

export const packages: Readonly<Record<string, PackageRule>> = {
  core: { packages: [], modules: [] },
  "permessage-deflate": { packages: ["core"], modules: ["pako", "node:zlib"] },
  websocket: { packages: ["core"], modules: [] },
  node: { packages: ["core", "permessage-deflate", "websocket"], modules: ["node:"] },
  deno: { packages: ["core", "permessage-deflate", "websocket"], modules: ["node:"] },
  bun: { packages: ["core", "permessage-deflate", "websocket"], modules: ["node:", "bun"] },
  // One class from each runtime; nothing in a page.
  isomorphic: { packages: ["node", "deno", "bun"], modules: [] },
  // The interface of another package, over this one.
  ws: { packages: ["core", "permessage-deflate", "websocket", "node"], modules: ["node:"] },
  // The contract of adapters uses the interfaces of the web platform; one test starts a worker thread where there is none.
  testing: { packages: ["core", "permessage-deflate", "websocket"], modules: ["fast-check", "node:worker_threads"] },
  // Tests any endpoint over sockets of Node. It takes the kinds of hostile clients and helpers for bytes from `testing`.
  conformance: { packages: ["core", "permessage-deflate", "testing"], modules: ["node:"] },
};
