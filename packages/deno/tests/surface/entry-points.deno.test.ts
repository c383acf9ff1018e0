import * as deno from "@hybi/deno";
import { expect, it } from "vitest";

it("@hybi/deno exports exactly these names", () => {
  expect(Object.keys(deno).sort()).toEqual([
    "DenoTransport",
    "OpeningError",
    "WebSocket",
    "WebSocketServer",
    "WebSocketStream",
    "connect",
    "listen",
  ]);
});
