/** Deadlines: RFC 6455 §5.5.2–5.5.3 (keepalive), §7.1.1 (closing), §10.4 (floods). An instant is a number of milliseconds. */
import { frameFrom, outlineFrames, patternBytes, peerRole, roles } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { Deadlines } from "../../src/time/deadlines.ts";
import { closing, deliver, open, sent, sentClose, serverWith } from "../support/connections.ts";

const started = 1_000_000;

describe("keepalive", () => {
  it("a Ping is due 25 s after the last byte received, and any byte postpones it [X23]", () => {
    const server = serverWith();
    const deadlines = new Deadlines(server);
    expect(deadlines.observe(started)).toEqual({ at: started + 25_000, reason: "ping" });
    server.receive(Uint8Array.of(0x81));
    expect(deadlines.observe(started + 10_000)).toEqual({ at: started + 35_000, reason: "ping" });
    server.sendText("what we send does not count");
    sent(server);
    expect(deadlines.observe(started + 20_000)).toEqual({ at: started + 35_000, reason: "ping" });
    expect(deadlines.expire(started + 34_999)).toEqual([]);
    expect(server.outputLength).toBe(0);
    expect(deadlines.expire(started + 35_000)).toEqual([]);
    expect(outlineFrames(sent(server))).toEqual(["ping FIN 6"]);
  });

  it("the Pong is due 20 s after the Ping was taken, not after it was queued [X23]", () => {
    const server = serverWith();
    const deadlines = new Deadlines(server);
    deadlines.observe(0);
    deadlines.expire(25_000);
    expect(deadlines.observe(25_000)).toEqual({ at: 50_000, reason: "ping" });
    // The transport had no room for 15 s.
    expect(deadlines.observe(40_000)).toEqual({ at: 50_000, reason: "ping" });
    sent(server);
    expect(deadlines.observe(40_000)).toEqual({ at: 60_000, reason: "pong" });
    expect(deadlines.observe(41_000)).toEqual({ at: 60_000, reason: "pong" });
  });

  it("the connection fails with 1011 when no Pong arrived in time, whatever else was received [X23] [X19]", () => {
    const server = serverWith();
    const deadlines = new Deadlines(server);
    deadlines.observe(0);
    deadlines.expire(25_000);
    sent(server);
    deadlines.observe(25_000);
    deliver(server, { opcode: "text", payload: "not a Pong" }, { opcode: "pong", payload: "not the Pong" });
    expect(deadlines.observe(30_000)).toEqual({ at: 45_000, reason: "pong" });
    expect(deadlines.expire(44_999)).toEqual([]);
    expect(deadlines.expire(45_000)).toMatchObject([
      { type: "failure", violation: { code: "deadline/pong", statusCode: 1011 } },
    ]);
    expect(sentClose(server).statusCode).toBe(1011);
    expect(deadlines.observe(45_000)).toEqual({ at: 55_000, reason: "closing" });
  });

  it("a Pong postpones the next Ping by its full span, and the next Pong gets its own [X23]", () => {
    const server = serverWith();
    const deadlines = new Deadlines(server, { ping: 100, pong: 50 });
    deadlines.observe(0);
    for (const at of [100, 210, 320]) {
      expect(deadlines.expire(at)).toEqual([]);
      const [ping] = sent(server);
      expect(deadlines.observe(at)).toEqual({ at: at + 50, reason: "pong" });
      deliver(server, { opcode: "pong", payload: ping?.payload ?? "" });
      expect(deadlines.observe(at + 10)).toEqual({ at: at + 110, reason: "ping" });
    }
  });

  it("a Ping that is not taken is followed by another after each span, without a failure [X23]", () => {
    const server = serverWith();
    const deadlines = new Deadlines(server, { ping: 100, pong: 50 });
    deadlines.observe(0);
    for (let at = 100; at <= 500; at += 100) expect(deadlines.expire(at)).toEqual([]);
    expect(server.state).toBe("open");
    expect(outlineFrames(sent(server))).toHaveLength(5);
    expect(deadlines.observe(510)).toEqual({ at: 560, reason: "pong" });
  });

  it("a late call performs what is due once, without catching up on earlier spans [X23]", () => {
    const server = serverWith();
    const deadlines = new Deadlines(server, { ping: 100 });
    deadlines.observe(0);
    expect(deadlines.expire(100_000)).toEqual([]);
    expect(outlineFrames(sent(server))).toEqual(["ping FIN 6"]);
  });
});

