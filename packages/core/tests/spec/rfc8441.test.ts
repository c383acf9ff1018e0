/** RFC 8441: bootstrapping over HTTP/2 with an Extended CONNECT; RFC 9113 §8 for the rules of field lists. */
import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/checks/usage-error.ts";
import { Connection } from "../../src/connection.ts";
import { parseCookies } from "../../src/http/cookies.ts";
import type { FieldLine, Fields } from "../../src/http/fields.ts";
import {
  checkConnectProtocolSetting,
  checkExtendedConnectResponse,
  openExtendedConnect,
} from "../../src/opening/extended-connect/client.ts";
import {
  answerExtendedConnect,
  checkExtendedConnect,
  rejectExtendedConnect,
} from "../../src/opening/extended-connect/server.ts";
import { rejectionFor } from "../../src/opening/rejection.ts";
import type { OpeningRequest } from "../../src/opening/request.ts";
import { answerOpeningRequest } from "../../src/opening/response.ts";
import { countingSource } from "../support/connections.ts";
import { negotiating } from "../support/opening.ts";

/** The example of RFC 8441 §5.1. */
const example: Fields = [
  [":method", "CONNECT"],
  [":protocol", "websocket"],
  [":scheme", "https"],
  [":path", "/chat"],
  [":authority", "server.example.com"],
  ["sec-websocket-protocol", "chat, superchat"],
  ["sec-websocket-extensions", "permessage-deflate"],
  ["sec-websocket-version", "13"],
  ["origin", "http://www.example.com"],
];

/** The example with the line `name` replaced, or removed. */
function changed(name: string, value?: string): Fields {
  return example.flatMap((line) => (line[0] !== name ? [line] : value === undefined ? [] : [[name, value] as const]));
}

function requestOf(fields: Fields): OpeningRequest {
  const check = checkExtendedConnect(fields);
  if (check.type !== "request") throw new Error(check.violation.code);
  return check.request;
}

function codeOf(fields: Fields): string {
  const check = checkExtendedConnect(fields, { offset: 7 });
  if (check.type !== "violation") throw new Error("no violation");
  expect(check.violation.offset).toBe(7);
  return check.violation.code;
}

describe("SETTINGS_ENABLE_CONNECT_PROTOCOL", () => {
  it("is 0 or 1, and never goes back from 1 to 0 [B01]", () => {
    for (const [previous, received] of [
      [undefined, 0],
      [undefined, 1],
      [0, 0],
      [0, 1],
      [1, 1],
    ] as const) {
      expect(checkConnectProtocolSetting(previous, received)).toBeUndefined();
    }
    for (const received of [2, -1, 0.5, 0xffff_ffff]) {
      expect(checkConnectProtocolSetting(undefined, received)).toBe("opening/connect-protocol-value");
    }
    expect(checkConnectProtocolSetting(1, 0)).toBe("opening/connect-protocol-withdrawn");
  });

  it("must have been received as 1 before a client may send a request [B01]", () => {
    for (const setting of [undefined, 0, 2]) {
      expect(() => openExtendedConnect({ url: "wss://server.example.com/chat" }, setting)).toThrow(
        expect.objectContaining({ code: "opening/extended-connect-not-enabled" }),
      );
    }
  });
});

describe("the client's request", () => {
  const options = {
    url: "wss://server.example.com/chat?x=1",
    subprotocols: ["chat"],
    extensions: [negotiating("foo")],
    origin: "https://app.example.com",
    fields: [["X-Upper", "Case"]] as const,
  };

  it("has all five pseudo-header fields, first, with https for wss [B02]", () => {
    expect(openExtendedConnect(options, 1).fields.slice(0, 5)).toEqual([
      [":method", "CONNECT"],
      [":protocol", "websocket"],
      [":scheme", "https"],
      [":path", "/chat?x=1"],
      [":authority", "server.example.com"],
    ]);
    expect(openExtendedConnect({ url: "ws://a.example.com" }, 1).fields).toContainEqual([":scheme", "http"]);
  });

  it("has no Upgrade, Connection, Host and Sec-WebSocket-Key, and everything else in lower case [B03]", () => {
    expect(openExtendedConnect(options, 1).fields.slice(5)).toEqual([
      ["sec-websocket-version", "13"],
      ["sec-websocket-protocol", "chat"],
      ["sec-websocket-extensions", "foo"],
      ["origin", "https://app.example.com"],
      ["x-upper", "Case"],
    ]);
  });

  it("is accepted by the server's check [B02]", () => {
    expect(requestOf(openExtendedConnect(options, 1).fields)).toMatchObject({
      bootstrap: "extended-connect",
      resourceName: "/chat?x=1",
      subprotocols: ["chat"],
      key: undefined,
    });
  });
});

