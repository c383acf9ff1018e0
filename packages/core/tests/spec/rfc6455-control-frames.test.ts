/** RFC 6455 §5.5.2–5.5.3: Ping and Pong. */
import {
  closePayload,
  concatBytes,
  cutEvery,
  frameFrom,
  framesFrom,
  hexBytes,
  outlineFrames,
  patternBytes,
  peerRole,
  roles,
  utf8Bytes,
} from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { clientWith, deliver, expectUsageError, open, sent, serverWith } from "../support/connections.ts";

describe.each(roles)("a Ping, received by a %s", (role) => {
  it.each([0, 1, 2, 23, 24, 124, 125])("of %i bytes gets a Pong with the identical payload [X20]", (length) => {
    const payload = patternBytes(length, 200);
    const connection = open(role);
    expect(deliver(connection, { opcode: "ping", payload })).toEqual([{ type: "ping", payload }]);
    expect(connection.outputLength).toBeGreaterThan(0);
    const [pong, ...more] = sent(connection);
    expect(more).toEqual([]);
    expect(pong).toMatchObject({ opcode: 0xa, final: true, rsv: 0, payload });
    expect(pong?.key === undefined).toBe(role === "server");
    expect(connection.outputLength).toBe(0);
  });

  it("gets no Pong of its own accord with autoPong: false, and one of the application's [X20]", () => {
    const connection = open(role, { autoPong: false });
    expect(deliver(connection, { opcode: "ping", payload: "a" }, { opcode: "ping", payload: "b" })).toHaveLength(2);
    expect(connection.outputLength).toBe(0);
    connection.sendPong("b");
    connection.sendPing("é");
    expect(sent(connection)).toMatchObject([
      { opcode: 0xa, payload: utf8Bytes("b") },
      { opcode: 0x9, payload: utf8Bytes("é") },
    ]);
    expectUsageError(connection, "control/payload-too-long", () => connection.sendPong("é".repeat(63)));
    expectUsageError(connection, "control/payload-too-long", () => connection.sendPing("x".repeat(126)));
    expectUsageError(connection, "send/data-type", () => connection.sendPing(1 as never));
    expect(() => open(role, { autoPong: "no" as never })).toThrow(/autoPong/);
  });

  it("gets a Pong before its event is returned, ahead of queued messages [X20] [X24]", () => {
    const connection = open(role);
    connection.sendBinary(patternBytes(5_000_000));
    connection.sendText("short");
    deliver(connection, { opcode: "ping", payload: "now" });
    expect(outlineFrames(sent(connection, 1))[0]).toBe("pong FIN 3");
  });

  it("gets a Pong between the fragments of a message in progress [X20] [X24]", () => {
    const connection = open(role, { fragmentSize: 1000 });
    connection.sendBinary(patternBytes(2500));
    expect(outlineFrames(sent(connection, 1))).toEqual(["binary 1000"]);
    deliver(connection, { opcode: "ping", payload: "now" });
    expect(outlineFrames(sent(connection))).toEqual(["pong FIN 3", "continuation 1000", "continuation FIN 500"]);
  });

  it("gets the same Pong when it arrives byte by byte [X20]", () => {
    const connection = open(role);
    const wire = frameFrom(peerRole(role), { opcode: "ping", payload: patternBytes(125) });
    const events = cutEvery(wire, 1).flatMap((chunk) => connection.receive(chunk));
    expect(events).toEqual([{ type: "ping", payload: patternBytes(125) }]);
    expect(sent(connection)).toMatchObject([{ opcode: 0xa, payload: patternBytes(125) }]);
  });

  it("has a payload of its own in the event: changing it does not affect the Pong [X20]", () => {
    const connection = open(role);
    const chunk = frameFrom(peerRole(role), { opcode: "ping", payload: "abc" });
    const [event] = connection.receive(chunk);
    const pong = concatBytes(connection.takeOutput()).slice();
    if (event?.type === "ping") event.payload.fill(0);
    chunk.fill(0);
    expect(pong.length).toBe(role === "server" ? 5 : 9);
    expect(event?.type === "ping" && event.payload.buffer !== chunk.buffer).toBe(true);
  });

  it("gets a Pong each time when several arrive in one chunk [X20]", () => {
    const connection = open(role);
    const payloads = Array.from({ length: 10 }, (_, index) => `payload-${index}`);
    deliver(connection, ...payloads.map((payload) => ({ opcode: "ping" as const, payload })));
    expect(sent(connection)).toMatchObject(payloads.map((payload) => ({ opcode: 0xa, payload: utf8Bytes(payload) })));
  });

  it("gets a Pong only if it is among the 16 most recent ones pending [X21]", () => {
    const connection = open(role);
    const pings = Array.from({ length: 10_000 }, (_, index) =>
      frameFrom(peerRole(role), { opcode: "ping", payload: `${index}` }),
    );
    expect(connection.receive(concatBytes(pings))).toHaveLength(10_000);
    expect(connection.outputLength).toBe(16 * ((role === "server" ? 2 : 6) + 4));
    expect(sent(connection)).toMatchObject(
      Array.from({ length: 16 }, (_, index) => ({ opcode: 0xa, payload: utf8Bytes(`${9984 + index}`) })),
    );
  });

  it("gets a Pong each time when output is taken in between [X21]", () => {
    const connection = open(role);
    for (const payload of ["1", "2", "3"]) {
      deliver(connection, { opcode: "ping", payload });
      expect(sent(connection)).toMatchObject([{ opcode: 0xa, payload: utf8Bytes(payload) }]);
    }
  });

  it("does not displace a Ping or Pong of the application [X21]", () => {
    const connection = open(role);
    connection.sendPong(utf8Bytes("mine"));
    deliver(connection, { opcode: "ping", payload: "theirs" });
    connection.sendPing(utf8Bytes("also mine"));
    const payloads = sent(connection).map(({ payload }) => new TextDecoder().decode(payload));
    expect(payloads).toEqual(["mine", "also mine", "theirs"]);
  });

  it("gets no Pong after the peer's Close, since nothing after a Close is read [X20] [X09]", () => {
    const connection = open(role);
    const wire = framesFrom(
      peerRole(role),
      { opcode: "close", payload: closePayload(1000) },
      { opcode: "ping", payload: "late" },
    );
    expect(connection.receive(wire).map(({ type }) => type)).toEqual(["close"]);
    expect(outlineFrames(sent(connection))).toEqual(["close FIN 2"]);
  });

  it("gets no Pong if that was not taken before the peer's Close arrived [X20]", () => {
    const connection = open(role);
    const wire = framesFrom(
      peerRole(role),
      { opcode: "ping", payload: "1" },
      { opcode: "close", payload: closePayload(1000) },
    );
    expect(connection.receive(wire).map(({ type }) => type)).toEqual(["ping", "close"]);
    expect(outlineFrames(sent(connection))).toEqual(["close FIN 2"]);
  });

  it("gets a Pong after our own Close: only a received Close removes the obligation (§5.5.2) [X20]", () => {
    const connection = open(role);
    connection.sendClose(1000);
    expect(outlineFrames(sent(connection))).toEqual(["close FIN 2"]);
    expect(deliver(connection, { opcode: "ping", payload: "still" })).toHaveLength(1);
    expect(outlineFrames(sent(connection))).toEqual(["pong FIN 5"]);
    expect(connection.state).toBe("close-sent");
  });
});

