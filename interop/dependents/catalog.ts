/** Which dependents of ws are run, and what of each. */

export interface Dependent {
  /** Its name on npm. */
  readonly name: string;
  /** Other packages of the same project that the scenario runs as well. */
  readonly also?: readonly string[];
  /** The file in `scenarios` that runs it. */
  readonly scenario?: string;
  /** Its own suite, as far as its package on npm brings one: files below `test` that match. */
  readonly suite?: RegExp;
  /** What of its suite is left out, and why. */
  readonly leftOut?: string;
  /** A program of the system that the scenario needs. */
  readonly needs?: string;
  /** Whether it takes too long for `--fast`. */
  readonly isSlow?: true;
  /** For each test that fails with @hybi/ws by a fault of the dependent, or of the test: its name, and the fault. */
  readonly explained?: Readonly<Record<string, string>>;
}

export const dependents: readonly Dependent[] = [
  { name: "@fastify/http-proxy", suite: /\.js$/ },
  {
    name: "@fastify/websocket",
    suite: /^(base|hooks|inject)\.test\.js$/,
    leftOut:
      "the file `router`, one of whose clients sends a request without Host and waits: a server must answer 400 (RFC 9112 §3.2)",
  },
  { name: "@hono/node-ws", also: ["hono", "@hono/node-server"], scenario: "hono.mjs" },
  { name: "@nestjs/platform-ws", also: ["@nestjs/core", "@nestjs/websockets"], scenario: "nest.mjs" },
  { name: "@trpc/server", also: ["@trpc/client"], scenario: "trpc.mjs" },
  { name: "engine.io", also: ["engine.io-client"], scenario: "engine.io.mjs" },
  { name: "express-ws", also: ["express"], scenario: "express-ws.mjs" },
  { name: "graphql-ws", scenario: "graphql-ws.mjs" },
  { name: "isomorphic-ws", scenario: "isomorphic-ws.mjs" },
  { name: "jsdom", scenario: "jsdom.mjs" },
  {
    name: "mercurius",
    suite: /^(subscri|loaders|custom-root-types|query-depth).*\.test\.js$/,
    leftOut:
      "files that open no socket, and `errors` and `routes`, which need a snapshot tool that npm has no fitting version of",
  },
  { name: "mqtt", also: ["aedes"], scenario: "mqtt.mjs" },
  { name: "puppeteer-core", scenario: "puppeteer.mjs", needs: "chromium", isSlow: true },
  { name: "reconnecting-websocket", scenario: "reconnecting-websocket.mjs" },
  { name: "socket.io", also: ["socket.io-client"], scenario: "socket.io.mjs" },
  { name: "webpack-dev-server", also: ["webpack"], scenario: "webpack-dev-server.mjs", isSlow: true },
  { name: "y-websocket", also: ["yjs"], scenario: "y-websocket.mjs" },
];
