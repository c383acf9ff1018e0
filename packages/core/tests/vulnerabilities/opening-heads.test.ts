/** Opening heads that have broken other implementations, by their names, lengths, counts and order. */
import { concatBytes, frameFrom, latin1Bytes, latin1Text, requestText, responseText } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { Endpoint } from "../../src/endpoint/endpoint.ts";
import { checkOpeningRequest } from "../../src/opening/request.ts";
import {
  agreementIn,
  client,
  clientFailure,
  clientReceiving,
  negotiating,
  refusalOf,
  requestIn,
  serverReceiving,
} from "../support/opening.ts";

/** Names of properties that every object has. */
const inherited = [
  "constructor",
  "__proto__",
  "prototype",
  "toString",
  "hasOwnProperty",
  "valueOf",
  "__defineGetter__",
];

describe("names of inherited properties", () => {
  it.each(inherited)("%s is an extension unknown to a server, or a known one [V03]", (name) => {
    const field = { "Sec-WebSocket-Extensions": `${name}; ${name}; a=${name}, ${name}` };
    const { extensionOffers } = requestIn(requestText(field));
    const offer = {
      name,
      parameters: [
        [name, undefined],
        ["a", name],
      ],
    };
    expect(extensionOffers).toEqual([offer, { name, parameters: [] }]);
    const answered = (known: boolean): string => {
      const { server } = serverReceiving(requestText(field), known ? { extensions: [negotiating(name)] } : {});
      server.accept();
      return latin1Text(server.takeOutput());
    };
    expect(answered(false)).not.toContain("Extensions");
    expect(answered(true)).toContain(`\r\nSec-WebSocket-Extensions: ${name}; ${name}; a=${name}\r\n`);
  });

  it.each(inherited)("%s is an extension that a client has not offered, or has offered [V03]", (name) => {
    const field = { "Sec-WebSocket-Extensions": name };
    expect(clientFailure(responseText(field))).toBe("opening/extension-not-offered");
    const { extensions } = agreementIn(responseText(field), { extensions: [negotiating(name)] });
    expect(extensions).toEqual([{ name, parameters: [] }]);
  });

  it.each(inherited)("%s is an ordinary field and subprotocol [V03]", (name) => {
    const { fields, subprotocols } = requestIn(requestText({ [`x-${name}`]: "1", "Sec-WebSocket-Protocol": name }));
    expect(fields).toContainEqual([`x-${name}`, "1"]);
    expect(subprotocols).toEqual([name]);
    const plain = requestIn(`${requestText().slice(0, -2)}${name}: polluted\r\n\r\n`);
    expect(plain.fields.at(-1)).toEqual([name, "polluted"]);
    expect(clientFailure(responseText({ "Sec-WebSocket-Protocol": name }))).toBe("opening/subprotocol-not-offered");
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
  });
});

describe("a request without a required field", () => {
  // If an HTTP layer drops fields beyond its limit, they are missing, whatever the peer has sent.
  it.each([["Host"], ["Upgrade"], ["Connection"], ["Sec-WebSocket-Key"], ["Sec-WebSocket-Version"]])(
    "%s is rejected with a response, without an exception [V06]",
    (name) => {
      const { violation, answer } = refusalOf(requestText({ [name]: [] }));
      expect(violation.code).toMatch(/-missing$/);
      expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    },
  );

  it("and without any field, parsed elsewhere, is rejected as well [V06]", () => {
    for (const [code, fields] of [
      ["opening/host-missing", []],
      ["opening/host-missing", [["Upgrade", ""]]],
      ["http/field-name", [["", ""]]],
    ] as const) {
      const check = checkOpeningRequest({ method: "GET", target: "/", minorVersion: 1, fields });
      expect(check).toMatchObject({ type: "violation", violation: { code } });
    }
  });
});

