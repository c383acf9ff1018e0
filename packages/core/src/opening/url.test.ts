import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatWebSocketUrl, parseWebSocketUrl } from "./url.ts";

describe("parseWebSocketUrl and formatWebSocketUrl", () => {
  it("are inverses [C10]", () => {
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

  it("accepts http and https for ws and wss [C10]", () => {
    expect(parseWebSocketUrl("https://a")).toEqual(parseWebSocketUrl("wss://a"));
    expect(parseWebSocketUrl("http://a")).toEqual(parseWebSocketUrl("ws://a"));
  });

  it.each([
    // An @ after the authority belongs to the path or the query, and starts no host.
    ["ws://a/@b", "a", "/@b", undefined],
    ["ws://a/u:p@b/c", "a", "/u:p@b/c", undefined],
    ["ws://a?@b", "a", "/?@b", undefined],
    ["ws://u@a/@b", "a", "/@b", "u"],
    ["ws://@a/", "a", "/", ""],
    ["ws://a?b?", "a", "/?b?", undefined],
    ["ws://a/?", "a", "/", undefined],
    ["ws://A_B.~!$&'()*+,;=:p%20-@a/~", "a", "/~", "A_B.~!$&'()*+,;=:p%20-"],
  ])("splits %s into the host %s, the resource name %s and the userinfo %s [C10]", (text, host, ...others) => {
    const [resourceName, userinfo] = others;
    expect(parseWebSocketUrl(text)).toMatchObject({ host, authority: host, resourceName, userinfo });
  });

  it("returns the address and the port to connect to [C10] [C11]", () => {
    const where = { secure: false, host: "[::1]", address: "::1", port: 443, authority: "[::1]:443" };
    expect(parseWebSocketUrl("ws://[::1]:443")).toEqual({ ...where, resourceName: "/", userinfo: undefined });
    expect(parseWebSocketUrl("wss://A")).toMatchObject({ secure: true, address: "a", port: 443, authority: "a" });
  });

  it.each([
    ["scheme", "example.com"],
    ["scheme", "://a"],
    ["scheme", "wsx://a"],
    ["scheme", "ws:a"],
    ["fragment", "ws://a/#"],
    ["percent-encode", "ws://a/\u00e9"],
    ["percent-encode", "ws://a/ b"],
    ["percent-encode", "ws://a/\x7f"],
    // By the rules of browsers, the first of these has the host a: a URL checked by those rules must not lead to b.
    ["userinfo", "ws://a\\@b/"],
    ["userinfo", "ws://a@b@c/"],
    ["userinfo", "ws://a[@b/"],
    ["host or the port", "ws:///a"],
    ["host or the port", "ws://?a"],
    ["host or the port", "ws://u@/a"],
    ["host or the port", "ws://a\\b/"],
  ])("names the faulty part, the %s, of %j [C10]", (what, text) => {
    expect(() => parseWebSocketUrl(text)).toThrow(
      expect.objectContaining({ code: "opening/url", message: expect.stringContaining(what) }),
    );
  });
});
