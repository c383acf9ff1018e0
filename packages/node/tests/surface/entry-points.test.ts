import * as node from "@hybi/node";
import { expect, it } from "vitest";

it("@hybi/node exports exactly these names", () => {
  expect(Object.keys(node).sort()).toEqual([
    ...["CloseEvent", "ControlEvent", "EndedEvent", "FailureEvent", "Http2Transport", "MemoryBudget"],
    ...["NodeTransport", "OpeningError", "Reconnecting", "UsageError", "WaitingEvent"],
    ...[
      "WebSocket",
      "WebSocketError",
      "WebSocketServer",
      "WebSocketStream",
      "basicAuthorization",
      "basicCredentialsEqual",
    ],
    ...[
      "connect",
      "defaultDeadlines",
      "defaultLimits",
      "failureText",
      "fieldValues",
      "firstFieldValue",
      "formatCookies",
    ],
    ...["isTransient", "listen", "nodeClock", "nodeFunctions", "originCheck", "parseCookies"],
    ...["permessageDeflate", "prepareBinary", "prepareText", "reconnect", "sameHostCheck", "secretsEqual"],
    ...["statusCodes", "upgrade", "upgradeStream", "whenOpen"],
  ]);
});
