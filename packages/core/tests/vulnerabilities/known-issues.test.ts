/** Issues that users of other implementations have reported, each named by what goes wrong. */
import {
  closePayload,
  concatBytes,
  frameFrom,
  framesFrom,
  hexBytes,
  latin1Text,
  outlineFrames,
  peerRole,
  requestText,
  responseText,
  roles,
} from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import type { Connection } from "../../src/connection.ts";
import { Endpoint } from "../../src/endpoint/endpoint.ts";
import { checkExtendedConnectResponse, openExtendedConnect } from "../../src/opening/extended-connect/client.ts";
import { Deadlines } from "../../src/time/deadlines.ts";
import { countingSource, deliver, expectFailure, open, sent, sentClose } from "../support/connections.ts";
import { agreementIn, clientFailure, negotiating, serverReceiving } from "../support/opening.ts";

describe.each(roles)("a %s", (role) => {
  const peer = peerRole(role);

  it("sends a Pong after one fragment of a large message, not after all of it [V45]", () => {
    const connection = open(role);
    connection.sendBinary(new Uint8Array(10_000_000));
    connection.takeOutput(65_536);
    deliver(connection, { opcode: "ping", payload: "now" });
    expect(outlineFrames(sent(connection, 65_536))[0]).toBe("pong FIN 3");
  });

  it("fails a frame with the wrong masking by its second byte, and reports that to the peer [V56] [V61]", () => {
    const wrong = frameFrom(role, { opcode: "text", payload: "Hello" });
    const code = role === "server" ? "frame/mask-missing" : "frame/mask-unexpected";
    expectFailure(open(role), wrong.slice(0, 2), { code, statusCode: 1002, offset: 1 });
    const ping = frameFrom(role, { opcode: "ping" });
    expectFailure(open(role), ping.slice(0, 2), { code, statusCode: 1002, offset: 1 });
  });

  it("fails a new message within a fragmented one [V61]", () => {
    const first = frameFrom(peer, { opcode: "text", payload: "a", final: false });
    const second = frameFrom(peer, { opcode: "binary", payload: "b" });
    expectFailure(open(role), concatBytes([first, second]), {
      code: "frame/continuation-expected",
      statusCode: 1002,
      offset: first.length,
    });
  });

  it("delivers the last message and the status code when they arrive in one chunk with the end of the transport [V57]", () => {
    const connection = open(role);
    const last = framesFrom(
      peer,
      { opcode: "text", payload: "last" },
      { opcode: "close", payload: closePayload(4001, "why") },
    );
    expect(connection.receive(last)).toEqual([
      { type: "text", data: "last" },
      { type: "close", statusCode: 4001, reason: "why" },
    ]);
    expect(connection.receiveEnd()).toEqual([{ type: "end", clean: true, statusCode: 4001, reason: "why" }]);
  });

  it.each([
    ["a reserved bit", frameFrom(peer, { opcode: "text", rsv: 0x40 }), 1002, "frame/rsv-unowned"],
    ["text that is none", frameFrom(peer, { opcode: "text", payload: hexBytes("ff") }), 1007, "message/utf8-invalid"],
    ["too large a message", frameFrom(peer, { opcode: "binary", payload: new Uint8Array(9) }), 1009, "message/too-big"],
    [
      "half a status code",
      frameFrom(peer, { opcode: "close", payload: hexBytes("03") }),
      1002,
      "close/payload-truncated",
    ],
  ] as const)(
    "sends the peer the reason when it fails %s, and reports an unclean end itself [V58] [V59] [V60]",
    (_, chunk, statusCode, code) => {
      const connection = open(role, { limits: { message: 8 } });
      expect(connection.receive(chunk.slice())).toMatchObject([{ type: "failure", violation: { code, statusCode } }]);
      expect(sentClose(connection)).toEqual({ statusCode, reason: code });
      expect(connection.receiveEnd()).toEqual([{ type: "end", clean: false, statusCode: 1006, reason: "" }]);
    },
  );

  it("reads a Close frame cut anywhere [V60]", () => {
    const whole = frameFrom(peer, { opcode: "close", payload: closePayload(1000, "bye") });
    for (let cut = 0; cut <= whole.length; cut++) {
      const connection = open(role);
      const events = [...connection.receive(whole.slice(0, cut)), ...connection.receive(whole.slice(cut))];
      expect(events).toEqual([{ type: "close", statusCode: 1000, reason: "bye" }]);
    }
  });

  it("cannot get stuck: every state but the last has a deadline that leads to the end [V67]", () => {
    const makings: (() => Endpoint | Connection)[] = [
      () => (role === "server" ? Endpoint.server() : Endpoint.client({ url: "ws://a/", random: countingSource() })),
      () => open(role),
      () => {
        const connection = open(role);
        connection.sendClose(1000);
        return connection;
      },
      () => {
        const connection = open(role);
        connection.sendClose(1000);
        connection.takeOutput();
        return connection;
      },
      () => {
        const connection = open(role);
        deliver(connection, { opcode: "close" });
        return connection;
      },
    ];
    for (const make of makings) {
      const subject = make();
      const deadlines = new Deadlines(subject);
      let now = 0;
      for (let step = 0; step < 20 && subject.transportAction !== "abort"; step++) {
        const due = deadlines.observe(now);
        if (due === undefined) break;
        now = Math.max(now, due.at);
        deadlines.expire(now);
        subject.takeOutput();
      }
      expect(["abort", "end"]).toContain(subject.transportAction);
      expect(now).toBeLessThanOrEqual(60_000);
    }
  });
});

