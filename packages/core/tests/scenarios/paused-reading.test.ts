/** A caller that pauses reading: the peer's Pong stays unread, so its silence proves nothing. */
import { Connection, Deadlines, plainAgreement } from "@hybi/core";
import { describe, expect, it } from "vitest";

describe("Deadlines while the caller does not read", () => {
  it("neither sends a Ping nor misses a Pong, and counts both from when reading resumes [X23]", () => {
    const connection = new Connection(plainAgreement("server"));
    const deadlines = new Deadlines(connection, { ping: 25, pong: 20 });
    expect(deadlines.observe(0)).toEqual({ at: 25, reason: "ping" });
    deadlines.expire(25);
    connection.takeOutput();
    expect(deadlines.observe(25)).toEqual({ at: 45, reason: "pong" });
    deadlines.pause();
    expect(deadlines.observe(30)).toBeUndefined();
    expect(deadlines.expire(1000)).toEqual([]);
    deadlines.resume(1000);
    expect(deadlines.observe(1000)).toEqual({ at: 1020, reason: "pong" });
    expect(deadlines.expire(1020)).toMatchObject([{ type: "failure", violation: { code: "deadline/pong" } }]);
  });

  it("still ends idle and closing connections", () => {
    const connection = new Connection(plainAgreement("server"));
    const deadlines = new Deadlines(connection, { ping: 25, idle: 100, closing: 10 });
    deadlines.observe(0);
    deadlines.pause();
    expect(deadlines.observe(1)).toEqual({ at: 100, reason: "idle" });
    connection.sendClose(1000);
    expect(deadlines.observe(2)).toEqual({ at: 12, reason: "closing" });
    deadlines.resume(3);
    expect(deadlines.observe(3)).toEqual({ at: 12, reason: "closing" });
  });
});
