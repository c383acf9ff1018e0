import * as bun from "@hybi/bun";
import { expect, it } from "vitest";

it("@hybi/bun exports exactly these names", () => {
  expect(Object.keys(bun).sort()).toEqual([
    "BunTransport",
    "OpeningError",
    "WebSocket",
    "WebSocketServer",
    "WebSocketStream",
    "connect",
    "listen",
    "socketHandlers",
  ]);
});
