import * as node from "@hybi/node";
import { expect, it } from "vitest";

it("@hybi/node exports exactly these names", () => {
  expect(Object.keys(node).sort()).toEqual([
    ...["Http2Transport", "NodeTransport", "OpeningError", "ProxyError"],
    ...["WebSocket", "WebSocketServer", "WebSocketStream"],
    ...["connect", "listen", "nodeClock", "nodeFunctions", "upgrade", "upgradeStream"],
  ]);
});
