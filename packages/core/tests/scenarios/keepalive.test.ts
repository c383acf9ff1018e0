/** Peers that fall silent, and how that is detected, in simulated time. */
import { Backoff } from "@hybi/core/policy";
import { VirtualClock, withTranscript } from "@hybi/testing";
import { describe, expect, it } from "vitest";
import { afterOpening, openEndpoints } from "./stories.ts";

const deadlines = { ping: 25_000, pong: 20_000, closing: 10_000 };

describe("a server with keepalive", () => {
  it("sends a Ping whenever the client was silent for long enough, as long as Pongs arrive [X20] [X23]", () => {
    const story = openEndpoints({ server: { deadlines, link: { latency: 100 } }, client: { link: { latency: 100 } } });
    withTranscript(story, () => {
      story.run(200_000);
      expect(story.second.subject.state).toBe("open");
      const pings = story.first.history.filter(({ event }) => event.type === "ping").map(({ at }) => at);
      expect(pings.length).toBeGreaterThan(6);
      expect(story.second.ofType("pong")).toHaveLength(pings.length);
    });
  });

  it("fails a connection to a vanished client without a further message, and drops the transport [X23]", () => {
    const story = openEndpoints({ server: { deadlines } });
    const { second: server } = story;
    withTranscript(story, () => {
      story.vanish();
      story.run(100_000);
      expect(afterOpening(server.events)).toMatchObject([
        { type: "failure", violation: { code: "deadline/pong", statusCode: 1011 } },
        { type: "end", clean: false, statusCode: 1006 },
      ]);
      // 25 s of silence after the opening at 0, 20 s for the Pong, 10 s for the end of the transport.
      expect(server.history.slice(-2).map(({ at }) => at)).toEqual([45_000, 55_000]);
    });
  });

  it("does not fail a slow client: a Pong to any later Ping suffices [X23]", () => {
    const story = openEndpoints({ server: { deadlines } });
    withTranscript(story, () => {
      // The server's output is delayed by less than the time allowed for a Pong.
      story.second.link.stall();
      story.run(24_000 + 19_000);
      story.second.link.resume();
      story.run(1000);
      expect(story.second.subject.state).toBe("open");
      expect(story.second.ofType("pong").length).toBeGreaterThan(0);
    });
  });

  it("times a Pong from when the Ping left, not from when it was queued behind a download [X23]", () => {
    const story = openEndpoints({ server: { deadlines, link: { window: 1 } } });
    const { first: client, second: server } = story;
    withTranscript(story, () => {
      // Nothing leaves: the window is full, and what is in flight is delayed.
      server.link.stall();
      server.do((endpoint) => endpoint.sendText("fills the window"));
      story.run(60_000);
      expect(server.subject.state).toBe("open");
      expect(server.subject.statistics.pingsTaken).toBe(0);
      server.link.resume();
      story.run(1000);
      expect(client.ofType("ping").length).toBeGreaterThan(0);
      story.run(30_000);
      expect(server.subject.state).toBe("open");
    });
  });

  it("closes a connection with 1001 when no message passed for the idle time, even if Pings did", () => {
    const story = openEndpoints({ server: { deadlines: { ...deadlines, idle: 60_000 } } });
    withTranscript(story, () => {
      story.run(70_000);
      expect(afterOpening(story.first.events)).toMatchObject([
        { type: "ping" },
        { type: "ping" },
        { type: "close", statusCode: 1001 },
        { type: "end", clean: true, statusCode: 1001 },
      ]);
    });
  });

  it("fails a client that floods it with control frames [X21]", () => {
    const story = openEndpoints({ server: { deadlines: { controlFrames: 100, controlWindow: 1000 } } });
    const { first: client, second: server } = story;
    withTranscript(story, () => {
      client.do((endpoint) => {
        for (let index = 0; index < 300; index++) endpoint.sendPing();
      });
      story.run(10);
      expect(server.events.at(-2)).toMatchObject({ type: "failure", violation: { code: "deadline/control-flood" } });
    });
  });
});

describe("a client that reconnects", () => {
  it("waits longer after each failed attempt, and starts over after a stable connection [X26]", () => {
    const clock = new VirtualClock();
    // Always the middle of the random range.
    const backoff = new Backoff({
      random: (target) => target.fill(0x80),
      firstDelay: 4000,
      maximumDelay: 20_000,
      stableAfter: 10_000,
    });
    const attempts: number[] = [];
    /** How long each connection lasts once it is open; 0 never opens. */
    const fates = [30_000, 0, 0, 0, 0, 15_000, 0];
    const connect = (): void => {
      const fate = fates[attempts.length];
      if (fate === undefined) return;
      attempts.push(clock.now);
      if (fate > 0) {
        backoff.opened(clock.now);
        const story = openEndpoints({}, 0);
        clock.schedule(clock.now + fate, () => {
          story.cut();
          story.run(1);
          expect(story.first.subject.state).toBe("ended");
          again();
        });
      } else again();
    };
    const again = (): void => {
      const delay = backoff.lost(clock.now);
      expect(delay).toBeDefined();
      if (delay !== undefined) clock.schedule(clock.now + delay, connect);
    };
    connect();
    clock.advance(1_000_000);
    const gaps = attempts.slice(1).map((at, index) => Math.round(at - (attempts[index] ?? 0) - (fates[index] ?? 0)));
    const middle = 0x8080_8080 / 0x1_0000_0000;
    expect(gaps[0]).toBe(Math.round(4000 * middle));
    // Each delay is at least as long as the previous one could have been, up to the longest.
    expect(gaps[1]).toBe(Math.round(4000 + 4000 * middle));
    expect(gaps[2]).toBe(Math.round(8000 + 8000 * middle));
    expect(gaps[3]).toBeGreaterThanOrEqual(10_000);
    expect(gaps[4]).toBeLessThanOrEqual(20_000);
    // The sixth connection was stable, so a first delay follows.
    expect(gaps[5]).toBe(Math.round(4000 * middle));
  });
});
