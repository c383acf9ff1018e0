import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatWebSocketUrl, parseWebSocketUrl } from "./url.ts";

describe("parseWebSocketUrl and formatWebSocketUrl", () => {
  it("are each other's way back [C10]", () => {
    const url = fc
      .tuple(
        fc.constantFrom("ws://", "wss://"),
        fc.constantFrom("", "u@", "u:p@", "u:%40@"),
        fc.constantFrom("example.com", "192.0.2.1", "[::1]"),
        fc.constantFrom("", ":1", ":65535"),
        fc.stringMatching(/^(\/[a-z%.~@:]{0,5}){1,3}$/),
        fc.constantFrom("", "?a", "?a=b&c?d/e@f"),
      )
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(url, (text) => {
        expect(formatWebSocketUrl(parseWebSocketUrl(text))).toBe(text);
      }),
    );
  });

  it("takes http and https for ws and wss [C10]", () => {
    expect(parseWebSocketUrl("https://a")).toEqual(parseWebSocketUrl("wss://a"));
    expect(parseWebSocketUrl("http://a")).toEqual(parseWebSocketUrl("ws://a"));
  });

  it.each([
    ["scheme", "example.com"],
    ["scheme", "://a"],
    ["fragment", "ws://a/#"],
    ["percent-encode", "ws://a/\u00e9"],
    ["percent-encode", "ws://a/ b"],
    ["percent-encode", "ws://a/\x7f"],
    // By the rules of browsers the first of these is for the host a: whoever has checked it so must not be sent to b.
    ["userinfo", "ws://a\\@b/"],
    ["userinfo", "ws://a@b@c/"],
    ["userinfo", "ws://a[@b/"],
    ["host or the port", "ws:///a"],
    ["host or the port", "ws://?a"],
    ["host or the port", "ws://u@/a"],
    ["host or the port", "ws://a\\b/"],
  ])("says what is wrong, the %s, with %j [C10]", (what, text) => {
    expect(() => parseWebSocketUrl(text)).toThrow(
      expect.objectContaining({ code: "opening/url", message: expect.stringContaining(what) }),
    );
  });
});
