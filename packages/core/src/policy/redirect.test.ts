import { describe, expect, it } from "vitest";
import type { Fields } from "../http/fields.ts";
import { formatWebSocketUrl, parseWebSocketUrl } from "../opening/url.ts";
import { decideRedirect, type RedirectDecision } from "./redirect.ts";

/** The decision of a client that requested `from` with `fields` and got a response with the field lines `locations`. */
function decide(from: string, locations: readonly string[], fields: Fields = []): RedirectDecision {
  const lines = locations.map((value) => ["Location", value] as const);
  const response = { status: 307, reasonPhrase: "", minorVersion: 1, fields: lines };
  return decideRedirect(parseWebSocketUrl(from), response, fields, { limit: 1, followed: 0 });
}

/** The URL that a client follows the redirect to. */
function next(from: string, location: string): string {
  const decision = decide(from, [location]);
  return decision.type === "follow" ? formatWebSocketUrl(decision.url) : decision.reason;
}

describe("decideRedirect", () => {
  it("drops all credentials even if only the scheme changes [C15]", () => {
    const fields: Fields = [
      ["Authorization", "Basic x"],
      ["Cookie", "a=1"],
      ["PROXY-Authorization", "Basic y"],
      ["User-Agent", "test"],
    ];
    expect(decide("ws://u:p@a.example.com:443/", ["wss://a.example.com/"], fields)).toMatchObject({
      type: "follow",
      url: { secure: true, port: 443, userinfo: undefined },
      fields: [["User-Agent", "test"]],
      sameOrigin: false,
    });
  });

  it("prefers the userinfo of the Location to that of the URL [C15]", () => {
    expect(next("ws://u:p@a/", "ws://v:q@a/b")).toBe("ws://v:q@a/b");
    expect(next("ws://u:p@a/", "/b")).toBe("ws://u:p@a/b");
    expect(next("ws://u:p@a/", "ws://v:q@b/")).toBe("ws://v:q@b/");
  });

  it("does not follow a response unless it has exactly one Location [C15]", () => {
    for (const locations of [["/b", "/b"], ["/b", "/c"], []]) {
      expect(decide("ws://a/", locations)).toEqual({ type: "stay", reason: "location-malformed" });
    }
  });

  it.each([
    // A colon after a slash or a question mark does not end a scheme (RFC 3986 §4.2).
    ["/b:c", "ws://a/b:c"],
    ["./b:c", "ws://a/x/b:c"],
    ["?b:c", "ws://a/x/y?b:c"],
    ["b/c:d", "ws://a/x/b/c:d"],
    ["b:c", "location-malformed"],
    ["1b:c", "ws://a/x/1b:c"],
    // Dot segments in a query are not part of the path.
    ["c?/../d", "ws://a/x/c?/../d"],
    ["?../..", "ws://a/x/y?../.."],
    ["../../../b", "ws://a/b"],
    [".", "ws://a/x/"],
    ["./", "ws://a/x/"],
    ["..", "ws://a/"],
    ["b/../c", "ws://a/x/c"],
    ["/", "ws://a/"],
    ["#b#c", "ws://a/x/y?z"],
  ])("resolves %s to %s (RFC 3986 §5.2) [C15]", (location, url) => {
    expect(next("ws://a/x/y?z", location)).toBe(url);
  });
});
