import * as deno from "@hybi/deno";
import { expect, it } from "vitest";

it("the public names of @hybi/deno are these", () => {
  expect(Object.keys(deno).sort()).toEqual([
    "DenoTransport",
    "OpeningError",
    "WebSocket",
    "WebSocketStream",
    "connect",
    "listen",
  ]);
});
