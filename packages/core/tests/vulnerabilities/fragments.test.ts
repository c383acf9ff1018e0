/** Many small units: fragments, chunks and control frames, each of which costs more than its bytes. */
import { concatBytes, frameFrom, peerRole, roles } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { Deadlines } from "../../src/time/deadlines.ts";
import { defaultLimits } from "../../src/vocabulary/limits.ts";
import { deliver, open, sent } from "../support/connections.ts";

describe.each(roles)("a %s", (role) => {
  const peer = peerRole(role);

  it.each([0, 1])("fails for fragments of %i bytes beyond a default limit [V20] [V28]", (size) => {
    const connection = open(role);
    const payload = new Uint8Array(size);
    const continuation = frameFrom(peer, { opcode: "continuation", payload, final: false });
    connection.receive(frameFrom(peer, { opcode: "binary", payload, final: false }));
    const thousand = concatBytes(Array.from({ length: 1000 }, () => continuation));
    let received = 1;
    let events = connection.receive(new Uint8Array(0));
    while (events.length === 0 && received < 2 * defaultLimits.fragments) {
      events = connection.receive(thousand.slice());
      received += 1000;
    }
    expect(events).toMatchObject([
      { type: "failure", violation: { code: "message/too-many-fragments", statusCode: 1008 } },
    ]);
    const first = frameFrom(peer, { opcode: "binary", payload, final: false }).length;
    const [event] = events;
    expect(event?.type === "failure" && event.violation.offset).toBe(
      first + (defaultLimits.fragments - 1) * continuation.length,
    );
  });

  it("stores nothing of unsolicited Pongs, and sends no reply to them [V26]", () => {
    const connection = open(role);
    for (let count = 0; count < 10_000; count++) {
      deliver(connection, { opcode: "pong", payload: `malicious ${count}` });
    }
    expect(connection.awaitsPong).toBe(false);
    expect(connection.takeOutput()).toEqual([]);
    expect(deliver(connection, { opcode: "text", payload: "on" })).toEqual([{ type: "text", data: "on" }]);
  });

  it("does not accept a Pong with a foreign payload as a reply to its Ping [V26]", () => {
    const connection = open(role);
    connection.expire("ping");
    const [ping] = sent(connection);
    for (const payload of ["", "x", "\0\0\0\0", "\xff\xff\xff\xff", "x".repeat(125)]) {
      deliver(connection, { opcode: "pong", payload });
      expect(connection.awaitsPong).toBe(true);
    }
    deliver(connection, { opcode: "pong", payload: ping?.payload ?? "" });
    expect(connection.awaitsPong).toBe(false);
  });

  it("fails a peer that sends more Pongs than the deadlines allow [V26]", () => {
    const connection = open(role);
    const deadlines = new Deadlines(connection);
    deadlines.observe(0);
    for (let count = 0; count < 1001; count++) deliver(connection, { opcode: "pong" });
    expect(deadlines.expire(0)).toMatchObject([{ type: "failure", violation: { code: "deadline/control-flood" } }]);
  });

  it("holds 16 Pongs, however many Pings arrive while its output is not taken [V43]", () => {
    const connection = open(role);
    const ping = frameFrom(peer, { opcode: "ping", payload: "x".repeat(125) });
    const hundred = concatBytes(Array.from({ length: 100 }, () => ping));
    for (let count = 0; count < 100; count++) connection.receive(hundred.slice());
    expect(connection.outputLength).toBeLessThanOrEqual(16 * (125 + 6));
    expect(sent(connection)).toHaveLength(16);
  });
});