describe.each(roles)("closing, of a %s", (role) => {
  it("is one span over all its states, from our Close to the end of the transport [X12] [X11]", () => {
    const connection = open(role);
    const deadlines = new Deadlines(connection, { closing: 500 });
    deadlines.observe(0);
    connection.sendClose(1000);
    expect(deadlines.observe(100)).toEqual({ at: 600, reason: "closing" });
    sent(connection);
    expect(connection.state).toBe("close-sent");
    expect(deadlines.observe(300)).toEqual({ at: 600, reason: "closing" });
    connection.receive(closing(connection));
    expect(connection.state).toBe("closed");
    // The client waits for the server to end the transport, but not forever.
    expect(deadlines.observe(500)).toEqual({ at: 600, reason: "closing" });
    expect(connection.transportAction).toBe(role === "server" ? "end" : "await-end");
    expect(deadlines.expire(599)).toEqual([]);
    expect(connection.transportAction).toBe(role === "server" ? "end" : "await-end");
    expect(deadlines.expire(600)).toEqual([]);
    expect(connection.transportAction).toBe("abort");
    expect(deadlines.observe(601)).toBeUndefined();
    expect(deadlines.expire(10_000)).toEqual([]);
  });

  it("also begins with the peer's Close, and with a failure [X11] [X16]", () => {
    for (const chunk of [closing(open(role)), frameFrom(peerRole(role), { opcode: 0xf })]) {
      const connection = open(role);
      const deadlines = new Deadlines(connection);
      deadlines.observe(0);
      connection.receive(chunk.slice());
      expect(deadlines.observe(50)).toEqual({ at: 10_050, reason: "closing" });
      sent(connection);
      expect(deadlines.observe(60)).toEqual({ at: 10_050, reason: "closing" });
      deadlines.expire(10_050);
      expect(connection.transportAction).toBe("abort");
    }
  });

  it("is over when the transport ends, and nothing is due afterwards [X12]", () => {
    const connection = open(role);
    const deadlines = new Deadlines(connection);
    deadlines.observe(0);
    connection.receiveEnd();
    expect(deadlines.observe(1)).toBeUndefined();
    expect(deadlines.expire(1e9)).toEqual([]);
  });

  it("keeps its deadline when output is taken only after the transport was dropped [X12]", () => {
    const connection = open(role);
    const deadlines = new Deadlines(connection, { closing: 10 });
    deadlines.observe(0);
    connection.sendClose();
    deadlines.observe(0);
    deadlines.expire(10);
    sent(connection);
    expect(connection.state).toBe("close-sent");
    expect(deadlines.observe(11)).toBeUndefined();
  });

  it("has no Pings and no idle deadline [X12]", () => {
    const connection = open(role);
    const deadlines = new Deadlines(connection, { ping: 10, idle: 10, closing: 1000 });
    deadlines.observe(0);
    connection.sendClose();
    sent(connection);
    expect(deadlines.expire(500)).toEqual([]);
    expect(connection.takeOutput()).toEqual([]);
    expect(deadlines.observe(500)).toEqual({ at: 1500, reason: "closing" });
  });
});

describe("idle time", () => {
  it("is unlimited by default", () => {
    const deadlines = new Deadlines(serverWith(), { ping: Number.POSITIVE_INFINITY });
    expect(deadlines.observe(0)).toBeUndefined();
    expect(deadlines.expire(1e12)).toEqual([]);
  });

  it("runs from the last message in either direction, not from Pings, and ends in a Close with 1001", () => {
    const server = serverWith();
    const deadlines = new Deadlines(server, { idle: 100, ping: Number.POSITIVE_INFINITY });
    expect(deadlines.observe(0)).toEqual({ at: 100, reason: "idle" });
    server.sendText("x");
    expect(deadlines.observe(50)).toEqual({ at: 150, reason: "idle" });
    deliver(server, { opcode: "text", payload: "x" });
    expect(deadlines.observe(80)).toEqual({ at: 180, reason: "idle" });
    deliver(server, { opcode: "ping" }, { opcode: "pong" });
    server.sendPing();
    expect(deadlines.observe(170)).toEqual({ at: 180, reason: "idle" });
    sent(server);
    expect(deadlines.expire(180)).toEqual([]);
    expect(sentClose(server)).toEqual({ statusCode: 1001, reason: "idle" });
    expect(deadlines.observe(180)).toEqual({ at: 10_180, reason: "closing" });
  });

  it("is independent of keepalive: the earlier is reported, and both are performed when both are due", () => {
    const server = serverWith();
    const deadlines = new Deadlines(server, { idle: 100, ping: 60 });
    expect(deadlines.observe(0)).toEqual({ at: 60, reason: "ping" });
    deadlines.expire(60);
    expect(deadlines.observe(60)).toEqual({ at: 100, reason: "idle" });
    deadlines.expire(200);
    expect(outlineFrames(sent(server))).toEqual(["ping FIN 6", "close FIN 6"]);
  });
});

