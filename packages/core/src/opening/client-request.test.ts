import { describe, expect, it } from "vitest";
import { openingRequestHead, prepareOpening } from "./client-request.ts";

describe("prepareOpening", () => {
  it("works without a URI, and lets each part override that of the URI [C10]", () => {
    expect(prepareOpening({ authority: "a:1" })).toMatchObject({ authority: "a:1", resourceName: "/", secure: false });
    const parts = { authority: "b", resourceName: "/r?s", secure: false };
    expect(prepareOpening({ url: "wss://a/x", ...parts })).toMatchObject(parts);
    expect(prepareOpening({ url: "wss://a/x" })).toMatchObject({ authority: "a", resourceName: "/x", secure: true });
  });

  it("writes the fields in the order of RFC 6455 §1.2 [C09]", () => {
    expect(openingRequestHead(prepareOpening({ authority: "a" }), "key")).toEqual({
      method: "GET",
      target: "/",
      minorVersion: 1,
      fields: [
        ["Host", "a"],
        ["Upgrade", "websocket"],
        ["Connection", "Upgrade"],
        ["Sec-WebSocket-Key", "key"],
        ["Sec-WebSocket-Version", "13"],
      ],
    });
  });

  it("sends the userinfo of the URI as Authorization, unless the application has its own [C10]", () => {
    const authorization = (options: object): unknown =>
      prepareOpening({ url: "ws://u:p@a", ...options }).fields.filter(
        ([name]) => name.toLowerCase() === "authorization",
      );
    expect(authorization({})).toEqual([["Authorization", "Basic dTpw"]]);
    expect(authorization({ fields: [["authorization", "Bearer x"]] })).toEqual([["authorization", "Bearer x"]]);
  });

  it.each([
    ["opening/authority", {}],
    ["opening/authority", { authority: "u@a" }],
    ["opening/resource-name", { authority: "a", resourceName: "" }],
    ["opening/resource-name", { authority: "a", resourceName: "a/b" }],
    ["opening/resource-name", { authority: "a", resourceName: "http://b/" }],
    ["opening/resource-name", { authority: "a", resourceName: "/a b" }],
    ["opening/resource-name", { authority: "a", resourceName: "/a#b" }],
    ["opening/resource-name", { authority: "a", resourceName: "/a\r\nb" }],
    ["opening/subprotocol", { authority: "a", subprotocols: ["a b"] }],
    ["opening/subprotocol", { authority: "a", subprotocols: [""] }],
    ["opening/subprotocol-repeated", { authority: "a", subprotocols: ["b", "b"] }],
    [
      "opening/field-repeated",
      {
        authority: "a",
        origin: "null",
        fields: [
          ["X-A", "1"],
          ["origin", "null"],
        ] as const,
      },
    ],
    [
      "opening/field-repeated",
      { authority: "a", cookies: [["b", "c"]] as const, fields: [["Cookie", "b=c"]] as const },
    ],
    ["opening/field-reserved", { authority: "a", fields: [["Host", "b"]] as const }],
    ["opening/field-reserved", { authority: "a", fields: [["SEC-WEBSOCKET-KEY", "b"]] as const }],
    ["http/field-value", { authority: "a", origin: "a\r\nb" }],
  ])("throws %s for %j [C10]", (code, options) => {
    expect(() => prepareOpening(options)).toThrow(expect.objectContaining({ code }));
  });

  it.each([
    [' It was "a b".', { subprotocols: ["c", "a b"] }],
    [" The field was Origin.", { origin: "null", fields: [["ORIGIN", "null"]] as const }],
    [" The field was hOST.", { fields: [["hOST", "b"]] as const }],
  ])("names the rejected value:%s [C10]", (end, options) => {
    expect(() => prepareOpening({ authority: "a", ...options })).toThrow(
      expect.objectContaining({ message: expect.stringMatching(new RegExp(`${end}$`)) }),
    );
  });

  it("requires the server to choose a subprotocol only on request [C06]", () => {
    expect(prepareOpening({ authority: "a" }).requireSubprotocol).toBe(false);
    expect(prepareOpening({ authority: "a", requireSubprotocol: true }).requireSubprotocol).toBe(true);
  });

  it("accepts every char of a path and a query that needs no percent-encoding [C10]", () => {
    for (const resourceName of ["/", '/!"$~', "/a?b", "/%20"]) {
      expect(prepareOpening({ authority: "a", resourceName }).resourceName).toBe(resourceName);
    }
  });

  it("omits Cookie when there is no cookie to send [C09]", () => {
    expect(prepareOpening({ authority: "a", cookies: [] }).fields).toEqual([["Sec-WebSocket-Version", "13"]]);
  });
});
