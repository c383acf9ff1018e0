import * as node from "@hybi/node";
import { expect, it } from "vitest";

it("the public names of @hybi/node are these", () => {
  expect(Object.keys(node).sort()).toEqual([
    ...["Http2Transport", "NodeTransport", "OpeningError", "ProxyError"],
    ...["WebSocket", "WebSocketServer", "WebSocketStream"],
    ...["connect", "listen", "nodeClock", "nodeHost", "upgrade", "upgradeStream"],
  ]);
});