describe("over HTTP/2", () => {
  const { sent: asked } = openExtendedConnect({ url: "wss://a/" }, 1);

  it("a client requires no Sec-WebSocket-Accept, and ignores one [V47]", () => {
    for (const more of [[], [["sec-websocket-accept", "anything"]]] as const) {
      const check = checkExtendedConnectResponse([[":status", "200"], ...more], asked);
      expect(check.type).toBe("agreement");
    }
  });

  it.each([400, 401, 404, 501, 503])(
    "the response %i is an immediate rejection, without waiting for more [V48]",
    (status) => {
      expect(checkExtendedConnectResponse([[":status", String(status)]], asked)).toEqual({ type: "rejection" });
    },
  );
});

describe("the negotiated agreement", () => {
  /** The lines about subprotocol and extensions in a server's response. */
  const answered = (changes: Record<string, string>, options = {}): string[] => {
    const { server } = serverReceiving(requestText(changes), options);
    server.accept();
    return latin1Text(server.takeOutput())
      .split("\r\n")
      .filter((line) => /^Sec-WebSocket-[PE]/.test(line));
  };

  it("has no subprotocol that the server has not chosen, not even the first offered [V55]", () => {
    expect(answered({ "Sec-WebSocket-Protocol": "a, b" })).toEqual([]);
  });

  it("has no subprotocol when the server chose none, which RFC 6455 allows and browsers do not [V68]", () => {
    expect(agreementIn(responseText(), { subprotocols: ["a"] }).subprotocol).toBeUndefined();
    expect(clientFailure(responseText(), { subprotocols: ["a"], requireSubprotocol: true })).toBe(
      "opening/subprotocol-missing",
    );
  });

  it("uses the next offer when the first one cannot be used, instead of declining all [V53]", () => {
    const extensions = [negotiating("e", { accepts: ([first]) => first?.[0] === "good" })];
    const offers = "e; bad=1, other, e; good; x=1";
    expect(answered({ "Sec-WebSocket-Extensions": offers }, { extensions })).toEqual([
      "Sec-WebSocket-Extensions: e; good; x=1",
    ]);
    expect(answered({ "Sec-WebSocket-Extensions": "e; bad=1" }, { extensions })).toEqual([]);
  });

  it("accepts quoted parameters [V52]", () => {
    const extensions = [negotiating("e")];
    expect(answered({ "Sec-WebSocket-Extensions": 'e; a="1"; b="\\2"' }, { extensions })).toEqual([
      "Sec-WebSocket-Extensions: e; a=1; b=2",
    ]);
  });
});