describe.each(roles)("a Pong, received by a %s", (role) => {
  it.each([0, 1, 125])("that is unsolicited is reported and ignored, with %i bytes [X22]", (length) => {
    const connection = open(role);
    const payload = patternBytes(length);
    expect(deliver(connection, { opcode: "pong", payload })).toEqual([{ type: "pong", payload }]);
    expect(connection.takeOutput()).toEqual([]);
    expect(connection.state).toBe("open");
    expect(deliver(connection, { opcode: "text", payload: "on" })).toEqual([{ type: "text", data: "on" }]);
  });

  it("between fragments does not disturb the message [X22] [F15]", () => {
    const events = deliver(
      open(role),
      { opcode: "text", payload: "a", final: false },
      { opcode: "pong" },
      { opcode: "continuation", payload: "b" },
    );
    expect(events.map(({ type }) => type)).toEqual(["pong", "text"]);
  });
});

describe("keepalive Pings", () => {
  const pingOf = (connection: ReturnType<typeof serverWith>): Uint8Array => {
    connection.expire("ping");
    const [ping] = sent(connection);
    expect(ping?.opcode).toBe(0x9);
    return ping?.payload ?? hexBytes("");
  };

  it("are acknowledged by a Pong with the payload of the outstanding Ping [X23]", () => {
    const server = serverWith();
    const payload = pingOf(server);
    expect(server.awaitsPong).toBe(true);
    deliver(server, { opcode: "pong", payload });
    expect(server.awaitsPong).toBe(false);
  });

  it("are all acknowledged by a Pong to a later Ping (§5.5.3) [X23]", () => {
    const server = serverWith();
    const first = pingOf(server);
    const second = pingOf(server);
    expect(first).not.toEqual(second);
    deliver(server, { opcode: "pong", payload: second });
    expect(server.awaitsPong).toBe(false);
    deliver(server, { opcode: "pong", payload: first });
    expect(server.awaitsPong).toBe(false);
  });

  it("stay outstanding when the Pong acknowledges an earlier Ping [X23]", () => {
    const server = serverWith();
    const first = pingOf(server);
    pingOf(server);
    deliver(server, { opcode: "pong", payload: first });
    expect(server.awaitsPong).toBe(true);
  });

  it.each([
    ["an empty one", ""],
    ["another payload", "6869"],
    ["a payload that was never sent", "6862 00000002"],
    ["a payload of the future", "6862 ffffffff"],
    ["the number zero", "6862 00000000"],
    ["one byte too few", "6862 000000"],
    ["one byte too many", "6862 00000001 00"],
    ["another prefix", "6863 00000001"],
    ["another first byte", "6762 00000001"],
  ])("are not acknowledged by a Pong with %s [X22] [X23]", (_, payload) => {
    const server = serverWith();
    expect(pingOf(server)).toEqual(hexBytes("6862 00000001"));
    deliver(server, { opcode: "pong", payload: hexBytes(payload) });
    expect(server.awaitsPong).toBe(true);
  });

  it("await a Pong from when they are taken, not from when they are queued [X23]", () => {
    const server = serverWith();
    server.sendPing(utf8Bytes("mine"));
    server.expire("ping");
    expect(server.awaitsPong).toBe(false);
    // Room for one control frame only: the application's, which was queued first.
    expect(outlineFrames(sent(server, 1))).toEqual(["ping FIN 4"]);
    expect(server.awaitsPong).toBe(false);
    expect(outlineFrames(sent(server, 1))).toEqual(["ping FIN 6"]);
    expect(server.awaitsPong).toBe(true);
  });

  it("do not include those of the application, whose Pongs are only reported [X23]", () => {
    const client = clientWith();
    client.sendPing(utf8Bytes("mine"));
    sent(client);
    expect(client.awaitsPong).toBe(false);
  });
});

