import { describe, expect, it } from "vitest";
import { ServerConfig } from "../../config/server-config.ts";
import type { FieldLine, Fields } from "../../http/fields.ts";
import { streamRequestViolation } from "../../vocabulary/violation.ts";
import { rejectionFor } from "../rejection.ts";
import type { OpeningRequest, OpeningRequestCheckOptions } from "../request.ts";
import { answerExtendedConnect, checkExtendedConnect, rejectExtendedConnect } from "./server.ts";

/** The field list of a request for `path`, followed by `others`. */
function list(path: string, ...others: FieldLine[]): Fields {
  return [
    [":method", "CONNECT"],
    [":protocol", "websocket"],
    [":scheme", "https"],
    [":path", path],
    [":authority", "a"],
    ["sec-websocket-version", "13"],
    ...others,
  ];
}

function requestOf(fields: Fields, options?: OpeningRequestCheckOptions): OpeningRequest {
  const check = checkExtendedConnect(fields, options);
  if (check.type !== "request") throw new Error(check.violation.code);
  return check.request;
}

describe("checkExtendedConnect", () => {
  it.each(["a/b", "http://b/", "*/", "/a\u00e9"])("rejects the path %j, with offset 0 by default [B13]", (path) => {
    expect(checkExtendedConnect(list(path))).toMatchObject({
      type: "violation",
      violation: { code: "opening/path", offset: 0 },
    });
  });

  it("takes limits and leniencies of a server's configuration", () => {
    const fields = list("/", ["sec-websocket-protocol", "a, b, c"]);
    expect(checkExtendedConnect(fields, ServerConfig.of()).type).toBe("request");
    expect(checkExtendedConnect(fields, ServerConfig.of({ limits: { subprotocols: 2 } }))).toMatchObject({
      violation: { code: "opening/subprotocols-too-many", offset: 0 },
    });
  });

  it("accepts both schemes, and no other [B02]", () => {
    const withScheme = (scheme: string): string => {
      const check = checkExtendedConnect(
        list("/").map(([name, value]) => [name, name === ":scheme" ? scheme : value] as const),
      );
      return check.type === "request" ? "request" : check.violation.code;
    };
    for (const scheme of ["http", "https"]) expect(withScheme(scheme)).toBe("request");
    for (const scheme of ["", "ws", "wss", "HTTP", "httpss", "http:"])
      expect(withScheme(scheme)).toBe("opening/scheme");
  });

  it("returns the ordinary fields unchanged when there are no cookies to join [B10]", () => {
    const one = list("/", ["x", "y"], ["cookie", "a=1"], ["z", ""]);
    expect(requestOf(one).fields).toEqual(one.slice(5));
    expect(requestOf(list("/")).fields).toEqual([["sec-websocket-version", "13"]]);
    const two = list("/", ["cookie", "a=1"], ["x", "y"], ["cookie", "b=2"]);
    expect(requestOf(two).fields).toEqual([
      ["sec-websocket-version", "13"],
      ["x", "y"],
      ["cookie", "a=1; b=2"],
    ]);
  });

  it("tolerates what is enabled, and reports what was needed [B05]", () => {
    const sloppy = list("/", ["sec-websocket-protocol", ""], ["sec-websocket-extensions", "foo;"]);
    expect(requestOf(sloppy, { tolerate: ["malformed-extensions", "empty-subprotocol"] })).toMatchObject({
      subprotocols: [],
      extensionOffers: [],
      tolerated: ["empty-subprotocol", "malformed-extensions"],
    });
    expect(requestOf(list("/"), { tolerate: ["malformed-extensions", "empty-subprotocol"] }).tolerated).toEqual([]);
    expect(requestOf(list("/")).tolerated).toEqual([]);
  });

  it("applies the limits on heads, counting all cookies as one line, as over HTTP/1.1 [R30]", () => {
    const codeOf = (fields: Fields, options?: OpeningRequestCheckOptions): string => {
      const check = checkExtendedConnect(fields, options);
      return check.type === "request" ? "request" : check.violation.code;
    };
    const lines = (count: number, name: string): Fields => Array.from({ length: count }, () => [name, "a=b"] as const);
    expect(codeOf(list("/", ...lines(127, "x")))).toBe("request");
    expect(codeOf(list("/", ...lines(128, "x")))).toBe("http/too-many-fields");
    expect(codeOf(list("/", ...lines(1000, "cookie")))).toBe("request");
    expect(codeOf(list("/", ...lines(4000, "cookie")))).toBe("http/line-too-long");
    expect(codeOf(list("/", ["x", "y".repeat(8191)]))).toBe("http/line-too-long");
    expect(codeOf(list("/", ["x", "y".repeat(8000)], ["z", "y".repeat(8000)]))).toBe("request");
    expect(codeOf(list("/", ["x", "y".repeat(8190)], ["z", "y".repeat(8190)]))).toBe("http/head-too-big");
    expect(codeOf(list(`/${"a".repeat(8192)}`))).toBe("http/request-line-too-long");
    expect(codeOf(list("/", ["x", "y"]), { limits: { fields: 1 } })).toBe("http/too-many-fields");
  });

  it("compares every Host with :authority [B03]", () => {
    expect(requestOf(list("/", ["host", "a"], ["host", "a"])).authority).toBe("a");
    for (const hosts of [["a", "b"], ["b", "a"], ["b"], [""]]) {
      expect(checkExtendedConnect(list("/", ...hosts.map((host) => ["host", host] as const)))).toMatchObject({
        violation: { code: "opening/authority" },
      });
    }
  });
});

describe("answerExtendedConnect", () => {
  it("sends nothing that was not agreed on [B04]", () => {
    expect(answerExtendedConnect(requestOf(list("/")))).toMatchObject({ status: 200, fields: [] });
  });

  it.each([
    ["Transfer-Encoding", "chunked"],
    ["Sec-WebSocket-Accept", "x"],
    ["X-A", "1\r\nX-B: 2"],
  ])("throws for the application's field %j: %j [H26]", (name, value) => {
    const request = requestOf(list("/"));
    expect(() => answerExtendedConnect(request, { fields: [[name, value]] })).toThrow(
      expect.objectContaining({ code: name === "X-A" ? "http/field-value" : "opening/field-reserved" }),
    );
    expect(() => rejectExtendedConnect({ status: 403, fields: [[name, value]] })).toThrow(
      expect.objectContaining({ code: name === "X-A" ? "http/field-value" : "opening/field-reserved" }),
    );
  });
});

describe("rejectExtendedConnect", () => {
  it("send any final status that does not accept, without fields that HTTP/2 has no use for [B06]", () => {
    for (const status of [300, 599]) expect(rejectExtendedConnect({ status })).toMatchObject({ status, fields: [] });
    for (const status of [299, 600]) {
      expect(() => rejectExtendedConnect({ status })).toThrow(
        expect.objectContaining({ code: "opening/rejection-status" }),
      );
    }
  });

  it("include the version only when it helps the client [B05]", () => {
    const contentType = ["content-type", "text/plain; charset=utf-8"];
    expect(
      rejectExtendedConnect(rejectionFor(streamRequestViolation("opening/protocol-unsupported", 0))).fields,
    ).toEqual([contentType]);
    expect(
      rejectExtendedConnect(rejectionFor(streamRequestViolation("opening/stream-version-unsupported", 0))).fields,
    ).toEqual([["sec-websocket-version", "13"], contentType]);
  });
});
