import { latin1Bytes, latin1Text, requestText } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { serverReceiving } from "../../tests/support/opening.ts";
import { requestViolation } from "../vocabulary/violation.ts";
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
  it("throws for an answer before a request, and for a second answer", () => {
    const server = new ServerHandshake();
    expect(() => server.accept()).toThrow(expect.objectContaining({ code: "endpoint/not-awaiting-answer" }));
    expect(() => server.reject({ status: 403 })).toThrow(
      expect.objectContaining({ code: "endpoint/not-awaiting-answer" }),
    );
    server.receive(latin1Bytes(requestText()));
    server.accept();
    expect(() => server.accept()).toThrow(expect.objectContaining({ code: "endpoint/not-awaiting-answer" }));
    expect(() => server.receive(latin1Bytes("x"))).toThrow(expect.objectContaining({ code: "opening/complete" }));
    expect(server.receiveEnd()).toEqual([]);
  });

  it("returns its output in pieces", () => {
    const { server } = serverReceiving(requestText());
    server.accept();
    const length = server.outputLength;
    expect(server.takeOutput(10)).toEqual([latin1Bytes("HTTP/1.1 1")]);
    expect(server.outputLength).toBe(length - 10);
    expect(latin1Text(server.takeOutput())).toMatch(/^01 Switching Protocols\r\n/);
  });

  it("replaces the response to an invalid request, until output is taken", () => {
    const own = { status: 404, fields: [["X-Own", "1"]], body: "no such place" } as const;
    const invalid = [
      serverReceiving(requestText({ Upgrade: "h2c" })),
      serverReceiving(requestText(), { checkOrigin: () => requestViolation("opening/origin-refused", 0) }),
    ];
    for (const { server } of invalid) {
      expect(() => server.rejectInvalid({ status: 101 })).toThrow(
        expect.objectContaining({ code: "opening/rejection-status" }),
      );
      expect(server.rejectInvalid({ status: 418 })).toBe(true);
      expect(server.rejectInvalid(own)).toBe(true);
      const response = latin1Text(server.takeOutput());
      expect(response).toMatch(/^HTTP\/1\.1 404 Not Found\r\n(.*\r\n)*X-Own: 1\r\n(.*\r\n)*\r\nno such place$/);
      expect([server.rejectInvalid(own), server.outputLength, server.transportAction]).toEqual([false, 0, "end"]);
    }
    const taken = serverReceiving(requestText({ Upgrade: "h2c" })).server;
    taken.takeOutput(10);
    expect(taken.rejectInvalid(own)).toBe(false);
  });

  it("replaces no response to what is not an invalid request: garbage, a late client, a valid request", () => {
    const own = { status: 404 } as const;
    const { server: garbage } = serverReceiving("\x16\x03\x01\x02\r\n\r\n");
    const { server: late } = serverReceiving("GET / HTTP/1.1\r\n");
    late.fail("deadline/opening");
    const { server: valid } = serverReceiving(requestText());
    for (const server of [garbage, late, valid, new ServerHandshake()]) {
      const before = server.outputLength;
      expect([server.rejectInvalid(own), server.outputLength]).toEqual([false, before]);
    }
    valid.reject({ status: 410 });
    expect(valid.rejectInvalid(own)).toBe(false);
  });

  it("sends 408 when the deadline expires", () => {
    const server = new ServerHandshake();
    server.receive(latin1Bytes("GET"));
    expect(server.fail("deadline/opening")).toMatchObject([
      { type: "failure", violation: { httpStatus: 408, offset: 3 } },
    ]);
    expect(latin1Text(server.takeOutput())).toContain("HTTP/1.1 408 Request Timeout\r\n");
    expect(server.fail("deadline/opening")).toEqual([]);
  });

  it("reports how many bytes had arrived when the handshake failed, including early data", () => {
    const offsetOf = (server: ServerHandshake): unknown => {
      const [event] = server.receiveEnd();
      return event?.type === "failure" && event.violation.offset;
    };
    expect(offsetOf(serverReceiving(`${requestText()}ab`).server)).toBe(requestText().length + 2);
    expect(offsetOf(serverReceiving("GET /").server)).toBe(5);
    const parsed = new ServerHandshake();
    parsed.receiveHead(head);
    parsed.receive(latin1Bytes("abc"));
    expect(offsetOf(parsed)).toBe(3);
  });

  it("rejects once, however much follows an invalid request", () => {
    const { server, events } = serverReceiving(`${requestText({ Host: [] })}abcde`, { limits: { earlyData: 4 } });
    expect(events).toMatchObject([{ type: "failure", violation: { code: "opening/host-missing" } }]);
    expect(latin1Text(server.takeOutput()).match(/HTTP\/1\.1 /g)).toHaveLength(1);
  });

  it("is over after a rejection: it ignores input, sends no second response and does not fail", () => {
    const { server } = serverReceiving(`${requestText()}early`);
    server.reject({ status: 403 });
    expect(latin1Text(server.takeOutput())).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
    expect(server.transportAction).toBe("end");
    expect(server.receive(latin1Bytes(requestText()))).toEqual([]);
    expect(server.receiveEnd()).toEqual([]);
    expect(server.fail("deadline/opening")).toEqual([]);
    for (const again of [() => server.accept(), () => server.reject({ status: 403 })]) {
      expect(again).toThrow(expect.objectContaining({ code: "endpoint/not-awaiting-answer" }));
    }
    expect(() => server.receiveHead(head)).toThrow(expect.objectContaining({ code: "opening/complete" }));
    expect(server.outputLength).toBe(0);
  });

  it("accepts bytes only", () => {
    expect(() => new ServerHandshake().receive(requestText() as never)).toThrow(
      expect.objectContaining({ code: "endpoint/chunk-type" }),
    );
  });

  it("reports every leniency that a request needed, those of the head first", () => {
    const text = requestText({ "Sec-WebSocket-Protocol": "" });
    const tolerate = ["bare-line-feed", "empty-subprotocol"] as const;
    const toleratedIn = (text: string): unknown => {
      const { server, events } = serverReceiving(text, { tolerate });
      const [event] = events;
      const [open] = server.accept();
      expect(event?.type === "request" && event.request.tolerated).toEqual(
        open?.type === "open" && open.agreement.tolerated,
      );
      return open?.type === "open" && open.agreement.tolerated;
    };
    expect(toleratedIn(requestText())).toEqual([]);
    expect(toleratedIn(text)).toEqual(["empty-subprotocol"]);
    expect(toleratedIn(requestText().replaceAll("\r\n", "\n"))).toEqual(["bare-line-feed"]);
    expect(toleratedIn(text.replaceAll("\r\n", "\n"))).toEqual(["bare-line-feed", "empty-subprotocol"]);
  });

  it("proves the key with a native SHA-1 when there is one", () => {
    const hashed: string[] = [];
    const sha1 = (bytes: Uint8Array): Uint8Array => {
      hashed.push(latin1Text([bytes]));
      return new Uint8Array(20);
    };
    const { server } = serverReceiving(requestText(), { native: { sha1 } });
    server.accept();
    expect(latin1Text(server.takeOutput())).toContain("\r\nSec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n");
    expect(hashed).toEqual(["dGhlIHNhbXBsZSBub25jZQ==258EAFA5-E914-47DA-95CA-C5AB0DC85B11"]);
  });

  it("accepts a single head parsed elsewhere", () => {
    const server = new ServerHandshake();
    expect(server.receiveHead(head)).toMatchObject([{ type: "request", request: { authority: "a", tolerated: [] } }]);
    expect(() => server.receiveHead(head)).toThrow(expect.objectContaining({ code: "opening/complete" }));
    const other = new ServerHandshake();
    expect(other.receiveHead({ ...head, method: "PUT" })).toMatchObject([{ type: "failure" }]);
    expect(other.receiveHead(head)).toEqual([]);
  });
});