describe("control floods", () => {
  const flood = (server: ReturnType<typeof serverWith>, count: number) => {
    for (let index = 0; index < count; index++) deliver(server, { opcode: index % 2 === 0 ? "ping" : "pong" });
  };

  it("more than 1,000 control frames at once fail the connection with 1008, and exactly 1,000 do not [X21] [X19]", () => {
    const server = serverWith();
    const deadlines = new Deadlines(server);
    deadlines.observe(0);
    flood(server, 1000);
    expect(deadlines.observe(0)?.reason).toBe("ping");
    flood(server, 1);
    expect(deadlines.observe(0)).toEqual({ at: 0, reason: "control-flood" });
    expect(deadlines.expire(0)).toMatchObject([{ type: "failure", violation: { code: "deadline/control-flood" } }]);
    expect(sentClose(server).statusCode).toBe(1008);
  });

  it("as many again are accepted in each window [X21]", () => {
    const server = serverWith();
    const deadlines = new Deadlines(server, { controlFrames: 10, controlWindow: 100 });
    for (let now = 0; now <= 1000; now += 100) {
      expect(deadlines.expire(now)).toEqual([]);
      flood(server, 5);
      expect(deadlines.expire(now + 50)).toEqual([]);
      flood(server, 5);
      expect(deadlines.expire(now + 99)).toEqual([]);
    }
    expect(server.state).toBe("open");
  });

  it("a burst that comes in one turn after a quiet time is what may have gathered in it, and no more [X21] [A12]", () => {
    const server = serverWith();
    const deadlines = new Deadlines(server, { controlFrames: 10, controlWindow: 100 });
    deadlines.observe(0);
    flood(server, 510);
    expect(deadlines.observe(5000)?.reason).toBe("ping");
    flood(server, 1);
    expect(deadlines.observe(5000)).toEqual({ at: 5000, reason: "control-flood" });
  });

  it("what was received before the first observation does not count, as its time is unknown [X21]", () => {
    const server = serverWith();
    flood(server, 50);
    const deadlines = new Deadlines(server, { controlFrames: 10 });
    expect(deadlines.observe(0)?.reason).toBe("ping");
    flood(server, 11);
    expect(deadlines.observe(0)?.reason).toBe("control-flood");
  });

  it("messages and their fragments do not count as control frames [X21]", () => {
    const server = serverWith();
    const deadlines = new Deadlines(server, { controlFrames: 0 });
    deadlines.observe(0);
    deliver(server, { opcode: "text", payload: "a", final: false }, { opcode: "continuation" }, { opcode: "binary" });
    expect(deadlines.observe(1)?.reason).toBe("ping");
  });

  it("a caller that never expires the deadline gets the same result from observe, and lacks only the defense", () => {
    const server = serverWith();
    const deadlines = new Deadlines(server, { controlFrames: 1 });
    deadlines.observe(0);
    flood(server, 2);
    expect(deadlines.observe(1)).toEqual({ at: 1, reason: "control-flood" });
    expect(deadlines.observe(2)).toEqual({ at: 2, reason: "control-flood" });
  });
});

