import * as deno from "@hybi/deno";
import { expect, it } from "vitest";

it("@hybi/deno exports exactly these names", () => {
  expect(Object.keys(deno).sort()).toEqual([
    "CloseEvent",
    "ControlEvent",
    "DenoTransport",
    "DenoTransportInfo",
    "EndedEvent",
    "FailureEvent",
    "MemoryBudget",
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
    "isTransient",
    "listen",
    "openUpgrade",
    "originCheck",
    "parseCookies",
    "permessageDeflate",
    "prepareBinary",
    "prepareText",
    "reconnect",
    "rejectOpeningRequest",
    "rejectionFor",
    "sameHostCheck",
    "secretsEqual",
    "statusCodes",
    "tap",
    "whenOpen",
  ]);
});

it("close of its sockets takes the codes of a program, and that of PageWebSocket those of a page", () => {
  // Nobody listens at this port: the sockets are given up before they are open.
  const [ours, pages] = [new deno.WebSocket("ws://127.0.0.1:1/"), new deno.PageWebSocket("ws://127.0.0.1:1/")];
  expect(() => pages.close(1001)).toThrow(expect.objectContaining({ name: "InvalidAccessError" }));
  expect(() => ours.close(1006)).toThrow(expect.objectContaining({ name: "InvalidAccessError" }));
  ours.close(1001);
  pages.close(3000);
});

it("close of a reconnecting client, and a WebSocketError, take the codes of a program", () => {
  const client = deno.reconnect(() => new deno.WebSocket("ws://127.0.0.1:1/"));
  expect(() => client.close(1006)).toThrow(expect.objectContaining({ name: "InvalidAccessError" }));
  client.close(1001);
  expect(new deno.WebSocketError("", { closeCode: 1011 }).closeCode).toBe(1011);
  expect(() => new deno.WebSocketError("", { closeCode: 1005 })).toThrow(
    expect.objectContaining({ name: "InvalidAccessError" }),
  );
});

it.each(["agent", "tcp", "proxy", "http2"])("transportOptions.%s, which Node has, is refused by name", async (name) => {
  const opening = deno.connect("ws://127.0.0.1:1/", { transportOptions: { [name]: {} } as never });
  await expect(opening).rejects.toMatchObject({
    code: "option/unknown",
    message: expect.stringContaining(`transportOptions.${name} is not an option`),
  });
});
