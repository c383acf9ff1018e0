import * as node from "@hybi/node";
import { expect, it } from "vitest";

it("the public names of @hybi/node are these", () => {
  expect(Object.keys(node).sort()).toEqual([
    ...["NodeTransport", "OpeningError", "WebSocket", "WebSocketServer", "WebSocketStream"],
    ...["connect", "listen", "nodeClock", "nodeHost", "upgrade"],
  ]);
});
