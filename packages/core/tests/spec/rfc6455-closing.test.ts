/** RFC 6455 §7.1: the closing handshake and the end of the transport. */
import { framesFrom, hexBytes, outlineFrames, patternBytes, peerRole, roles, utf8Bytes } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import type { Connection } from "../../src/connection.ts";
import { closing, deliver, expectUsageError, open, sent, sentClose, usageErrorOf } from "../support/connections.ts";

const legalCodes = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999];
const illegalCodes = [
  0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1017, 1100, 1999, 2000, 2999, 5000, 5001, 32_768, 65_535,
];

/** The state after both Close frames, ours being the reply. */
const closedAfter = { server: "end", client: "await-end" } as const;

describe.each(roles)("sendClose of a %s", (role) => {
  it("accepts reasons of up to 123 bytes of UTF-8, and throws for longer ones instead of truncating them [X04]", () => {
    for (const reason of ["x".repeat(123), `${"€".repeat(41)}`, `x${"é".repeat(61)}`, `${"𝄞".repeat(30)}abc`]) {
      const connection = open(role);
      connection.sendClose(1000, reason);
      expect(sentClose(connection)).toEqual({ statusCode: 1000, reason });
    }
    for (const reason of [
      "x".repeat(124),
      "€".repeat(42),
      "é".repeat(62),
      `${"𝄞".repeat(30)}abcd`,
      "x".repeat(100_000),
    ]) {
      const connection = open(role);
      expectUsageError(connection, "close/reason-too-long", () => connection.sendClose(1000, reason));
    }
  });

  it("counts a lone surrogate in the reason as the three bytes of U+FFFD [X04]", () => {
    const connection = open(role);
    connection.sendClose(1000, "\ud800".repeat(41));
    expect(sentClose(connection).reason).toBe("\ufffd".repeat(41));
    expect(usageErrorOf(() => open(role).sendClose(1000, "\ud800".repeat(42)))).toBe("close/reason-too-long");
  });

  it("sends exactly the codes allowed on the wire, and throws for all others before anything changes [X05] [X25]", () => {
    for (const code of legalCodes) {
      const connection = open(role);
      if (code === 1010 && role === "server") {
        expectUsageError(connection, "close/client-only", () => connection.sendClose(1010));
        continue;
      }
      connection.sendClose(code);
      expect(sentClose(connection)).toEqual({ statusCode: code, reason: "" });
    }
    const numbers = [Number.NaN, Number.POSITIVE_INFINITY, -1000, 1000.5, 65_536 + 1000, 2 ** 32 + 1000, 1e300];
    for (const code of [...illegalCodes, ...numbers]) {
      const connection = open(role);
      expectUsageError(connection, "close/status-code", () => connection.sendClose(code));
      expect(connection.takeOutput()).toEqual([]);
    }
  });

  it("throws for a reason without a code, and sends an empty Close without either [X25]", () => {
    const connection = open(role);
    expectUsageError(connection, "close/reason-without-code", () => connection.sendClose(undefined, "why"));
    connection.sendClose();
    expect(sent(connection)).toMatchObject([{ opcode: 0x8, payload: hexBytes("") }]);
  });

  it("ends sending: messages, Pings and Pongs throw, and nothing of them leaves [X08]", () => {
    const connection = open(role);
    const stream = connection.startMessage("text");
    connection.sendClose(1000);
    const commands: (() => void)[] = [
      () => connection.sendText("x"),
      () => connection.sendBinary(utf8Bytes("x")),
      () => connection.startMessage("text"),
      () => connection.sendPing(),
      () => connection.sendPong(),
      () => stream.write("x"),
      () => stream.end(),
    ];
    for (const command of commands) expectUsageError(connection, "send/after-close", command);
    expect(outlineFrames(sent(connection))).toEqual(["close FIN 2"]);
    for (const command of commands) expectUsageError(connection, "send/after-close", command);
    expect(connection.takeOutput()).toEqual([]);
  });

  it("sends earlier messages first, and no data frame after it [X08]", () => {
    const connection = open(role);
    connection.sendText("first");
    connection.sendBinary(patternBytes(10_000));
    connection.sendClose(1000);
    expect(outlineFrames(sent(connection))).toEqual(["text FIN 5", "binary FIN 10000", "close FIN 2"]);
  });

  it("sends one Close, the first, when called twice [X07]", () => {
    const connection = open(role);
    connection.sendClose(1000, "first");
    connection.sendClose(3000, "second");
    expect(sentClose(connection)).toEqual({ statusCode: 1000, reason: "first" });
    connection.sendClose(3000, "third");
    expect(connection.takeOutput()).toEqual([]);
  });

  it("goes through closing, close-sent and closed; then the server ends the transport, and the client waits for that [X12]", () => {
    const connection = open(role);
    connection.sendClose(3000, "bye");
    expect([connection.state, connection.transportAction]).toEqual(["closing", "keep"]);
    sent(connection);
    expect([connection.state, connection.transportAction]).toEqual(["close-sent", "keep"]);
    expect(deliver(connection, { opcode: "text", payload: "under way" })).toEqual([
      { type: "text", data: "under way" },
    ]);
    expect(connection.receive(closing(connection, 3000))).toEqual([{ type: "close", statusCode: 3000, reason: "" }]);
    expect([connection.state, connection.transportAction]).toEqual(["closed", closedAfter[role]]);
    expect(connection.takeOutput()).toEqual([]);
    expect(connection.receiveEnd()).toEqual([{ type: "end", clean: true, statusCode: 3000, reason: "" }]);
    expect([connection.state, connection.transportAction]).toEqual(["ended", "end"]);
  });
});