describe("the server's check", () => {
  it("accepts the example of §5.1 [B02]", () => {
    expect(requestOf(example)).toMatchObject({
      bootstrap: "extended-connect",
      resourceName: "/chat",
      authority: "server.example.com",
      origin: "http://www.example.com",
      subprotocols: ["chat", "superchat"],
      extensionOffers: [{ name: "permessage-deflate", parameters: [] }],
    });
  });

  it.each([":protocol", ":scheme", ":path", ":authority"])("rejects a request without %s [B02]", (name) => {
    expect(codeOf(changed(name))).toBe("opening/pseudo-field-missing");
  });

  it.each<[string, Fields]>([
    ["opening/method-not-connect", changed(":method", "GET")],
    ["opening/method-not-connect", changed(":method")],
    ["opening/scheme", changed(":scheme", "wss")],
    ["opening/pseudo-field-repeated", [[":method", "CONNECT"], ...example]],
    ["opening/pseudo-field-unexpected", [[":status", "200"], ...example]],
    ["opening/pseudo-field-unexpected", [["a", "b"], ...example]],
    ["http/field-value", changed(":path", "/a\r\nb")],
  ])("rejects the list: %s [B02]", (code, fields) => {
    expect(codeOf(fields)).toBe(code);
  });

  it.each<FieldLine>([
    ["upgrade", "websocket"],
    ["connection", "upgrade"],
    ["keep-alive", "1"],
    ["proxy-connection", "close"],
    ["transfer-encoding", "chunked"],
  ])("rejects %s, which HTTP/2 does not allow [B03]", (name, value) => {
    expect(codeOf([...example, [name, value]])).toBe("opening/field-connection-specific");
  });

  it("accepts a Host equal to :authority, and no other, and no body [B03]", () => {
    expect(requestOf([...example, ["host", "server.example.com"]]).authority).toBe("server.example.com");
    expect(codeOf([...example, ["host", "other.example.com"]])).toBe("opening/authority");
    expect(codeOf([...example, ["content-length", "5"]])).toBe("opening/body-unexpected");
  });

  it("ignores Sec-WebSocket-Key [B03]", () => {
    expect(requestOf([...example, ["sec-websocket-key", "nonsense"]]).key).toBeUndefined();
  });

  it.each<[string, string | undefined, string]>([
    ["sec-websocket-version", undefined, "opening/version-missing"],
    ["sec-websocket-protocol", "a b", "opening/subprotocols-malformed"],
    ["sec-websocket-extensions", "foo;", "opening/extensions-malformed"],
  ])("applies the rules of RFC 6455 to %s: %j [B05]", (name, value, code) => {
    expect(codeOf(changed(name, value))).toBe(code);
    expect(codeOf([...example, ["origin", "http://b.example.com"]])).toBe("opening/origin-repeated");
  });

  it("rejects another version with a 4xx that states the supported one, without Upgrade [B05]", () => {
    const check = checkExtendedConnect(changed("sec-websocket-version", "8"));
    if (check.type !== "violation") throw new Error("no violation");
    const answer = rejectExtendedConnect(rejectionFor(check.violation));
    expect(answer.status).toBe(400);
    expect(answer.fields).toContainEqual(["sec-websocket-version", "13"]);
    expect(answer.fields.map(([name]) => name)).not.toContain("upgrade");
  });

  it.each([
    ["http/field-name", "a b"],
    ["http/field-name", ""],
    ["opening/field-name-upper-case", "Origin"],
  ])("rejects a field name: %s %j [B10]", (code, name) => {
    expect(codeOf([...example, [name, "x"]])).toBe(code);
    expect(codeOf([...example, ["x", "a\0"]])).toBe("http/field-value");
  });

  it("joins several lines of a list, and cookies with a semicolon [B10]", () => {
    const request = requestOf([
      ...example,
      ["sec-websocket-protocol", "v2"],
      ["cookie", "a=1"],
      ["x", "y"],
      ["cookie", "b=2; c=3"],
    ]);
    expect(request.subprotocols).toEqual(["chat", "superchat", "v2"]);
    expect(request.fields.filter(([name]) => name === "cookie")).toEqual([["cookie", "a=1; b=2; c=3"]]);
    expect(parseCookies(request.fields)).toEqual([
      ["a", "1"],
      ["b", "2"],
      ["c", "3"],
    ]);
  });

  it.each(["", "chat", "*", "/a b", "/a#b"])("rejects the path %j [B13]", (path) => {
    expect(codeOf(changed(":path", path))).toBe("opening/path");
  });

  it.each(["", "user@server.example.com", "a b", "server.example.com:x", "[::1"])(
    "rejects the authority %j [B13]",
    (authority) => {
      expect(codeOf(changed(":authority", authority))).toBe("opening/authority");
    },
  );
});

