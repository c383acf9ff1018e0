import * as node from "@hybi/node";
import { expect, it } from "vitest";

it("@hybi/node exports exactly these names", () => {
  expect(Object.keys(node).sort()).toEqual([
    "CloseEvent",
    "ControlEvent",
    "EndedEvent",
    "FailureEvent",
    "Http2Transport",
    "MemoryBudget",
    "NodeTransport",
    "NodeTransportInfo",
    "OpeningError",
    "PageWebSocket",
    "ReconnectError",
    "Reconnecting",
    "UsageError",
    "WaitingEvent",
    "WebSocket",
    "WebSocketError",
    "WebSocketServer",
    "WebSocketStream",
    "answerOpeningRequest",
    "basicAuthorization",
    "basicCredentialsEqual",
    "checkOpeningRequest",
    "checkOpeningResponse",
    "connect",
    "defaultDeadlines",
    "defaultLimits",
    "encodeResponseHead",
    "failureText",
    "fieldValues",
    "firstFieldValue",
    "formatCookies",
    "headersObject",
    "isTransient",
    "listen",
    "nodeClock",
    "nodeFunctions",
    "openUpgrade",
    "originCheck",
    "parseCookies",
    "permessageDeflate",
    "prepareBinary",
    "prepareText",
    "reconnect",
    "rejectOpeningRequest",
    "rejectionFor",
    "requestHead",
    "responseHead",
    "sameHostCheck",
    "secretsEqual",
    "statusCodes",
    "tap",
    "toDuplex",
    "upgrade",
    "upgradeStream",
    "whenOpen",
  ]);
});

it("close of its sockets takes the codes of a program, and that of PageWebSocket those of a page", () => {
  // Nobody listens at this port: the sockets are given up before they are open.
  const [ours, pages] = [new node.WebSocket("ws://127.0.0.1:1/"), new node.PageWebSocket("ws://127.0.0.1:1/")];
  expect(() => pages.close(1001)).toThrow(expect.objectContaining({ name: "InvalidAccessError" }));
  expect(() => ours.close(1006)).toThrow(expect.objectContaining({ name: "InvalidAccessError" }));
  ours.close(1001);
  pages.close(3000);
});
