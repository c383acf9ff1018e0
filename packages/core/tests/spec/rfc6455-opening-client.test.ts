/** RFC 6455 §4.1: the client's part of the opening handshake, with redirects, proxies and secrets. */
import { latin1Bytes, latin1Text, responseText, sampleAccept, sampleKey } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/checks/usage-error.ts";
import { basicAuthorization, basicCredentialsEqual, secretsEqual } from "../../src/http/credentials.ts";
import { parseWebSocketUrl } from "../../src/opening/url.ts";
import { OpeningSlots } from "../../src/policy/opening-slots.ts";
import { ProxyHandshake } from "../../src/policy/proxy-handshake.ts";
import { decideRedirect, type RedirectPolicy } from "../../src/policy/redirect.ts";
import { agreementIn, client, clientFailure, clientReceiving } from "../support/opening.ts";

describe("the request", () => {
  it("has the fields of §4.1, and a nonce of 16 bytes from the random source [C09]", () => {
    expect(latin1Text(client().takeOutput())).toBe(
      `GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${sampleKey}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    );
  });

  it("has a new nonce each time [C09]", () => {
    let count = 0;
    const lengths: number[] = [];
    const random = (target: Uint8Array): void => {
      lengths.push(target.length);
      target.fill(++count).fill(0, 8);
    };
    const [first, second] = [latin1Text(client({ random }).takeOutput()), latin1Text(client({ random }).takeOutput())];
    expect(lengths).toEqual([16, 16]);
    expect(first).toContain("Sec-WebSocket-Key: AQEBAQEBAQEAAAAAAAAAAA==\r\n");
    expect(second).toContain("Sec-WebSocket-Key: AgICAgICAgIAAAAAAAAAAA==\r\n");
  });

  it("cannot be made without a random source [C09]", () => {
    expect(() => client({ random: undefined as never })).toThrow(
      expect.objectContaining({ code: "option/random-missing" }),
    );
  });

  it("carries what the application passes: subprotocols, origin, cookies, fields [C12]", () => {
    const handshake = client({
      subprotocols: ["chat", "superchat"],
      origin: "https://app.example.com",
      cookies: [
        ["a", "1"],
        ["b", "2"],
      ],
      fields: [["User-Agent", "test"]],
    });
    expect(latin1Text(handshake.takeOutput()).split("\r\n").slice(6, -2)).toEqual([
      "Sec-WebSocket-Protocol: chat, superchat",
      "Origin: https://app.example.com",
      "Cookie: a=1; b=2",
      "User-Agent: test",
    ]);
  });

  it("is all that a client can send before the response is checked: the handshake has no way to send frames [C12]", () => {
    const handshake = client();
    handshake.takeOutput();
    handshake.receive(latin1Bytes("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"));
    expect(handshake.takeOutput()).toEqual([]);
    expect("sendText" in handshake).toBe(false);
  });

  it.each([
    ["ws://example.com", "/", "example.com", 80],
    ["wss://example.com", "/", "example.com", 443],
    ["WS://Example.COM/A%20b", "/A%20b", "example.com", 80],
    ["ws://example.com?x=1", "/?x=1", "example.com", 80],
    ["ws://example.com/chat?", "/chat", "example.com", 80],
    ["ws://user:pass@example.com/chat", "/chat", "example.com", 80],
    ["ws://[2001:db8::1]/", "/", "[2001:db8::1]", 80],
    ["http://example.com/a?b?c", "/a?b?c", "example.com", 80],
  ])("%s leads to the resource name %s and the authority %s [C10]", (url, resourceName, authority, port) => {
    expect(parseWebSocketUrl(url)).toMatchObject({ resourceName, authority, port });
    expect(latin1Text(client({ url }).takeOutput())).toContain(
      `GET ${resourceName} HTTP/1.1\r\nHost: ${authority}\r\n`,
    );
  });

  it.each([
    "ws://a/#",
    "ws://a/#b",
    "ftp://a/",
    "a",
    "ws:/a",
    "ws://",
    "ws://a b/",
    "ws://[::1",
    "ws://a:b/",
    "ws://한/",
  ])("cannot be made for %s, which is no WebSocket URI [C10]", (url) => {
    expect(() => client({ url })).toThrow(UsageError);
  });

  it("splits host and userinfo, for connecting and authorizing [C10]", () => {
    expect(parseWebSocketUrl("wss://u:p%40@[::1]:8443/x")).toMatchObject({
      address: "::1",
      port: 8443,
      userinfo: "u:p%40",
    });
    const text = latin1Text(client({ url: "ws://u:p%40@example.com/" }).takeOutput());
    expect(text).toContain(`Authorization: ${basicAuthorization("u", "p@")}\r\n`);
  });

  it.each([
    ["ws://example.com:80/", "example.com"],
    ["ws://example.com:443/", "example.com:443"],
    ["wss://example.com:443/", "example.com"],
    ["wss://example.com:80/", "example.com:80"],
    ["ws://example.com:/", "example.com"],
    ["ws://[::1]:8080/", "[::1]:8080"],
  ])("for %s has Host %s, without a port that the scheme implies [C11]", (url, host) => {
    expect(latin1Text(client({ url }).takeOutput())).toContain(`\r\nHost: ${host}\r\n`);
  });
});

describe("the response", () => {
  it("opens the connection if valid [C05]", () => {
    expect(agreementIn(responseText())).toMatchObject({
      role: "client",
      subprotocol: undefined,
      extensions: [],
      tolerated: [],
    });
  });

  it("with another status is an HTTP response, with its fields and its body [C01]", () => {
    const text = "HTTP/1.1 401 Who are you\r\nWWW-Authenticate: Basic\r\nContent-Length: 5\r\n\r\nlog in";
    const handshake = client();
    const [event] = handshake.receive(latin1Bytes(text));
    expect(event).toMatchObject({
      type: "rejection",
      response: {
        status: 401,
        reasonPhrase: "Who are you",
        fields: [
          ["WWW-Authenticate", "Basic"],
          ["Content-Length", "5"],
        ],
      },
    });
    expect(event?.type === "rejection" && latin1Text([event.body])).toBe("log i");
    expect(handshake.transportAction).toBe("end");
    expect(handshake.receive(latin1Bytes("more"))).toEqual([]);
  });

  it.each([301, 429, 503, 200])(
    "with status %i is reported when its body is complete, and not before [C01]",
    (status) => {
      const handshake = client();
      const chunked = `HTTP/1.1 ${status} X\r\nTransfer-Encoding: gzip, chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX: y\r\n`;
      expect(handshake.receive(latin1Bytes(chunked))).toEqual([]);
      expect(handshake.receive(latin1Bytes("\r\n"))).toMatchObject([{ type: "rejection", body: latin1Bytes("abcde") }]);
    },
  );

  it("with an endless body is reported at limits.rejectionBody [C01]", () => {
    const text = `HTTP/1.1 500 X\r\n\r\n${"x".repeat(20)}`;
    expect(clientReceiving(text, { limits: { rejectionBody: 8 } })).toMatchObject([{ body: latin1Bytes("xxxxxxxx") }]);
    const handshake = client();
    expect(handshake.receive(latin1Bytes(text))).toEqual([]);
    expect(handshake.receiveEnd()).toMatchObject([{ type: "rejection", body: latin1Bytes("x".repeat(20)) }]);
  });

  it("with a body of two different lengths is reported without the body [C01]", () => {
    expect(clientFailure("HTTP/1.1 400 X\r\nContent-Length: 3, 4\r\n\r\nabc")).toBe("http/content-length");
  });

  it("may be preceded by a limited number of interim responses [C02]", () => {
    const interim = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
    expect(agreementIn(`HTTP/1.1 100 Continue\r\n\r\n${interim}${responseText()}`).role).toBe("client");
    expect(agreementIn(`${interim.repeat(8)}${responseText()}`).role).toBe("client");
    expect(clientFailure(`${interim.repeat(9)}${responseText()}`)).toBe("opening/too-many-interim-responses");
  });

  it.each([
    [["WebSocket"], undefined],
    [["WEBSOCKET"], undefined],
    [[], "failure"],
    [["h2c"], "failure"],
  ])("is checked for Upgrade %j [C03]", (values, failure) => {
    if (failure === undefined) expect(agreementIn(responseText({ Upgrade: values })).role).toBe("client");
    else expect(clientFailure(responseText({ Upgrade: values }))).toBe("opening/upgrade-mismatch");
  });

  it.each([["websocket, h2c"], ["websocket/13"]])(
    "fails with Upgrade %s, which is not exactly websocket [C03]",
    (value) => {
      expect(clientFailure(responseText({ Upgrade: value }))).toBe("opening/upgrade-mismatch");
      expect(clientFailure(responseText({ Upgrade: ["websocket", "websocket"] }))).toBe("opening/upgrade-mismatch");
    },
  );

  it("fails in HTTP/1.0, which has no Upgrade [C03]", () => {
    expect(clientFailure(responseText({}, "HTTP/1.0 101 Switching Protocols"))).toBe("opening/http-version");
  });

  it.each([[["keep-alive, Upgrade"]], [["keep-alive", "UPGRADE"]]])(
    "is accepted with Connection %j, which has the token upgrade [C04]",
    (values) => {
      expect(agreementIn(responseText({ Connection: values })).role).toBe("client");
    },
  );

  it.each([[[]], [["close"]], [["Upgrade, ="]]])("fails with Connection %j, which lacks it [C04]", (values) => {
    expect(clientFailure(responseText({ Connection: values }))).toBe("opening/connection-upgrade-missing");
  });

  it.each([
    ["opening/accept-missing", []],
    ["opening/accept-repeated", [sampleAccept, sampleAccept]],
    ["opening/accept-mismatch", [sampleAccept.toLowerCase()]],
    ["opening/accept-mismatch", [""]],
    ["opening/accept-mismatch", [`${sampleAccept}, x`]],
  ])("fails the connection: %s %j [C05]", (code, values) => {
    expect(clientFailure(responseText({ "Sec-WebSocket-Accept": values }))).toBe(code);
  });

  it("may have white space around Sec-WebSocket-Accept [C05]", () => {
    expect(agreementIn(responseText({ "Sec-WebSocket-Accept": `\t ${sampleAccept} \t` })).role).toBe("client");
  });

  it("is checked with the native SHA-1 when there is one [C05]", () => {
    const native = { sha1: (): Uint8Array => new Uint8Array(20) };
    expect(agreementIn(responseText({ "Sec-WebSocket-Accept": "AAAAAAAAAAAAAAAAAAAAAAAAAAA=" }), { native }).role).toBe(
      "client",
    );
  });

  it.each([
    ["opening/subprotocol-not-offered", ["other"]],
    ["opening/subprotocol-not-offered", ["Chat"]],
    ["opening/subprotocol-not-offered", ["chat, superchat"]],
    ["opening/subprotocol-not-offered", [""]],
    ["opening/subprotocol-repeated", ["chat", "chat"]],
  ])("fails the connection: %s %j [C06]", (code, values) => {
    expect(
      clientFailure(responseText({ "Sec-WebSocket-Protocol": values }), { subprotocols: ["chat", "superchat"] }),
    ).toBe(code);
  });

  it.each([
    ["opening/subprotocol-not-offered", { "Sec-WebSocket-Protocol": "other" }, true],
    ["opening/subprotocol-repeated", { "Sec-WebSocket-Protocol": ["chat", "chat"] }, true],
    ["opening/subprotocol-missing", {}, true],
    ["opening/accept-mismatch", { "Sec-WebSocket-Accept": "AAAAAAAAAAAAAAAAAAAAAAAAAAA=" }, false],
    ["opening/upgrade-mismatch", { Upgrade: "other" }, false],
  ])("names what was offered where that is the matter: %s [C06]", (code, fields, isNamed) => {
    const handshake = client({ subprotocols: ["chat", "superchat"], requireSubprotocol: true });
    const [event] = handshake.receive(latin1Bytes(responseText(fields)));
    if (event?.type !== "failure") throw new Error(event?.type);
    expect(event.violation.code).toBe(code);
    expect(event.violation.message.includes("Offered: chat, superchat.")).toBe(isNamed);
  });

  it("may omit the subprotocol by RFC 6455, but not by the WebSockets Standard [C06]", () => {
    const subprotocols = ["chat"];
    expect(agreementIn(responseText({ "Sec-WebSocket-Protocol": "chat" }), { subprotocols }).subprotocol).toBe("chat");
    expect(agreementIn(responseText(), { subprotocols }).subprotocol).toBeUndefined();
    expect(clientFailure(responseText(), { subprotocols, requireSubprotocol: true })).toBe(
      "opening/subprotocol-missing",
    );
    expect(agreementIn(responseText(), { requireSubprotocol: true }).subprotocol).toBeUndefined();
  });

  it("ends at its empty line, followed by the first frames [C13]", () => {
    const close = "\x88\x02\x03\xe8";
    const handshake = client();
    const [event] = handshake.receive(latin1Bytes(`${responseText()}${close}`));
    expect(event?.type === "open" && latin1Text([event.rest])).toBe(close);
    expect(handshake.bytesConsumed).toBe(responseText().length);
    expect(handshake.transportAction).toBe("keep");
    expect(() => handshake.receive(latin1Bytes("x"))).toThrow(expect.objectContaining({ code: "opening/complete" }));
  });

  it("that never arrives fails the handshake when the transport ends, or at the deadline [C13]", () => {
    const ended = client();
    ended.receive(latin1Bytes("HTTP/1.1 101"));
    expect(ended.receiveEnd()).toMatchObject([{ violation: { code: "opening/transport-ended", offset: 12 } }]);
    expect(ended.receiveEnd()).toEqual([]);
    const late = client();
    expect(late.fail("deadline/opening")).toMatchObject([
      { violation: { code: "deadline/opening", httpStatus: undefined } },
    ]);
    expect(late.fail("deadline/opening")).toEqual([]);
    expect(late.receive(latin1Bytes(responseText()))).toEqual([]);
  });
});

describe("one attempt at a time", () => {
  it("OpeningSlots lets one attempt connect to an address, and the next one when it is done [C14]", () => {
    const slots = new OpeningSlots<string>();
    expect(slots.enter("192.0.2.1:80", "a")).toBe(true);
    expect(slots.enter("192.0.2.1:80", "b")).toBe(false);
    expect(slots.enter("192.0.2.1:80", "c")).toBe(false);
    expect(slots.enter("192.0.2.2:80", "d")).toBe(true);
    expect(slots.leave("192.0.2.1:80", "b")).toBeUndefined();
    expect(slots.leave("192.0.2.1:80", "a")).toBe("c");
    expect(slots.leave("192.0.2.1:80", "a")).toBeUndefined();
    expect(slots.leave("192.0.2.1:80", "c")).toBeUndefined();
    expect(slots.leave("192.0.2.1:80", "c")).toBeUndefined();
    expect(slots.enter("192.0.2.1:80", "e")).toBe(true);
  });
});

describe("a redirect", () => {
  const url = parseWebSocketUrl("wss://u:p@a.example.com/x/y?z");
  const fields = [
    ["Authorization", "secret"],
    ["cookie", "a=1"],
    ["X-A", "1"],
  ] as const;
  const once: RedirectPolicy = { limit: 1, followed: 0 };
  const to = (location: string, status = 307, policy = once): ReturnType<typeof decideRedirect> =>
    decideRedirect(
      url,
      { status, reasonPhrase: "", minorVersion: 1, fields: [["Location", location]] },
      fields,
      policy,
    );

  it("is followed only if enabled, and only a limited number of times [C15]", () => {
    expect(to("/next", 307, { limit: 0, followed: 0 })).toEqual({ type: "stay", reason: "not-enabled" });
    expect(to("/next", 307, { limit: 2, followed: 2 })).toEqual({ type: "stay", reason: "too-many" });
    expect(to("/next", 304)).toEqual({ type: "stay", reason: "not-a-redirect" });
    for (const status of [301, 302, 303, 307, 308]) expect(to("/next", status).type).toBe("follow");
  });

  it("never leads from wss to ws [C15]", () => {
    expect(to("ws://a.example.com/")).toEqual({ type: "stay", reason: "insecure" });
    expect(to("http://a.example.com/")).toEqual({ type: "stay", reason: "insecure" });
  });

  it.each(["wss://b.example.com/", "wss://a.example.com:444/", "//b.example.com/"])(
    "to another origin, %s, drops the credentials [C15]",
    (location) => {
      expect(to(location)).toMatchObject({
        type: "follow",
        url: { userinfo: undefined },
        fields: [["X-A", "1"]],
        sameOrigin: false,
      });
    },
  );

  it("without TLS may stay without it or upgrade to it [C15]", () => {
    const plain = parseWebSocketUrl("ws://a.example.com/");
    const response = { status: 307, reasonPhrase: "", minorVersion: 1 };
    const from = (location: string): unknown =>
      decideRedirect(plain, { ...response, fields: [["location", location]] }, fields, once);
    expect(from("//a.example.com/b")).toMatchObject({
      type: "follow",
      url: { secure: false, resourceName: "/b" },
      fields,
    });
    expect(from("wss://a.example.com/")).toMatchObject({
      type: "follow",
      url: { secure: true },
      fields: [["X-A", "1"]],
    });
  });

  it("within the origin keeps the credentials [C15]", () => {
    expect(to("https://A.example.com:443/next")).toMatchObject({
      type: "follow",
      url: { userinfo: "u:p" },
      fields,
      sameOrigin: true,
    });
  });

  it.each([
    ["/next", "/next"],
    ["next?q", "/x/next?q"],
    ["?q", "/x/y?q"],
    ["", "/x/y?z"],
    ["../../a/./b/..", "/a/"],
    ["#top", "/x/y?z"],
    ["wss://a.example.com/%2e", "/%2e"],
  ])("to %j is resolved to %s (RFC 3986 §5.2) [C15]", (location, resourceName) => {
    expect(to(location)).toMatchObject({ type: "follow", url: { resourceName } });
  });

  it.each(["mailto:a@b", "wss://", "wss://a b/"])("to %j is not followed [C15]", (location) => {
    expect(to(location)).toEqual({ type: "stay", reason: "location-malformed" });
    const none = { status: 301, reasonPhrase: "", minorVersion: 1, fields: [] };
    expect(decideRedirect(url, none, fields, once)).toEqual({ type: "stay", reason: "location-malformed" });
  });
});

describe("a proxy", () => {
  const proxy = (): ProxyHandshake =>
    new ProxyHandshake({ host: "example.com", port: 443, fields: [["Proxy-Authorization", "Basic x"]] });

  it("is asked for a tunnel in authority-form [C16]", () => {
    const handshake = proxy();
    expect(handshake.outputLength).toBeGreaterThan(0);
    expect(latin1Text(handshake.takeOutput())).toBe(
      "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\nProxy-Authorization: Basic x\r\n\r\n",
    );
  });

  it("forms the tunnel with a 2xx response, whatever its length, and the rest comes through the tunnel [C16]", () => {
    const handshake = proxy();
    expect(handshake.receive(latin1Bytes("HTTP/1.1 204 Fine\r\nContent-Length: 10\r\n"))).toEqual([]);
    expect(handshake.receive(latin1Bytes("\r\nrest"))).toEqual([{ type: "tunnel", rest: latin1Bytes("rest") }]);
    expect(handshake.transportAction).toBe("keep");
    expect(handshake.receiveEnd()).toEqual([]);
    expect(() => handshake.receive(latin1Bytes("x"))).toThrow(expect.objectContaining({ code: "opening/complete" }));
  });

  it("rejects with any other status, and 407 includes its challenge [C16]", () => {
    const handshake = proxy();
    const text = "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n";
    expect(handshake.receive(latin1Bytes(text))).toMatchObject([
      {
        type: "rejection",
        response: {
          status: 407,
          fields: [
            ["Proxy-Authenticate", "Basic"],
            ["Content-Length", "0"],
          ],
        },
      },
    ]);
    expect(handshake.transportAction).toBe("end");
    expect(handshake.receive(latin1Bytes("x"))).toEqual([]);
  });

  it("fails for malformed data or an end [C16]", () => {
    expect(proxy().receive(latin1Bytes("\x05"))).toMatchObject([
      { type: "failure", violation: { code: "http/start-line" } },
    ]);
    expect(proxy().receiveEnd()).toMatchObject([{ type: "failure", violation: { code: "opening/transport-ended" } }]);
  });

  it.each([
    ["a b", 80],
    ["example.com", 0],
    ["example.com", 70_000],
    ["", 80],
  ])("throws for the destination %j:%i [C16]", (host, port) => {
    expect(() => new ProxyHandshake({ host, port })).toThrow(UsageError);
  });
});

describe("secrets", () => {
  it("are compared by secretsEqual, whatever their lengths [C17]", () => {
    expect(secretsEqual("한글", "한글")).toBe(true);
    for (const [received, expected] of [
      ["a", "b"],
      ["a", "aa"],
      ["aa", "a"],
      ["", "a"],
      ["a", ""],
    ] as const) {
      expect(secretsEqual(received, expected)).toBe(false);
    }
    expect(secretsEqual("", "")).toBe(true);
    expect(secretsEqual(latin1Bytes("a"), "a")).toBe(true);
  });

  it("are read completely by secretsEqual, wherever the first difference is [C17]", () => {
    const reads = (received: number[]): number => {
      let count = 0;
      const counted = new Proxy(Uint8Array.from(received), {
        get: (target, key) => {
          if (typeof key === "string" && /^\d+$/.test(key)) count++;
          return Reflect.get(target, key, target);
        },
      });
      secretsEqual(counted, Uint8Array.of(1, 2, 3, 4));
      return count;
    };
    expect([reads([9, 9, 9, 9]), reads([1, 2, 3, 9]), reads([1, 2, 3, 4])]).toEqual([4, 4, 4]);
  });

  it("in both parts of Basic credentials are compared by basicCredentialsEqual [C17]", () => {
    const value = basicAuthorization("user", "pass:word");
    expect(value).toBe("Basic dXNlcjpwYXNzOndvcmQ=");
    expect(basicCredentialsEqual(value, "user", "pass:word")).toBe(true);
    expect(basicCredentialsEqual(value, "user", "pass")).toBe(false);
    expect(basicCredentialsEqual(value, "other", "pass:word")).toBe(false);
    for (const other of [undefined, "", "Basic", "Bearer x", "Basic !", "Basic eA=="]) {
      expect(basicCredentialsEqual(other, "", "")).toBe(false);
    }
  });
});