describe("the server's response", () => {
  it("is 200 with what was agreed on, without Sec-WebSocket-Accept [B04]", () => {
    const { status, fields, agreement } = answerExtendedConnect(requestOf(example), {
      subprotocol: "chat",
      extensions: [negotiating("permessage-deflate")],
      fields: [["Set-Cookie", "a=1"]],
    });
    expect([status, fields]).toEqual([
      200,
      [
        ["sec-websocket-protocol", "chat"],
        ["sec-websocket-extensions", "permessage-deflate"],
        ["set-cookie", "a=1"],
      ],
    ]);
    expect(agreement).toMatchObject({ role: "server", subprotocol: "chat" });
  });

  it("is never 101, which requires a request with a key [B04]", () => {
    expect(() => answerOpeningRequest(requestOf(example))).toThrow(
      expect.objectContaining({ code: "opening/bootstrap" }),
    );
  });

  it("has a status of 300 or more when it rejects, because 2xx would accept [B06]", () => {
    expect(() => rejectExtendedConnect({ status: 200 })).toThrow(UsageError);
    expect(rejectExtendedConnect({ status: 403, fields: [["X-Why", "so"]], body: "no" })).toMatchObject({
      status: 403,
      fields: [
        ["x-why", "so"],
        ["content-type", "text/plain; charset=utf-8"],
      ],
      body: Uint8Array.of(0x6e, 0x6f),
    });
  });
});

describe("the client's check", () => {
  const { sent } = openExtendedConnect(
    { url: "wss://a.example.com", subprotocols: ["chat"], extensions: [negotiating("foo")] },
    1,
  );

  it.each(["200", "204", "299"])(
    "treats the status %s as success, and ignores Sec-WebSocket-Accept [B04]",
    (status) => {
      const fields: Fields = [
        [":status", status],
        ["sec-websocket-accept", "nonsense"],
        ["sec-websocket-protocol", "chat"],
      ];
      expect(checkExtendedConnectResponse(fields, sent)).toMatchObject({
        type: "agreement",
        agreement: { role: "client", subprotocol: "chat", extensions: [] },
      });
    },
  );

  it.each<[string, FieldLine]>([
    ["opening/subprotocol-not-offered", ["sec-websocket-protocol", "other"]],
    ["opening/extension-not-offered", ["sec-websocket-extensions", "bar"]],
  ])("fails for %s, as over HTTP/1.1 [B05]", (code, line) => {
    expect(checkExtendedConnectResponse([[":status", "200"], line], sent)).toMatchObject({ violation: { code } });
  });

  it.each(["301", "401", "500", "101", "20"])(
    "treats the status %s as a rejection, and follows no redirect [B06]",
    (status) => {
      expect(checkExtendedConnectResponse([[":status", status]], sent)).toEqual({ type: "rejection" });
    },
  );

  it.each<[string, Fields]>([
    ["opening/pseudo-field-missing", []],
    [
      "opening/field-name-upper-case",
      [
        [":status", "200"],
        ["A", "b"],
      ],
    ],
  ])("fails for %s [B10]", (code, fields) => {
    expect(checkExtendedConnectResponse(fields, sent)).toMatchObject({
      type: "violation",
      violation: { code, httpStatus: undefined },
    });
  });
});

describe("the agreement", () => {
  const server = (): Connection => new Connection(answerExtendedConnect(requestOf(example)).agreement);
  const client = (): Connection => {
    const { sent } = openExtendedConnect({ url: "wss://server.example.com/chat" }, 1);
    const check = checkExtendedConnectResponse([[":status", "200"]], sent);
    if (check.type !== "agreement") throw new Error(check.type);
    return new Connection(check.agreement, { random: countingSource() });
  };

  it("leads to the same frames as over TCP: masked from the client, unmasked from the server [B07]", () => {
    const connections = [client(), server()];
    for (const connection of connections) connection.sendText("a");
    const masks = connections.map((connection) => (connection.takeOutput()[0]?.[1] ?? 0) & 0x80);
    expect(masks).toEqual([0x80, 0]);
  });

  it("leads to the same ends: END_STREAM is receiveEnd, clean only after both Close frames [B08]", () => {
    expect(server().receiveEnd()).toMatchObject([{ type: "end", clean: false, statusCode: 1006 }]);
    const [one, other] = [client(), server()];
    one.sendClose(1000);
    for (const chunk of one.takeOutput()) other.receive(chunk);
    expect(other.receiveEnd()).toMatchObject([{ type: "end", clean: true, statusCode: 1000 }]);
  });

  it("has no bytes before it: DATA counts from the response on, and its boundaries do not matter [B09]", () => {
    const [one, other] = [client(), server()];
    one.sendText("hello");
    const events = one
      .takeOutput()
      .flatMap((chunk) => [...chunk].flatMap((byte) => [...other.receive(Uint8Array.of(byte))]));
    expect(events).toEqual([{ type: "text", data: "hello" }]);
  });

  it("lets the reply to Close leave after the other half has ended [B14]", () => {
    const [one, other] = [client(), server()];
    other.sendClose(1000);
    for (const chunk of other.takeOutput()) one.receive(chunk);
    one.receiveEnd();
    expect(one.takeOutput().length).toBe(1);
  });
});
