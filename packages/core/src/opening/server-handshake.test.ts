import { describe, expect, it } from "vitest";
import { latin1, request, serverReceiving, textOf } from "../../tests/support/opening.ts";
import { ServerHandshake } from "./server-handshake.ts";

const head = {
  method: "GET",
  target: "/",
  minorVersion: 1,
  fields: [
    ["Host", "a"],
    ["Upgrade", "websocket"],
    ["Connection", "Upgrade"],
    ["Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="],
    ["Sec-WebSocket-Version", "13"],
  ],
} as const;

describe("ServerHandshake", () => {
  it("has nothing to answer before a request, and answers one request once", () => {
    const server = new ServerHandshake();
    expect(() => server.accept()).toThrow(expect.objectContaining({ code: "endpoint/not-awaiting-answer" }));
    expect(() => server.reject({ status: 403 })).toThrow(
      expect.objectContaining({ code: "endpoint/not-awaiting-answer" }),
    );
    server.receive(latin1(request()));
    server.accept();
    expect(() => server.accept()).toThrow(expect.objectContaining({ code: "endpoint/not-awaiting-answer" }));
    expect(() => server.receive(latin1("x"))).toThrow(expect.objectContaining({ code: "opening/complete" }));
    expect(server.receiveEnd()).toEqual([]);
  });

  it("gives its output out in pieces", () => {
    const { server } = serverReceiving(request());
    server.accept();
    const length = server.outputLength;
    expect(server.takeOutput(10)).toEqual([latin1("HTTP/1.1 1")]);
    expect(server.outputLength).toBe(length - 10);
    expect(textOf(server.takeOutput())).toMatch(/^01 Switching Protocols\r\n/);
  });

  it("answers a deadline with 408", () => {
    const server = new ServerHandshake();
    server.receive(latin1("GET"));
    expect(server.fail("deadline/opening")).toMatchObject([
      { type: "failure", violation: { httpStatus: 408, offset: 3 } },
    ]);
    expect(textOf(server.takeOutput())).toContain("HTTP/1.1 408 Request Timeout\r\n");
    expect(server.fail("deadline/opening")).toEqual([]);
  });

  it("takes one head that somebody else parsed", () => {
    const server = new ServerHandshake();
    expect(server.receiveHead(head)).toMatchObject([{ type: "request", request: { authority: "a" } }]);
    expect(() => server.receiveHead(head)).toThrow(expect.objectContaining({ code: "opening/complete" }));
    const other = new ServerHandshake();
    expect(other.receiveHead({ ...head, method: "PUT" })).toMatchObject([{ type: "failure" }]);
    expect(other.receiveHead(head)).toEqual([]);
  });
});
