/**
 * Who may import whom. Everything that is not listed is forbidden.
 *
 * A layer of core is a folder of `packages/core/src`, or a module that stands directly in it together with those whose
 * names continue its own: `connection` is also `connection-options`. The order of reading is
 * bytes → http → opening on one side and bytes → frame → message on the other, with closing; only `connection` and
 * `endpoint` join them.
 */

export interface LayerRule {
  readonly mayImport: readonly string[];
}

/** Vocabulary that every layer shares: types, tables and settings. Any file may import these, and they import each other at most. */
export const sharedModules: Readonly<Record<string, LayerRule>> = {
  role: { mayImport: [] },
  "message-kind": { mayImport: [] },
  leniency: { mayImport: [] },
  host: { mayImport: [] },
  latest: { mayImport: [] },
  limits: { mayImport: [] },
  violation: { mayImport: [] },
  "usage-error": { mayImport: [] },
  duration: { mayImport: [] },
  options: { mayImport: [] },
  "setting-checks": { mayImport: [] },
  "callback-result": { mayImport: [] },
  extension: { mayImport: [] },
  output: { mayImport: ["closing/states"] },
  // Events carry what the layers found out, so their types name the types of these.
  events: { mayImport: ["http/head", "opening/agreement", "opening/request"] },
};

export const coreLayers: Readonly<Record<string, LayerRule>> = {
  bytes: { mayImport: [] },
  http: { mayImport: ["bytes"] },
  opening: { mayImport: ["bytes", "http"] },
  frame: { mayImport: ["bytes"] },
  message: { mayImport: ["bytes", "frame"] },
  closing: { mayImport: ["bytes"] },
  // Time is measured by the states of closing, and chance comes from the same source as masking keys: types only.
  deadlines: { mayImport: ["closing/states"] },
  backoff: { mayImport: ["bytes/random-source"] },
  keepalive: { mayImport: ["bytes", "frame"] },
  // A Connection starts from an agreement, however it was reached; it knows nothing else of the opening handshake.
  connection: { mayImport: ["bytes", "frame", "message", "closing", "deadlines", "keepalive", "opening/agreement"] },
  endpoint: { mayImport: ["bytes", "http", "opening", "message", "closing", "deadlines", "connection"] },
  // Entry points only name what others define.
  index: {
    mayImport: [
      ...["bytes", "http", "opening", "frame", "message", "closing", "deadlines", "backoff"],
      ...["keepalive", "connection", "endpoint"],
    ],
  },
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
  node: { packages: ["core", "websocket"], modules: ["node:"] },
  deno: { packages: ["core", "websocket"], modules: ["node:"] },
  bun: { packages: ["core", "websocket"], modules: ["node:", "bun"] },
  // The contract of adapters is told in the interfaces of the web platform; conformance is tested over sockets of Node.
  testing: { packages: ["core", "permessage-deflate", "websocket"], modules: ["fast-check", "node:"] },
};
