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

it("close of a reconnecting client, and a WebSocketError, take the codes of a program", () => {
  const client = node.reconnect(() => new node.WebSocket("ws://127.0.0.1:1/"));
  expect(() => client.close(1006)).toThrow(expect.objectContaining({ name: "InvalidAccessError" }));
  client.close(1001);
  expect(new node.WebSocketError("", { closeCode: 1011 }).closeCode).toBe(1011);
  expect(() => new node.WebSocketError("", { closeCode: 1005 })).toThrow(
    expect.objectContaining({ name: "InvalidAccessError" }),
  );
});

it("a stream that is aborted with such an error sends its code", async () => {
  const error = new node.WebSocketError("", { closeCode: 1011, reason: "no more" });
  const server = await node.listen(
    async (opening) => {
      const { writable } = await opening.acceptStream().opened;
      await writable.abort(error);
    },
    { host: "127.0.0.1" },
  );
  const client = await node.connect(server.url);
  const { code, reason } = await new Promise<CloseEvent>((resolve) =>
    client.addEventListener("close", resolve as never),
  );
  expect([code, reason]).toEqual([1011, "no more"]);
  await server.close();
});