describe("stalled output", () => {
  const stalled = { stalled: 30, ping: Number.POSITIVE_INFINITY };

  it("drops the transport at once, and queues no Close frame [R16]", () => {
    const server = serverWith();
    const deadlines = new Deadlines(server, stalled);
    server.sendText("waits");
    const { outputLength } = server;
    expect(deadlines.observe(0)).toEqual({ at: 30, reason: "stalled" });
    expect(deadlines.expire(29)).toEqual([]);
    expect(deadlines.expire(30)).toMatchObject([{ type: "failure", violation: { code: "deadline/stalled" } }]);
    expect([server.transportAction, server.outputLength]).toEqual(["abort", outputLength]);
    expect(deadlines.observe(31)).toBeUndefined();
    expect(server.receiveEnd()).toEqual([{ type: "end", clean: false, statusCode: 1006, reason: "" }]);
  });

  it("is not the peer's fault while the application owes the rest of a message in pieces [R16]", () => {
    const server = serverWith();
    const deadlines = new Deadlines(server, stalled);
    const stream = server.startMessage("text");
    server.sendText("behind");
    expect([server.awaitsSender, server.outputLength > 0]).toEqual([true, true]);
    expect(deadlines.observe(0)).toBeUndefined();
    stream.write("a");
    expect(server.awaitsSender).toBe(false);
    expect(deadlines.observe(10)).toEqual({ at: 40, reason: "stalled" });
    sent(server);
    expect(deadlines.observe(39)).toBeUndefined();
    server.sendPing();
    expect(deadlines.observe(50)).toEqual({ at: 80, reason: "stalled" });
    sent(server);
    stream.end();
    expect(deadlines.observe(100)).toEqual({ at: 130, reason: "stalled" });
    sent(server);
    server.startMessage("text");
    server.sendClose(1000);
    expect(server.awaitsSender).toBe(false);
  });

  it("also drops a closing connection whose Close is queued, without waiting for the closing deadline [R16]", () => {
    const server = serverWith();
    const deadlines = new Deadlines(server, { ...stalled, closing: 1000 });
    server.sendText("waits");
    deadlines.observe(0);
    server.sendClose(1000);
    expect(deadlines.observe(20)).toEqual({ at: 30, reason: "stalled" });
    expect(deadlines.expire(30)).toMatchObject([{ type: "failure", violation: { code: "deadline/stalled" } }]);
    expect(server.transportAction).toBe("abort");
  });

  it("leaves a closing connection alone whose Close frame was taken: it has its own deadline [R16]", () => {
    const server = serverWith();
    const deadlines = new Deadlines(server, { ...stalled, closing: 1000 });
    server.sendClose(1000);
    deadlines.observe(0);
    sent(server);
    expect(deadlines.observe(10)).toEqual({ at: 1000, reason: "closing" });
  });

  it("together with an overdue Pong leads to no Close frame either [R16]", () => {
    const server = serverWith();
    const deadlines = new Deadlines(server, { ping: 100, pong: 50 });
    deadlines.observe(0);
    deadlines.expire(100);
    server.sendBinary(patternBytes(100_000));
    server.takeOutput(10);
    expect(deadlines.observe(100)).toEqual({ at: 150, reason: "pong" });
    expect(deadlines.expire(150)).toMatchObject([{ type: "failure", violation: { code: "deadline/pong" } }]);
    expect(server.transportAction).toBe("abort");
    expect(deadlines.observe(151)).toBeUndefined();
  });
});

describe("one timer", () => {
  it("driven only by the result of observe, a silent peer is pinged, failed and dropped [X12] [X23]", () => {
    const server = serverWith();
    const deadlines = new Deadlines(server);
    const story: string[] = [];
    let now = 0;
    for (;;) {
      const deadline = deadlines.observe(now);
      if (deadline === undefined) break;
      now = deadline.at;
      const events = deadlines.expire(now).map(({ type }) => type);
      story.push(`${now} ${deadline.reason} ${events} → ${outlineFrames(sent(server))} ${server.transportAction}`);
    }
    expect(story).toEqual([
      "25000 ping  → ping FIN 6 keep",
      "45000 pong failure → close FIN 15 end",
      "55000 closing  →  abort",
    ]);
  });

  it("processing bytes needs no clock: the same bytes at other times give the same events", () => {
    const run = (gap: number) => {
      const server = serverWith();
      const deadlines = new Deadlines(server, { ping: Number.POSITIVE_INFINITY });
      const wire = frameFrom("client", { opcode: "binary", payload: patternBytes(50) });
      return [...wire].flatMap((byte, index) => {
        deadlines.expire(index * gap);
        return server.receive(Uint8Array.of(byte));
      });
    };
    expect(run(0)).toEqual(run(1_000_000));
    expect(run(0)).toEqual([{ type: "binary", data: patternBytes(50) }]);
  });
});
