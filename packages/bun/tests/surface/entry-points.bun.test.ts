import * as bun from "@hybi/bun";
import { expect, it } from "vitest";

it("@hybi/bun exports exactly these names", () => {
  expect(Object.keys(bun).sort()).toEqual([
    ...["BunTransport", "CloseEvent", "ControlEvent", "EndedEvent", "FailureEvent", "MemoryBudget"],
    ...["OpeningError", "Reconnecting", "UsageError", "WaitingEvent", "WebSocket", "WebSocketError"],
    ...[
      "WebSocketServer",
      "WebSocketStream",
      "basicAuthorization",
      "basicCredentialsEqual",
      "connect",
      "defaultDeadlines",
    ],
    ...["defaultLimits", "failureText", "fieldValues", "firstFieldValue", "formatCookies", "isTransient", "listen"],
    ...["originCheck", "parseCookies", "permessageDeflate", "prepareBinary", "prepareText", "reconnect"],
    ...["sameHostCheck", "secretsEqual", "socketHandlers", "statusCodes", "whenOpen"],
  ]);
});
