import * as deno from "@hybi/deno";
import { expect, it } from "vitest";

it("@hybi/deno exports exactly these names", () => {
  expect(Object.keys(deno).sort()).toEqual([
    ...["CloseEvent", "ControlEvent", "DenoTransport", "EndedEvent", "FailureEvent", "MemoryBudget"],
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
    ...["sameHostCheck", "secretsEqual", "statusCodes", "whenOpen"],
  ]);
});