describe("an endless head", () => {
  const endless = {
    "one line": () => latin1Bytes(`X: ${"x".repeat(1000)}`),
    "a line without a colon": () => latin1Bytes("x".repeat(1000)),
    fields: () => latin1Bytes("x: y\r\n".repeat(160)),
    "empty fields": () => latin1Bytes("x:\r\n".repeat(250)),
  };

  it.each(Object.entries(endless))("of %s is rejected by a server within its limits [V12] [V21]", (_, more) => {
    const server = Endpoint.server();
    server.receive(latin1Bytes("GET / HTTP/1.1\r\nHost: a\r\n"));
    let received = 0;
    let events = server.receive(more());
    while (events.length === 0 && received < 1_000_000) {
      events = server.receive(more());
      received += 1000;
    }
    expect(events).toMatchObject([{ type: "failure", violation: { httpStatus: 431 } }]);
    expect(received).toBeLessThanOrEqual(16_384);
    expect(server.receive(more())).toEqual([]);
  });

  it.each(Object.entries(endless))("of %s is failed by a client within its limits [V12] [V21]", (_, more) => {
    const handshake = client();
    handshake.receive(latin1Bytes("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"));
    let received = 0;
    let events = handshake.receive(more());
    while (events.length === 0 && received < 1_000_000) {
      events = handshake.receive(more());
      received += 1000;
    }
    expect(events).toMatchObject([{ type: "failure" }]);
    expect(received).toBeLessThanOrEqual(16_384);
  });
});

describe("Host", () => {
  it.each([
    ...[
      "a b",
      "a\tb",
      "a/b",
      "a\\b",
      "a@b",
      "u:p@a",
      "a?b",
      "a#b",
      "a,b",
      "[",
      "[]",
      "[::1",
      "::1",
      "[::1]x",
      "[g::1]",
    ],
    ...["a:", "a:x", "a:-1", "a:65536", "a:99999999999999999999", "a:1:2", ":80", "", "%", "%zz", "a\x80", "\xff"],
  ])("%j is rejected with 400, or read without a port, and nothing throws [V13]", (host) => {
    const { events, server } = serverReceiving(requestText({ Host: host }));
    const [event] = events;
    if (event?.type === "request") expect(event.request.authority).toBe(host);
    else
      expect(event).toMatchObject({ type: "failure", violation: { code: "opening/host-malformed", httpStatus: 400 } });
    if (!["a:", "a,b"].includes(host)) expect(server.transportAction).toBe("end");
  });
});

describe("a request and frames in one chunk", () => {
  it("are read in order, the frames once the request is accepted, however late [V32] [V54]", () => {
    const early = concatBytes([
      frameFrom("client", { opcode: "text", payload: "first" }),
      frameFrom("client", { opcode: "ping", payload: "x" }),
      frameFrom("client", { opcode: "text", payload: "second" }),
    ]);
    const server = Endpoint.server();
    expect(server.receive(concatBytes([latin1Bytes(requestText()), early.slice(0, 9)]))).toMatchObject([
      { type: "request" },
    ]);
    expect(server.receive(early.slice(9))).toEqual([]);
    expect(server.accept().slice(1)).toEqual([
      { type: "text", data: "first" },
      { type: "ping", payload: Uint8Array.of(0x78) },
      { type: "text", data: "second" },
    ]);
  });

  it("are read in order by a client too, when a server sends them with its response [V32]", () => {
    const endpoint = Endpoint.client({
      url: "ws://a/",
      random: (target) => target.set(latin1Bytes("the sample nonce").subarray(0, target.length)),
    });
    const events = endpoint.receive(
      concatBytes([latin1Bytes(responseText()), frameFrom("server", { opcode: "text", payload: "first" })]),
    );
    expect(events).toMatchObject([{ type: "open" }, { type: "text", data: "first" }]);
  });
});

describe("interim responses", () => {
  it.each([100, 102, 103, 199])(
    "with status %i before 101 is skipped, and the connection opens once [V36]",
    (status) => {
      const events = clientReceiving(`HTTP/1.1 ${status} X\r\nLink: </a>\r\n\r\n${responseText()}`);
      expect(events.map(({ type }) => type)).toEqual(["open"]);
    },
  );

  it("alone are not the final response [V36]", () => {
    expect(clientReceiving("HTTP/1.1 103 Early Hints\r\n\r\n")).toEqual([]);
  });
});
