import * as bun from "@hybi/bun";
import { expect, it } from "vitest";

it("the public names of @hybi/bun are these", () => {
  expect(Object.keys(bun).sort()).toEqual([
    "BunTransport",
    "OpeningError",
    "WebSocket",
    "WebSocketStream",
    "connect",
    "listen",
    "socketHandlers",
  ]);
});
