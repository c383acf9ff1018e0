import { describe, expect, it } from "vitest";
import { latin1, textOf } from "../../tests/support/opening.ts";
import { ProxyHandshake } from "./proxy-handshake.ts";

describe("ProxyHandshake", () => {
  it("needs no fields, and gives its output out in pieces [C16]", () => {
    const handshake = new ProxyHandshake({ host: "[::1]", port: 80 });
    expect(textOf(handshake.takeOutput(7))).toBe("CONNECT");
    expect(textOf(handshake.takeOutput())).toBe(" [::1]:80 HTTP/1.1\r\nHost: [::1]:80\r\n\r\n");
    expect(handshake.outputLength).toBe(0);
  });

  it("skips interim responses, and may tolerate lines that end in LF [C16]", () => {
    const handshake = new ProxyHandshake({ host: "a", port: 80, tolerate: ["bare-line-feed"] });
    expect(handshake.receive(latin1("HTTP/1.1 100 X\n\nHTTP/1.1 200 X\n\nrest"))).toEqual([
      { type: "tunnel", rest: latin1("rest") },
    ]);
  });
});
