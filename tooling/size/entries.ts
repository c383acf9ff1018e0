/** What is bundled to see how large it is. */

export interface Entry {
  /** As the table in README.md names it. */
  readonly name: string;
  /** The program, which is bundled with all that it needs. */
  readonly code: string;
  /** Where the bundle runs: bundlers choose files of a package by it. */
  readonly platform: "browser" | "node";
}

// biome-ignore format: a table is read by its lines
export const entries: readonly Entry[] = [
  { name: "`@hybi/core/frame`, all of it", code: 'export * from "@hybi/core/frame";', platform: "browser" },
  { name: "`FrameDecoder`", code: 'export { FrameDecoder } from "@hybi/core/frame";', platform: "browser" },
  { name: "`Connection`", code: 'export { Connection } from "@hybi/core";', platform: "browser" },
  { name: "`createClientEndpoint`", code: 'export { createClientEndpoint } from "@hybi/core";', platform: "browser" },
  { name: "`createServerEndpoint`", code: 'export { createServerEndpoint } from "@hybi/core";', platform: "browser" },
  { name: "`Endpoint`, both roles", code: 'export { Endpoint } from "@hybi/core";', platform: "browser" },
  { name: "`WebSocket` over a transport of yours", code: 'export { createWebSocketClass } from "@hybi/websocket";', platform: "browser" },
  { name: "`WebSocketServer` over transports of yours", code: 'export { WebSocketServer } from "@hybi/websocket";', platform: "browser" },
  { name: "`reconnect`", code: 'export { reconnect } from "@hybi/websocket";', platform: "browser" },
  { name: "`isTransient`", code: 'export { isTransient } from "@hybi/websocket";', platform: "browser" },
  { name: "`parseCookies`", code: 'export { parseCookies } from "@hybi/core/policy";', platform: "browser" },
  { name: "`connect` of `@hybi/node`", code: 'export { connect } from "@hybi/node";', platform: "node" },
  { name: "`listen` of `@hybi/node`", code: 'export { listen } from "@hybi/node";', platform: "node" },
  { name: "`@hybi/ws`: `WebSocket` and `WebSocketServer`, beside the HTTP parser of Node", code: 'export { WebSocket, WebSocketServer } from "@hybi/ws";', platform: "node" },
  { name: "`ws`: `WebSocket` and `WebSocketServer`, beside the HTTP parser of Node", code: 'export { WebSocket, WebSocketServer } from "ws";', platform: "node" },
];
