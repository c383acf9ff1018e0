import { describe, expect, it } from "vitest";
import type { OpeningRequest } from "../opening/request.ts";
import { originCheck, sameHostCheck, serializeOrigin } from "./origin.ts";

const from = (origin: string | undefined): OpeningRequest => ({
  bootstrap: "upgrade",
  resourceName: "/",
  authority: "a",
  origin,
  subprotocols: [],
  extensionOffers: [],
  fields: [],
  key: undefined,
  tolerated: [],
});

describe("serializeOrigin", () => {
  it.each([
    ["HTTPS://App.Example.COM:443", "https://app.example.com"],
    ["https://app.example.com:", "https://app.example.com"],
    ["http://app.example.com:443", "http://app.example.com:443"],
    ["http://[::1]:80", "http://[::1]"],
    ["http://a:80", "http://a"],
    ["ws://a:80", "ws://a"],
    ["wss://a:443", "wss://a"],
    ["wss://a:80", "wss://a:80"],
    // Only the schemes http, https, ws and wss have a default port here.
    ["ftp://a:21", "ftp://a:21"],
    ["az0189+-.://a", "az0189+-.://a"],
    ["moz-extension://0a1b", "moz-extension://0a1b"],
    ["chrome+x.y://a", "chrome+x.y://a"],
    ["null", "null"],
  ])("writes %s as %s (RFC 6454 §6.2) [H13]", (text, serialized) => {
    expect(serializeOrigin(text)).toBe(serialized);
  });

  it.each([
    "",
    "NULL",
    "a.example.com",
    "https://",
    "https://a/",
    "https://a/b",
    "https://a?b",
    "1http://a",
    "://a",
    "+http://a",
    "h ttp://a",
    "h,ttp://a",
    "h/ttp://a",
    "h:ttp://a",
    "h`ttp://a",
    "h{ttp://a",
    "a:80",
    "https:/a",
    "https://u@a",
    "https://a https://b",
  ])("rejects %j as an origin [H13]", (text) => {
    expect(serializeOrigin(text)).toBeUndefined();
  });
});

describe("originCheck", () => {
  const check = originCheck(["https://app.example.com", "http://[::1]:8080", "null"]);

  it("compares serializations: case and default ports do not matter, everything else does [H13]", () => {
    for (const origin of ["https://app.example.com", "https://APP.example.com:443", "http://[::1]:8080", "null"]) {
      expect(check(from(origin))).toBeUndefined();
    }
    for (const origin of [
      "http://app.example.com",
      "https://app.example.com:444",
      "https://example.com",
      "https://app.example.com.evil.example",
      "",
      "x",
    ]) {
      expect(check(from(origin))).toMatchObject({ code: "opening/origin-refused", httpStatus: 403 });
    }
  });

  it("accepts null only where allowed, and a missing origin unless it is refused [H13]", () => {
    expect(originCheck([])(from("null"))).toBeDefined();
    expect(originCheck([])(from(undefined))).toBeUndefined();
    expect(originCheck([], "refuse")(from(undefined))).toBeDefined();
  });

  it("throws for an allowed origin that is not an origin [H13]", () => {
    expect(() => originCheck(["https://a.example.com/"])).toThrow(
      expect.objectContaining({
        code: "opening/origin",
        message: expect.stringContaining(' "https://a.example.com/"'),
      }),
    );
  });
});

describe("sameHostCheck", () => {
  const check = (origin: string | undefined, authority: string) =>
    sameHostCheck()({ ...from(origin), authority })?.httpStatus ?? "passes";

  it.each([
    [undefined, "a.example"],
    ["https://a.example", "a.example"],
    ["http://a.example", "a.example"],
    ["wss://a.example", "a.example"],
    ["HTTPS://A.Example", "a.eXample"],
    ["https://a.example", "a.example:443"],
    ["https://a.example:443", "a.example"],
    ["http://a.example", "a.example:80"],
    ["http://a.example", "a.example:"],
    ["http://a.example:8080", "a.example:8080"],
    ["http://127.0.0.1:1", "127.0.0.1:1"],
    ["https://[2001:DB8::1]", "[2001:db8::1]"],
  ])("accepts the origin %s at the host %s [H13]", (origin, authority) => {
    expect(check(origin, authority)).toBe("passes");
  });

  it.each([
    ["https://evil.example", "a.example"],
    ["https://a.example.evil.example", "a.example"],
    ["https://evila.example", "a.example"],
    ["https://b.a.example", "a.example"],
    ["https://a.example.", "a.example"],
    ["http://a.example:8080", "a.example"],
    ["http://a.example", "a.example:8080"],
    ["http://a.example", "a.example:443"],
    ["https://a.example", "a.example:80"],
    ["http://localhost", "127.0.0.1"],
    ["null", "null"],
    ["null", "a.example"],
    ["", "a.example"],
    ["a.example", "a.example"],
    ["https://a.example/", "a.example"],
    ["https://a.example, https://evil.example", "a.example"],
    ["https://user@a.example", "a.example"],
    ["https://a.example@evil.example", "a.example"],
    ["file://a.example", "a.example"],
    ["capacitor://localhost", "localhost"],
    ["chrome-extension://a.example", "a.example"],
    ["://a.example", "a.example"],
  ])("rejects the origin %s at the host %s with 403 [H13]", (origin, authority) => {
    expect(check(origin, authority)).toBe(403);
  });
});