describe.each(roles)("the end of the transport, for a %s", (role) => {
  const endOf = (connection: Connection) => connection.receiveEnd();

  it("without a Close is unclean with 1006, which is never sent [X13]", () => {
    const connection = open(role);
    connection.sendText("queued");
    expect(endOf(connection)).toEqual([{ type: "end", clean: false, statusCode: 1006, reason: "" }]);
    expect(outlineFrames(sent(connection))).toEqual(["text FIN 6"]);
    expect([connection.state, connection.transportAction]).toEqual(["ended", "end"]);
  });

  it("after only our Close is unclean with 1006 [X13]", () => {
    for (const take of [true, false]) {
      const connection = open(role);
      connection.sendClose(1000, "mine");
      if (take) sent(connection);
      expect(endOf(connection)).toEqual([{ type: "end", clean: false, statusCode: 1006, reason: "" }]);
    }
  });

  it("within a frame, a header or a message is unclean with 1006, and nothing of it is delivered [X13]", () => {
    const wire = framesFrom(
      peerRole(role),
      { opcode: "text", payload: "abc", final: false },
      { opcode: "continuation", payload: "d" },
    );
    for (let at = 1; at < wire.length; at++) {
      const connection = open(role);
      expect(connection.receive(wire.slice(0, at))).toEqual([]);
      expect(endOf(connection)).toEqual([{ type: "end", clean: false, statusCode: 1006, reason: "" }]);
    }
  });

  it("after both Close frames is clean, with the peer's code and reason [X14]", () => {
    const connection = open(role);
    connection.receive(closing(connection, 4000, "theirs"));
    sent(connection);
    expect(endOf(connection)).toEqual([{ type: "end", clean: true, statusCode: 4000, reason: "theirs" }]);
  });

  it("after the peer's Close, with ours not yet taken, is clean too, and ours can still be written [X14]", () => {
    const connection = open(role);
    connection.receive(closing(connection, 4000, "theirs"));
    expect(endOf(connection)).toEqual([{ type: "end", clean: true, statusCode: 4000, reason: "theirs" }]);
    expect(sentClose(connection).statusCode).toBe(4000);
    expect(connection.state).toBe("ended");
  });

  it("after the peer's Close is unclean when the transport is aborted before ours was taken [X14] [R18]", () => {
    for (const take of [true, false]) {
      const connection = open(role);
      connection.receive(closing(connection, 4000, "theirs"));
      if (take) sent(connection);
      connection.expire("closing");
      expect(connection.transportAction).toBe("abort");
      expect(endOf(connection)).toEqual([{ type: "end", clean: take, statusCode: 4000, reason: "theirs" }]);
    }
  });

  it("is reported once, and no event follows it [X14]", () => {
    const connection = open(role);
    expect(endOf(connection)).toHaveLength(1);
    expect(endOf(connection)).toEqual([]);
    expect(deliver(connection, { opcode: "text", payload: "x" })).toEqual([]);
    expect(connection.receive(hexBytes("ffffffff"))).toEqual([]);
    for (const reason of ["opening", "closing", "ping", "pong", "idle", "control-flood"] as const) {
      expect(connection.expire(reason)).toEqual([]);
    }
    connection.sendClose(1000);
    expect(connection.takeOutput()).toEqual([]);
    expectUsageError(connection, "endpoint/ended", () => connection.sendText("x"));
    expectUsageError(connection, "endpoint/ended", () => connection.sendPing());
    expect(connection.transportAction).toBe("end");
  });

  it.each([
    { taken: false, state: "close-received", wire: 3333 },
    { taken: true, state: "closed", wire: 3333 },
  ])("when both sent Close at once (ours taken: $taken) reports the received code [X15]", ({ taken, state, wire }) => {
    const connection = open(role);
    connection.sendClose(wire, "ours");
    if (taken) expect(sentClose(connection)).toEqual({ statusCode: wire, reason: "ours" });
    expect(connection.receive(closing(connection, 4444, "theirs"))).toEqual([
      { type: "close", statusCode: 4444, reason: "theirs" },
    ]);
    expect(connection.state).toBe(state);
    // Our Close leaves as it was, because it is not a reply, and each side sends one.
    if (!taken) expect(sentClose(connection)).toEqual({ statusCode: wire, reason: "ours" });
    expect(connection.takeOutput()).toEqual([]);
    expect(connection.transportAction).toBe(closedAfter[role]);
    expect(endOf(connection)).toEqual([{ type: "end", clean: true, statusCode: 4444, reason: "theirs" }]);
  });
});
