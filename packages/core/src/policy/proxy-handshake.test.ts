import { latin1Bytes, latin1Text } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { ProxyHandshake } from "./proxy-handshake.ts";

describe("ProxyHandshake", () => {
  it("needs no fields, and returns its output in pieces [C16]", () => {
    const handshake = new ProxyHandshake({ host: "[::1]", port: 80 });
    expect(latin1Text(handshake.takeOutput(7))).toBe("CONNECT");
    expect(latin1Text(handshake.takeOutput())).toBe(" [::1]:80 HTTP/1.1\r\nHost: [::1]:80\r\n\r\n");
    expect(handshake.outputLength).toBe(0);
  });

  it.each([
    ["Host", "other.example.com"],
    ["Transfer-Encoding", "chunked"],
    ["Content-Length", "5"],
    ["X-A", "1\r\nX-B: 2"],
  ])("throws for the application's field %j: %j [C16]", (name, value) => {
    expect(() => new ProxyHandshake({ host: "a", port: 80, fields: [[name, value]] })).toThrow(
      expect.objectContaining({ code: name === "X-A" ? "http/field-value" : "opening/field-reserved" }),
    );
  });

  it.each([
    ["a b", 80],
    ["user@a", 80],
    ["a", Number.NaN],
    ["a", "" as never],
  ])("throws for the destination %j:%s [C16]", (host, port) => {
    expect(() => new ProxyHandshake({ host, port })).toThrow(expect.objectContaining({ code: "opening/authority" }));
  });

  it("treats 2xx as a tunnel, and no other status [C16]", () => {
    const answered = (status: string): unknown => {
      const handshake = new ProxyHandshake({ host: "a", port: 80 });
      const [event] = handshake.receive(latin1Bytes(`HTTP/1.1 ${status} X\r\nContent-Length: 0\r\n\r\n`));
      return [event?.type, handshake.transportAction];
    };
    for (const status of ["200", "299"]) expect(answered(status)).toEqual(["tunnel", "keep"]);
    // A CONNECT request asks for no Upgrade: 101 would switch to something other than a tunnel.
    for (const status of ["101", "300", "407", "502"]) expect(answered(status)).toEqual(["rejection", "end"]);
    expect(answered("199")).toEqual([undefined, "keep"]);
  });

  it("returns the bytes that came through the tunnel, at any offset of their chunk [C16]", () => {
    const handshake = new ProxyHandshake({ host: "a", port: 80 });
    const head = "HTTP/1.1 200 X\r\n\r\n";
    expect(handshake.receive(latin1Bytes(`before${head}rest`).subarray(6))).toEqual([
      { type: "tunnel", rest: latin1Bytes("rest") },
    ]);
    const exact = new ProxyHandshake({ host: "a", port: 80 });
    expect(exact.receive(latin1Bytes(head))).toEqual([{ type: "tunnel", rest: new Uint8Array(0) }]);
  });

  it("is over after a failure: it ignores input, outputs nothing and ends the transport [C16]", () => {
    const handshake = new ProxyHandshake({ host: "a", port: 80 });
    expect(handshake.receiveEnd()).toMatchObject([
      { violation: { code: "opening/transport-ended", httpStatus: undefined } },
    ]);
    expect(handshake.transportAction).toBe("end");
    expect(handshake.receiveEnd()).toEqual([]);
    expect(handshake.receive(latin1Bytes("HTTP/1.1 200 X\r\n\r\n"))).toEqual([]);
  });

  it("accepts bytes only [C16]", () => {
    const handshake = new ProxyHandshake({ host: "a", port: 80 });
    expect(() => handshake.receive("HTTP/1.1 200 X\r\n\r\n" as never)).toThrow(
      expect.objectContaining({ code: "endpoint/chunk-type" }),
    );
  });

  it("skips interim responses, and tolerates lines that end in LF on request [C16]", () => {
    const handshake = new ProxyHandshake({ host: "a", port: 80, tolerate: ["bare-line-feed"] });
    expect(handshake.receive(latin1Bytes("HTTP/1.1 100 X\n\nHTTP/1.1 200 X\n\nrest"))).toEqual([
      { type: "tunnel", rest: latin1Bytes("rest") },
    ]);
  });
});
