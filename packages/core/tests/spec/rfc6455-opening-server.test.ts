/** RFC 6455 §4.2: the server's part of the opening handshake over HTTP/1.1. */
import { latin1Bytes, latin1Text, requestText, sampleAccept, sampleKey } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/checks/usage-error.ts";
import { originCheck } from "../../src/policy/origin.ts";
import { refusalOf, requestIn, serverReceiving } from "../support/opening.ts";

const accepted = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${sampleAccept}\r\n`;

/** The code and the status with which a server rejects `text`. */
function refused(text: string): [string, string] {
  const { violation, answer } = refusalOf(text);
  return [violation.code, answer.slice(9, 12)];
}

describe("the request line", () => {
  it.each(["POST", "get", "HEAD", "CONNECT"])(
    "the server rejects the method %s with 405 and Allow: GET [H01]",
    (method) => {
      const { violation, answer } = refusalOf(requestText({}, `${method} /chat HTTP/1.1`));
      expect(violation.code).toBe("opening/method-not-get");
      expect(answer).toContain("HTTP/1.1 405 Method Not Allowed\r\n");
      expect(answer).toContain("\r\nAllow: GET\r\n");
    },
  );

  it("the server rejects HTTP/1.0, whose Upgrade it must ignore, and accepts any later minor version [H02]", () => {
    expect(refused(requestText({}, "GET /chat HTTP/1.0"))).toEqual(["opening/http-version", "505"]);
    expect(requestIn(requestText({}, "GET /chat HTTP/1.2")).resourceName).toBe("/chat");
  });

  it("the server rejects another major version with 505 [H02]", () => {
    expect(refused("PRI * HTTP/2.0\r\n\r\n")).toEqual(["http/version-unsupported", "505"]);
  });

  it.each([
    ["/chat?room=1&x=%20", "/chat?room=1&x=%20", "server.example.com"],
    ["http://other.example.com:8080/chat?x=1", "/chat?x=1", "other.example.com:8080"],
    ["https://other.example.com", "/", "other.example.com"],
  ])("the server splits the target %s into resource name and authority [H19]", (target, resourceName, authority) => {
    expect(requestIn(requestText({}, `GET ${target} HTTP/1.1`))).toMatchObject({ resourceName, authority });
  });

  it.each(["*", "example.com:443", "/chat#top", "http://user@example.com/", "ftp://example.com/", "chat"])(
    "the server rejects the target %s [H19]",
    (target) => {
      expect(refused(requestText({}, `GET ${target} HTTP/1.1`))).toEqual(["opening/request-target", "400"]);
    },
  );

  it("the server skips a few empty lines before the request line, but not many [H17]", () => {
    expect(requestIn(`\r\n\r\n${requestText()}`).resourceName).toBe("/chat");
    expect(refused(`${"\r\n".repeat(5)}${requestText()}`)).toEqual(["http/too-many-empty-lines", "400"]);
  });
});

describe("Host", () => {
  it.each([
    ["opening/host-missing", []],
    ["opening/host-repeated", ["a.example.com", "a.example.com"]],
    ["opening/host-malformed", ["a b"]],
    ["opening/host-malformed", ["user@example.com"]],
    ["opening/host-malformed", ["example.com:99999"]],
    ["opening/host-malformed", [""]],
  ])("the server rejects with 400: %s %j [H03]", (code, values) => {
    expect(refused(requestText({ Host: values }))).toEqual([code, "400"]);
  });

  it.each(["example.com:80", "127.0.0.1", "[::1]:8080"])("the server accepts the host %s [H03]", (host) => {
    expect(requestIn(requestText({ Host: host })).authority).toBe(host);
  });
});

describe("Upgrade and Connection", () => {
  it.each([[["WebSocket"]], [["h2c, websocket"]], [["h2c", "foo/1, WEBSOCKET"]], [[", websocket ,"]]])(
    "the server finds websocket in Upgrade %j [H04]",
    (values) => {
      expect(requestIn(requestText({ Upgrade: values })).resourceName).toBe("/chat");
    },
  );

  it.each([[[]], [["h2c"]], [["websocket/13"]], [["websockets"]], [["web socket"]]])(
    "the server rejects Upgrade %j with 426 and the protocol to upgrade to [H04]",
    (values) => {
      const { violation, answer } = refusalOf(requestText({ Upgrade: values }));
      expect(violation.code).toBe("opening/upgrade-missing");
      expect(answer).toContain("HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nConnection: Upgrade, close\r\n");
    },
  );

  it.each([[["upgrade"]], [["keep-alive, UPGRADE"]], [["keep-alive", "Upgrade", "foo"]]])(
    "the server finds the token upgrade in Connection %j [H05]",
    (values) => {
      expect(requestIn(requestText({ Connection: values })).resourceName).toBe("/chat");
    },
  );

  it.each([[[]], [["close"]], [["up grade"]], [["upgrades"]], [["Upgrade, ="]]])(
    "the server rejects Connection %j [H05]",
    (values) => {
      expect(refused(requestText({ Connection: values }))).toEqual(["opening/connection-upgrade-missing", "400"]);
    },
  );

  it("the server chooses websocket over h2c, and ignores the HTTP/2 settings [H28]", () => {
    const changes = { Upgrade: "h2c, websocket", Connection: "Upgrade, HTTP2-Settings", "HTTP2-Settings": "AAMAAABk" };
    const { server, events } = serverReceiving(requestText(changes));
    expect(events[0]?.type).toBe("request");
    server.accept();
    expect(latin1Text(server.takeOutput())).toBe(`${accepted}\r\n`);
  });
});

describe("Sec-WebSocket-Key and Sec-WebSocket-Version", () => {
  it.each([
    ["opening/key-missing", []],
    ["opening/key-repeated", [sampleKey, sampleKey]],
    ["opening/key-malformed", ["abc"]],
    ["opening/key-malformed", [""]],
    ["opening/key-malformed", ["dGhlIHNhbXBsZSBub25jZQ="]],
    ["opening/key-malformed", ["dGhlIHNhbXBsZSBub25jZQA="]],
    ["opening/key-malformed", ["dGhlIHNhbXBsZSBub25jZ_=="]],
    ["opening/key-malformed", ["dGhlIHNhbXBsZSBub25jZR=="]],
  ])("the server rejects with 400: %s %j [H06]", (code, values) => {
    expect(refused(requestText({ "Sec-WebSocket-Key": values }))).toEqual([code, "400"]);
  });

  it("the server accepts a key with non-zero pad bits only on request, and reports it [H06]", () => {
    expect(requestIn(requestText(), { tolerate: ["non-canonical-key"] }).tolerated).toEqual([]);
    // The example of RFC 6455 §4.1 step 7 is one: in canonical base64 its sixteen bytes end in EA==.
    const text = requestText({ "Sec-WebSocket-Key": "AQIDBAUGBwgJCgsMDQ4PEC==" });
    expect(refused(text)).toEqual(["opening/key-malformed", "400"]);
    expect(requestIn(text, { tolerate: ["non-canonical-key"] }).tolerated).toEqual(["non-canonical-key"]);
  });

  it("the server proves that it read the key, without surrounding white space [H09]", () => {
    const { server } = serverReceiving(requestText({ "Sec-WebSocket-Key": ` \t${sampleKey}\t ` }));
    server.accept();
    expect(latin1Text(server.takeOutput())).toBe(`${accepted}\r\n`);
  });

  it("the server rejects another version with 426, Upgrade, and the version it supports [H07]", () => {
    const { violation, answer } = refusalOf(requestText({ "Sec-WebSocket-Version": "8" }));
    expect(violation).toMatchObject({ code: "opening/version-unsupported", httpStatus: 426, section: "RFC 6455 §4.4" });
    expect(answer).toContain("HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nConnection: Upgrade, close\r\n");
    expect(answer).toContain("\r\nSec-WebSocket-Version: 13\r\n");
  });

  it.each(["013", "+13", "13, 8", "13.0", "1 3", ""])(
    "the server treats the version %j as unsupported [H08]",
    (version) => {
      expect(refused(requestText({ "Sec-WebSocket-Version": version }))).toEqual([
        "opening/version-unsupported",
        "426",
      ]);
    },
  );

  it("the server trims white space around the version, and rejects none and two [H08]", () => {
    expect(requestIn(requestText({ "Sec-WebSocket-Version": "13 \t" })).resourceName).toBe("/chat");
    expect(refused(requestText({ "Sec-WebSocket-Version": [] }))).toEqual(["opening/version-missing", "400"]);
    expect(refused(requestText({ "Sec-WebSocket-Version": ["13", "13"] }))).toEqual([
      "opening/version-repeated",
      "400",
    ]);
  });
});

describe("Sec-WebSocket-Protocol", () => {
  it("several lines are one list, in the client's order [H10]", () => {
    const text = requestText({ "Sec-WebSocket-Protocol": ["chat , superchat", "v2.chat"] });
    expect(requestIn(text).subprotocols).toEqual(["chat", "superchat", "v2.chat"]);
    expect(requestIn(requestText()).subprotocols).toEqual([]);
  });

  it.each([
    ["opening/subprotocols-malformed", ["a b"]],
    ["opening/subprotocols-malformed", ["chat/2"]],
    ["opening/subprotocols-malformed", [""]],
    ["opening/subprotocols-malformed", [" , "]],
    ["opening/subprotocol-repeated", ["chat", "other, chat"]],
  ])("the server rejects with 400: %s %j [H10]", (code, values) => {
    expect(refused(requestText({ "Sec-WebSocket-Protocol": values }))).toEqual([code, "400"]);
  });

  it("the server treats an empty list as absent only on request, and reports it [H10]", () => {
    const { subprotocols, tolerated } = requestIn(requestText({ "Sec-WebSocket-Protocol": "" }), {
      tolerate: ["empty-subprotocol"],
    });
    expect([subprotocols, tolerated]).toEqual([[], ["empty-subprotocol"]]);
  });

  it("the server sends one of the offered subprotocols, and throws for another [H11]", () => {
    const { server } = serverReceiving(requestText({ "Sec-WebSocket-Protocol": "chat, superchat" }));
    for (const subprotocol of ["Chat", "chat, superchat", "", "other"]) {
      expect(() => server.accept({ subprotocol })).toThrow(UsageError);
    }
    expect(server.outputLength).toBe(0);
    expect(server.accept({ subprotocol: "superchat" })).toMatchObject([{ agreement: { subprotocol: "superchat" } }]);
    expect(latin1Text(server.takeOutput())).toBe(`${accepted}Sec-WebSocket-Protocol: superchat\r\n\r\n`);
  });

  it("the server may choose none, and then omits the field [H12]", () => {
    const { server } = serverReceiving(requestText({ "Sec-WebSocket-Protocol": "chat" }));
    expect(server.accept()).toMatchObject([{ type: "open", agreement: { role: "server", subprotocol: undefined } }]);
    expect(latin1Text(server.takeOutput())).toBe(`${accepted}\r\n`);
  });
});

describe("Origin", () => {
  const checkOrigin = originCheck(["https://app.example.com"]);

  it("the server rejects a disallowed origin with 403 [H13]", () => {
    const { violation, answer } = refusalOf(requestText({ Origin: "https://evil.example.com" }), { checkOrigin });
    expect(violation.code).toBe("opening/origin-refused");
    expect(violation.offset).toBe(requestText({ Origin: "https://evil.example.com" }).length);
    expect(answer).toContain("HTTP/1.1 403 Forbidden\r\n");
  });

  it("the server accepts an allowed origin, and clients without one, which are not browsers [H13]", () => {
    expect(requestIn(requestText({ Origin: "https://app.example.com" }), { checkOrigin }).origin).toBe(
      "https://app.example.com",
    );
    expect(requestIn(requestText(), { checkOrigin }).origin).toBeUndefined();
    expect(requestIn(requestText({ Origin: "https://evil.example.com" })).origin).toBe("https://evil.example.com");
  });

  it("the server rejects two origins, whatever they are [H13]", () => {
    const { violation } = refusalOf(requestText({ Origin: ["https://app.example.com", "https://app.example.com"] }));
    expect(violation.code).toBe("opening/origin-repeated");
  });
});

describe("a body", () => {
  it.each([{ "Content-Length": "5" }, { "Transfer-Encoding": "chunked" }])(
    "the server rejects a request with %j, as its bytes are not frames [H14]",
    (changes) => {
      const { server, events } = serverReceiving(`${requestText(changes)}hello`);
      expect(events).toMatchObject([{ type: "failure", violation: { code: "opening/body-unexpected" } }]);
      expect(server.receive(latin1Bytes("more"))).toEqual([]);
    },
  );

  it("the server accepts a request that declares an empty body [H14]", () => {
    expect(requestIn(requestText({ "Content-Length": "0" })).resourceName).toBe("/chat");
  });

  it.each([
    ["http/framing-ambiguous", { "Content-Length": "0", "Transfer-Encoding": "chunked" }],
    ["http/content-length", { "Content-Length": ["0", "5"] }],
    ["http/content-length", { "Content-Length": "0, 5" }],
    ["http/content-length", { "Content-Length": "+0" }],
    ["http/content-length", { "Content-Length": "" }],
  ])("the server rejects with 400 and closes: %s %j [H15]", (code, changes) => {
    const { violation, answer } = refusalOf(requestText(changes));
    expect(violation.code).toBe(code);
    expect(answer).toContain("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n");
  });
});

describe("the response", () => {
  it("is written once, without Content-Length and Transfer-Encoding [H24]", () => {
    const { server } = serverReceiving(requestText());
    server.accept({ fields: [["Set-Cookie", "a=1"]] });
    const chunks = server.takeOutput();
    expect(chunks.length).toBe(1);
    expect(latin1Text(chunks)).toBe(`${accepted}Set-Cookie: a=1\r\n\r\n`);
    expect(server.takeOutput()).toEqual([]);
    expect(server.transportAction).toBe("keep");
  });

  it("has its length and Connection: close when it rejects [H25]", () => {
    const { answer } = refusalOf(requestText({ Host: [] }));
    const [head = "", body = ""] = answer.split("\r\n\r\n");
    expect(head).toContain("\r\nConnection: close\r\n");
    expect(head).toContain(`\r\nContent-Length: ${body.length}\r\n`);
  });

  it("of an application that rejects is sent with its fields and its body, and ends the transport [H25]", () => {
    const { server } = serverReceiving(requestText());
    server.reject({ status: 401, fields: [["WWW-Authenticate", "Basic"]], body: "who?" });
    expect(latin1Text(server.takeOutput())).toBe(
      "HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 4\r\nWWW-Authenticate: Basic\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nwho?",
    );
    expect(server.transportAction).toBe("end");
    expect(server.receive(latin1Bytes("late"))).toEqual([]);
    expect(() => server.accept()).toThrow(UsageError);
  });

  it("has a bounded body when it rejects [H25]", () => {
    const { server } = serverReceiving(requestText());
    expect(() => server.reject({ status: 400, body: new Uint8Array(65_537) })).toThrow(UsageError);
    server.reject({ status: 400, body: new Uint8Array(65_536) });
  });

  it.each([
    ["X-A", "1\r\nX-B: 2"],
    ["X-A", "1\n"],
    ["X-A", "\0"],
    ["X-A", " 1"],
    ["X-A", "한"],
    ["X A", "1"],
    ["", "1"],
    ["Upgrade", "h2c"],
    ["connection", "close"],
    ["Content-Length", "0"],
    ["sec-websocket-accept", "x"],
    ["Sec-WebSocket-Protocol", "chat"],
  ])("throws for the application's field %j: %j [H26]", (name, value) => {
    const { server } = serverReceiving(requestText());
    expect(() => server.accept({ fields: [[name, value]] })).toThrow(UsageError);
    expect(() => server.reject({ status: 400, fields: [[name, value]] })).toThrow(UsageError);
    expect(server.outputLength).toBe(0);
    expect(server.accept()).toMatchObject([{ type: "open" }]);
  });
});

describe("bytes after the request", () => {
  it("are kept and returned with the agreement, including those of later chunks [H22]", () => {
    const { server, events } = serverReceiving(`${requestText()}ab`);
    expect(events.map(({ type }) => type)).toEqual(["request"]);
    expect(server.receive(latin1Bytes("cd"))).toEqual([]);
    const [event] = server.accept();
    expect(event?.type === "open" && latin1Text([event.rest])).toBe("abcd");
    expect(server.bytesConsumed).toBe(requestText().length);
  });

  it("are limited by limits.earlyData while the application decides [H27]", () => {
    const { server } = serverReceiving(`${requestText()}ab`, { limits: { earlyData: 4 } });
    expect(server.receive(latin1Bytes("cd"))).toEqual([]);
    const offset = requestText().length + 4;
    expect(server.receive(latin1Bytes("e"))).toMatchObject([
      { type: "failure", violation: { code: "opening/early-data-too-big", offset } },
    ]);
    expect(latin1Text(server.takeOutput())).toContain("HTTP/1.1 400 Bad Request\r\n");
  });

  it("beyond the limit are reported after the request, however they were cut [H27]", () => {
    const { events } = serverReceiving(`${requestText()}abcde`, { limits: { earlyData: 4 } });
    expect(events.map(({ type }) => type)).toEqual(["request", "failure"]);
  });

  it("set no time limit: the application may answer at any time, even after the client has gone [H27]", () => {
    const { server } = serverReceiving(requestText());
    expect(server.takeOutput()).toEqual([]);
    expect(server.receiveEnd()).toMatchObject([{ type: "failure", violation: { code: "opening/transport-ended" } }]);
    expect(server.accept()).toEqual([]);
    server.reject({ status: 403 });
    expect(server.takeOutput()).toEqual([]);
    expect(server.transportAction).toBe("end");
  });
});