describe.each(roles)("control frames, sent by a %s", (role) => {
  it.each(["sendPing", "sendPong"] as const)("%s accepts 0 to 125 bytes and throws for 126 [F06]", (command) => {
    const connection = open(role);
    connection[command]();
    connection[command](patternBytes(125));
    expectUsageError(connection, "control/payload-too-long", () => connection[command](patternBytes(126)));
    expect(sent(connection).map(({ payload }) => payload.length)).toEqual([0, 125]);
  });

  it.each(["sendPing", "sendPong"] as const)(
    "%s sends the payload as it was at the call, and does not modify the array [F12]",
    (command) => {
      const connection = open(role);
      const payload = utf8Bytes("before");
      connection[command](payload);
      payload.fill(0x78);
      expect(sent(connection)).toMatchObject([{ payload: utf8Bytes("before") }]);
      expect(payload).toEqual(utf8Bytes("xxxxxx"));
    },
  );

  it("takeOutput(budget) applies to control frames too, in whole frames", () => {
    const connection = open(role);
    for (const payload of ["1", "2", "3"]) connection.sendPing(utf8Bytes(payload));
    deliver(connection, { opcode: "ping", payload: "4" });
    connection.sendText("5");
    expect(connection.takeOutput(0)).toEqual([]);
    expect(outlineFrames(sent(connection, 1))).toEqual(["ping FIN 1"]);
    const size = role === "server" ? 3 : 7;
    expect(outlineFrames(sent(connection, size + 1))).toEqual(["ping FIN 1", "ping FIN 1"]);
    expect(outlineFrames(sent(connection, size))).toEqual(["pong FIN 1"]);
    expect(outlineFrames(sent(connection, 1))).toEqual(["text FIN 1"]);
    expect(connection.outputLength).toBe(0);
  });
});
