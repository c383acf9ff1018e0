import { describe, expect, it } from "vitest";
import { originCheck, serializeOrigin } from "./origin.ts";
import type { OpeningRequest } from "./request.ts";

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
    // No scheme but these four has a default port here.
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
  ])("takes %j for no origin [H13]", (text) => {
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

  it("takes null only where it is allowed, and no origin unless it is refused [H13]", () => {
    expect(originCheck([])(from("null"))).toBeDefined();
    expect(originCheck([])(from(undefined))).toBeUndefined();
    expect(originCheck([], "refuse")(from(undefined))).toBeDefined();
  });

  it("refuses to allow what is no origin [H13]", () => {
    expect(() => originCheck(["https://a.example.com/"])).toThrow(
      expect.objectContaining({
        code: "opening/origin",
        message: expect.stringContaining(' "https://a.example.com/"'),
      }),
    );
  });
});
