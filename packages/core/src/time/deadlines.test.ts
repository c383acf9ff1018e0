import { describe, expect, it } from "vitest";
import { usageErrorOf } from "../../tests/support/connections.ts";
import {
  DeadlineConfig,
  type DeadlineOptions,
  type DeadlineReason,
  type DeadlineSubject,
  Deadlines,
  defaultDeadlines,
} from "./deadlines.ts";
import type { Statistics } from "./statistics.ts";

/** A subject with every property settable, which records why it was expired. */
class Subject implements DeadlineSubject {
  state: DeadlineSubject["state"] = "opening";
  awaitsPong = false;
  pingsAnswered = 0;
  awaitsAnswer = false;
  outputLength = 0;
  isWithinMessage = false;
  bytesReceived = 0;
  bytesTaken = 0;
  messagesReceived = 0;
  messagesSent = 0;
  controlFramesReceived = 0;
  pingsTaken = 0;
  readonly expired: DeadlineReason[] = [];

  expire(reason: DeadlineReason): [] {
    this.expired.push(reason);
    if (reason === "opening" || reason === "pong" || reason === "message" || reason === "control-flood")
      this.state = "failing";
    if ((reason === "stalled" || reason === "resting") && this.state === "open") this.state = "failed";
    if (reason === "idle") this.state = "closing";
    return [];
  }

  count(changes: Partial<Statistics>): void {
    Object.assign(this, changes);
  }
}

function watched(options?: DeadlineOptions, state: DeadlineSubject["state"] = "open") {
  const subject = new Subject();
  subject.state = state;
  return { subject, deadlines: new Deadlines(subject, options) };
}

describe("Deadlines", () => {
  it("know when the connection opened, also once it closes, and nothing if it never did", () => {
    const { subject, deadlines } = watched(undefined, "opening");
    deadlines.observe(100);
    expect(deadlines.openedAt).toBeUndefined();
    subject.state = "open";
    deadlines.observe(150.5);
    subject.count({ messagesReceived: 1 });
    deadlines.observe(200);
    expect(deadlines.openedAt).toBe(151);
    for (const state of ["closing", "close-sent", "ended"] as const) {
      subject.state = state;
      expect(deadlines.openedAt).toBe(151);
      deadlines.observe(300);
      expect(deadlines.openedAt).toBe(151);
    }
    const failed = watched(undefined, "opening");
    failed.deadlines.observe(1);
    failed.subject.state = "failing";
    failed.deadlines.observe(2);
    expect(failed.deadlines.openedAt).toBeUndefined();
  });

  it("give the opening handshake 10 s from the first observation, however slowly bytes trickle in", () => {
    const { subject, deadlines } = watched(undefined, "opening");
    expect(deadlines.observe(100)).toEqual({ at: 10_100, reason: "opening" });
    subject.count({ bytesReceived: 50 });
    expect(deadlines.observe(5000)).toEqual({ at: 10_100, reason: "opening" });
    deadlines.expire(10_099);
    expect(subject.expired).toEqual([]);
    deadlines.expire(10_100);
    expect(subject.expired).toEqual(["opening"]);
    expect(deadlines.observe(10_100)).toEqual({ at: 20_100, reason: "closing" });
  });

  it("are at whole milliseconds, never earlier than they should be", () => {
    const { deadlines } = watched({ ping: 100 });
    expect(deadlines.observe(0.25)).toEqual({ at: 101, reason: "ping" });
    expect(deadlines.observe(0.5)).toEqual({ at: 101, reason: "ping" });
  });

  it("have a configuration, and know whether they are paused", () => {
    const { deadlines } = watched({ ping: 1000 });
    expect([deadlines.config.ping, deadlines.config.pong]).toEqual([1000, 20_000]);
    expect(deadlines.isPaused).toBe(false);
    deadlines.pause(5);
    expect(deadlines.isPaused).toBe(true);
    deadlines.resume(6);
    expect(deadlines.isPaused).toBe(false);
  });

  it("return the instant alone from nextAt, Infinity for never", () => {
    const { subject, deadlines } = watched({ ping: 100 });
    expect(deadlines.nextAt(5)).toBe(105);
    subject.state = "ended";
    expect(deadlines.nextAt(6)).toBe(Number.POSITIVE_INFINITY);
  });

  it("start the deadlines of the open connection when it opens", () => {
    const { subject, deadlines } = watched({ idle: 7000 }, "opening");
    deadlines.observe(0);
    subject.state = "open";
    expect(deadlines.observe(3000)).toEqual({ at: 10_000, reason: "idle" });
    subject.count({ messagesReceived: 1, bytesReceived: 5 });
    expect(deadlines.observe(9000)).toEqual({ at: 16_000, reason: "idle" });
    subject.count({ messagesSent: 1 });
    expect(deadlines.observe(10_000)).toEqual({ at: 17_000, reason: "idle" });
  });

  it("go from opening to closing or ended without being open", () => {
    const { subject, deadlines } = watched({ closing: 50 }, "opening");
    deadlines.observe(0);
    subject.state = "failing";
    expect(deadlines.observe(10)).toEqual({ at: 60, reason: "closing" });
    subject.state = "ended";
    expect(deadlines.observe(20)).toBeUndefined();
    expect(deadlines.expire(1000)).toEqual([]);
    expect(subject.expired).toEqual([]);
  });

  it("send a Ping after a quiet period, and expect its Pong while one is awaited [X23]", () => {
    const { subject, deadlines } = watched({ ping: 100, pong: 30 });
    deadlines.observe(0);
    deadlines.expire(100);
    expect(subject.expired).toEqual(["ping"]);
    subject.awaitsPong = true;
    expect(deadlines.observe(110)).toEqual({ at: 140, reason: "pong" });
    subject.awaitsPong = false;
    expect(deadlines.observe(120)).toEqual({ at: 200, reason: "ping" });
    subject.awaitsPong = true;
    expect(deadlines.observe(130)).toEqual({ at: 160, reason: "pong" });
    deadlines.expire(160);
    expect(subject.expired).toEqual(["ping", "pong"]);
  });

  it("are unchanged by messages that were sent and taken, unless those count, and by nothing else", () => {
    const changes: ((subject: Subject, deadlines: Deadlines) => void)[] = [
      (subject) => subject.count({ bytesReceived: 1 }),
      (subject) => subject.count({ pingsTaken: 1 }),
      (subject) => {
        subject.outputLength = 1;
      },
      (subject) => {
        subject.state = "closing";
      },
      (_, deadlines) => deadlines.pause(20),
    ];
    for (const change of changes) {
      const { subject, deadlines } = watched();
      expect(deadlines.isUnchanged).toBe(false);
      deadlines.observe(0);
      subject.count({ messagesSent: 3, bytesTaken: 30 });
      expect(deadlines.isUnchanged).toBe(true);
      expect(deadlines.observe(10)).toEqual({ at: 25_000, reason: "ping" });
      change(subject, deadlines);
      expect(deadlines.isUnchanged).toBe(false);
    }
    const { subject, deadlines } = watched({ idle: 100 });
    deadlines.observe(0);
    expect(deadlines.isUnchanged).toBe(true);
    subject.count({ messagesSent: 1 });
    expect(deadlines.isUnchanged).toBe(false);
  });

  describe("that are all Infinity but those of opening and closing", () => {
    const never = Number.POSITIVE_INFINITY;
    const timeless = { ping: never, pong: never, stalled: never, message: never, resting: never, idle: never };
    const options: DeadlineOptions = { ...timeless, controlFrames: never };

    it("are never due once the connection was observed to be open, until it closes", () => {
      const { subject, deadlines } = watched(options, "opening");
      expect(deadlines.observe(0)?.reason).toBe("opening");
      expect(deadlines.isNeverDue).toBe(false);
      subject.state = "open";
      expect(deadlines.isNeverDue).toBe(false);
      expect(deadlines.observe(1)).toBeUndefined();
      expect(deadlines.isNeverDue).toBe(true);
      subject.count({ bytesReceived: 5, messagesReceived: 2, messagesSent: 1, controlFramesReceived: 1e6 });
      subject.outputLength = 9;
      subject.isWithinMessage = true;
      deadlines.pause(2);
      expect(deadlines.isNeverDue).toBe(true);
      expect(deadlines.observe(1e9)).toBeUndefined();
      subject.state = "closing";
      expect(deadlines.isNeverDue).toBe(false);
      expect(deadlines.observe(1e9)?.reason).toBe("closing");
      expect([deadlines.isNeverDue, deadlines.openedAt]).toEqual([false, 1]);
    });

    it("are due again while a round trip is to be measured", () => {
      const { subject, deadlines } = watched(options);
      deadlines.observe(0);
      subject.count({ pingsTaken: 1 });
      expect(deadlines.isNeverDue).toBe(false);
      deadlines.observe(10);
      expect(deadlines.isNeverDue).toBe(false);
      subject.pingsAnswered = 1;
      deadlines.observe(15);
      expect([deadlines.isNeverDue, deadlines.roundTripTime(20)]).toEqual([true, 5]);
      subject.count({ pingsTaken: 2 });
      expect(deadlines.isNeverDue).toBe(false);
    });

    it.each(["ping", "pong", "stalled", "message", "resting", "idle", "controlFrames"] as const)(
      "may be due with one of them, such as %s",
      (name) => {
        const { deadlines } = watched({ ...options, [name]: 100 });
        deadlines.observe(0);
        expect(deadlines.isNeverDue).toBe(false);
      },
    );
  });

  it("have changed while output waited for the peer, until that was observed", () => {
    const { subject, deadlines } = watched();
    deadlines.observe(0);
    subject.outputLength = 1;
    deadlines.observe(10);
    subject.outputLength = 0;
    expect(deadlines.isUnchanged).toBe(false);
    deadlines.observe(20);
    expect(deadlines.isUnchanged).toBe(true);
  });

  it("have changed once reading has resumed, until that was observed", () => {
    const { deadlines } = watched({ resting: 100 });
    deadlines.observe(0);
    deadlines.pause(10);
    expect(deadlines.observe(10)).toEqual({ at: 110, reason: "resting" });
    deadlines.resume(20);
    expect(deadlines.isUnchanged).toBe(false);
    expect(deadlines.observe(20)?.reason).toBe("ping");
    expect(deadlines.isUnchanged).toBe(true);
  });

  it("send Pings of many connections at common instants, never early, and late by no more than a hundredth", () => {
    for (const ping of [1, 100, 199, 2000, 25_000, 86_400_000]) {
      const instants = new Set<number>();
      for (let connection = 0; connection < 1000; connection++) {
        const opened = (connection * ping) / 1000;
        const at = watched({ ping }).deadlines.nextAt(opened);
        expect(at - opened).toBeGreaterThanOrEqual(ping);
        expect(at - opened).toBeLessThanOrEqual(ping * 1.01 + 1);
        instants.add(at);
      }
      expect(instants.size).toBeLessThanOrEqual(200);
    }
    expect(watched({ ping: Number.POSITIVE_INFINITY }).deadlines.nextAt(5)).toBe(Number.POSITIVE_INFINITY);
  });

  it("measure the round trip of the latest Ping from when it was taken, once", () => {
    const { subject, deadlines } = watched();
    deadlines.observe(0);
    expect(deadlines.roundTripTime(5)).toBeUndefined();
    subject.count({ pingsTaken: 1 });
    deadlines.observe(10);
    subject.count({ pingsTaken: 2 });
    deadlines.observe(20);
    subject.pingsAnswered = 1;
    expect(deadlines.roundTripTime(30)).toBeUndefined();
    subject.pingsAnswered = 2;
    deadlines.observe(50);
    expect(deadlines.roundTripTime(60)).toBe(30);
    subject.count({ pingsTaken: 3 });
    deadlines.observe(70);
    subject.pingsAnswered = 3;
    expect(deadlines.roundTripTime(75)).toBe(5);
    expect(deadlines.roundTripTime(90)).toBe(5);
  });

  it("measure a Pong that arrives with the end of the connection, but no Ping taken while reading is paused", () => {
    const { subject, deadlines } = watched();
    subject.count({ pingsTaken: 1 });
    deadlines.observe(10);
    subject.pingsAnswered = 1;
    subject.state = "ended";
    deadlines.observe(15);
    expect(deadlines.roundTripTime(100)).toBe(5);

    const paused = watched();
    paused.deadlines.pause(0, "pinging");
    paused.subject.count({ pingsTaken: 1 });
    paused.deadlines.observe(10);
    paused.deadlines.resume(20);
    paused.subject.pingsAnswered = 1;
    paused.deadlines.observe(30);
    expect(paused.deadlines.roundTripTime(40)).toBeUndefined();
  });

  it("do not measure a Ping that was taken and answered between two observations", () => {
    const { subject, deadlines } = watched();
    subject.count({ pingsTaken: 1 });
    deadlines.observe(10);
    subject.count({ pingsTaken: 2 });
    subject.pingsAnswered = 2;
    expect(deadlines.roundTripTime(20)).toBeUndefined();
    deadlines.observe(20);
    deadlines.observe(5_000);
    expect(deadlines.roundTripTime(5_000)).toBeUndefined();
  });

  it("fail a peer that takes none of the queued output when so configured, and tolerate one that takes little", () => {
    const { subject, deadlines } = watched({ ping: 1000, stalled: 30 });
    subject.outputLength = 9000;
    expect(deadlines.observe(0)).toEqual({ at: 30, reason: "stalled" });
    subject.count({ bytesTaken: 10 });
    expect(deadlines.observe(25)).toEqual({ at: 55, reason: "stalled" });
    expect(deadlines.observe(40)).toEqual({ at: 55, reason: "stalled" });
    subject.outputLength = 0;
    expect(deadlines.observe(50)).toEqual({ at: 1000, reason: "ping" });
    subject.outputLength = 1;
    deadlines.pause();
    expect(deadlines.observe(60)).toEqual({ at: 90, reason: "stalled" });
    deadlines.expire(90);
    expect(subject.expired).toEqual(["stalled"]);
  });

  it("drop a transport that takes no output, once, and set no deadline after it [R16]", () => {
    for (const state of ["open", "closing", "close-sent", "close-received", "closed", "failing", "failed"] as const) {
      const { subject, deadlines } = watched({ stalled: 30, closing: 1000 }, state);
      subject.outputLength = 5;
      expect(deadlines.observe(0)).toEqual({ at: 30, reason: "stalled" });
      subject.count({ bytesTaken: 1 });
      expect(deadlines.observe(10)).toEqual({ at: 40, reason: "stalled" });
      deadlines.expire(39);
      expect(subject.expired).toEqual([]);
      deadlines.expire(40);
      deadlines.expire(5000);
      expect(subject.expired).toEqual(["stalled"]);
      expect(deadlines.observe(5000)).toBeUndefined();
    }
  });

  it("keep the closing deadline when it expires first, or when all output was taken [R16]", () => {
    const { subject, deadlines } = watched({ stalled: 300, closing: 100 }, "closing");
    subject.outputLength = 5;
    expect(deadlines.observe(0)).toEqual({ at: 100, reason: "closing" });
    subject.outputLength = 0;
    expect(deadlines.observe(50)).toEqual({ at: 100, reason: "closing" });
  });

  it("drop a peer at once that owes a Pong or was idle, and took no queued output for as long [R16]", () => {
    for (const [reason, options] of [
      ["pong", { ping: 100, pong: 50 }],
      ["idle", { idle: 50, ping: Number.POSITIVE_INFINITY }],
    ] as const) {
      for (const [waitsSince, dropped] of [
        [0, ["closing"]],
        [1, []],
      ] as const) {
        const { subject, deadlines } = watched(options);
        subject.awaitsPong = reason === "pong";
        if (waitsSince === 0) subject.outputLength = 5;
        deadlines.observe(0);
        subject.outputLength = 5;
        deadlines.observe(waitsSince);
        deadlines.expire(50);
        expect(subject.expired).toEqual([reason, ...dropped]);
        if (dropped.length > 0) expect(deadlines.observe(50)).toBeUndefined();
        else expect(deadlines.observe(50)?.reason).toBe("closing");
      }
    }
  });

  it("send no Ping and await no Pong while the caller does not read, and restart both on resume [X23]", () => {
    const { subject, deadlines } = watched({ ping: 100, pong: 30, idle: 1000 });
    deadlines.observe(0);
    deadlines.pause();
    expect(deadlines.observe(50)).toEqual({ at: 1000, reason: "idle" });
    deadlines.expire(200);
    deadlines.resume(210);
    expect(deadlines.observe(210)).toEqual({ at: 310, reason: "ping" });
    subject.awaitsPong = true;
    expect(deadlines.observe(220)).toEqual({ at: 250, reason: "pong" });
    deadlines.pause();
    expect(deadlines.observe(240)).toEqual({ at: 1000, reason: "idle" });
    deadlines.resume(300);
    expect(deadlines.observe(300)).toEqual({ at: 330, reason: "pong" });
    expect(subject.expired).toEqual([]);
  });

  it("drop a transport that does not close, once [X12]", () => {
    const { subject, deadlines } = watched({ closing: 50 });
    deadlines.observe(0);
    for (const state of ["closing", "close-sent", "closed"] as const) {
      subject.state = state;
      expect(deadlines.observe(10)).toEqual({ at: 60, reason: "closing" });
    }
    deadlines.expire(60);
    deadlines.expire(1000);
    expect(subject.expired).toEqual(["closing"]);
  });

  it("count control frames by when they can have been sent, from the first look on [X21] [A12]", () => {
    const { subject, deadlines } = watched({ controlFrames: 5, controlWindow: 100, ping: Number.POSITIVE_INFINITY });
    subject.count({ controlFramesReceived: 50 });
    expect(deadlines.observe(0)).toBeUndefined();
    subject.count({ controlFramesReceived: 55 });
    expect(deadlines.observe(0)).toBeUndefined();
    subject.count({ controlFramesReceived: 59 });
    expect(deadlines.observe(80)).toBeUndefined();
    subject.count({ controlFramesReceived: 60 });
    expect(deadlines.observe(100)).toBeUndefined();
    subject.count({ controlFramesReceived: 61 });
    expect(deadlines.observe(119)).toEqual({ at: 119, reason: "control-flood" });
    deadlines.expire(119);
    expect(subject.expired).toEqual(["control-flood"]);
  });

  it("do not call control frames a flood that have gathered, whatever kept the caller from reading, in up to 60 windows [R17] [A12]", () => {
    const options = { controlFrames: 5, controlWindow: 100, ping: Number.POSITIVE_INFINITY };
    for (const [how, after, gathered, found] of [
      ["away", 500, 30, undefined],
      ["away", 500, 31, "control-flood"],
      ["paused", 500, 30, undefined],
      ["paused", 500, 31, "control-flood"],
      ["here", 500, 30, undefined],
      ["here", 500, 31, "control-flood"],
      ["here", 1_000_000, 300, undefined],
      ["here", 1_000_000, 301, "control-flood"],
    ] as const) {
      const { subject, deadlines } = watched(options);
      deadlines.observe(0);
      if (how === "paused") deadlines.pause(0);
      deadlines.observe(after / 2);
      if (how === "paused") deadlines.resume(after);
      subject.count({ bytesReceived: 1, controlFramesReceived: gathered });
      const reason = deadlines.observe(after, how === "away" ? after - 1 : undefined)?.reason;
      expect([how, after, gathered, reason]).toEqual([how, after, gathered, found]);
    }
  });

  it("hold control frames that come in several looks to the same sum [A12]", () => {
    const { subject, deadlines } = watched({ controlFrames: 5, controlWindow: 100, ping: Number.POSITIVE_INFINITY });
    deadlines.observe(0);
    // 5 at first, 50 in the 1,000 ms before, and 5 in each window of the drain.
    for (let window = 0; window < 10; window++) {
      subject.count({ bytesReceived: window + 1, controlFramesReceived: (window + 1) * 10 });
      expect(deadlines.observe(1_000 + window * 100)).toBeUndefined();
    }
    subject.count({ bytesReceived: 12, controlFramesReceived: 106 });
    expect(deadlines.observe(2_000)?.reason).toBe("control-flood");
  });

  it.each([
    [{ controlWindow: 0 }, 60_000],
    [{ controlWindow: Number.POSITIVE_INFINITY }, 1_000],
    [{ controlFrames: Number.POSITIVE_INFINITY }, Number.POSITIVE_INFINITY],
    [{ controlFrames: 0 }, 0],
  ])("count control frames with %o [R14]", (options, most) => {
    for (const count of [0, 1, 1_000, 1_001, 60_000, 60_001, 1e9]) {
      const { subject, deadlines } = watched({ ping: Number.POSITIVE_INFINITY, ...options });
      deadlines.observe(0);
      subject.count({ controlFramesReceived: count });
      expect([count, deadlines.observe(0)?.reason]).toEqual([count, count > most ? "control-flood" : undefined]);
    }
  });

  it("give the answer to a request a span of its own where the caller was too late to see it come [R17]", () => {
    const { subject, deadlines } = watched({ opening: 100 }, "opening");
    deadlines.observe(0);
    subject.awaitsAnswer = true;
    expect(deadlines.observe(50)).toEqual({ at: 100, reason: "opening" });
    expect(deadlines.observe(200)).toEqual({ at: 100, reason: "opening" });
    const late = watched({ opening: 100 }, "opening");
    late.deadlines.observe(0);
    late.subject.awaitsAnswer = true;
    expect(late.deadlines.observe(500)).toEqual({ at: 600, reason: "opening" });
    late.subject.awaitsAnswer = false;
    late.deadlines.observe(510);
    late.subject.awaitsAnswer = true;
    expect(late.deadlines.observe(700)).toEqual({ at: 600, reason: "opening" });
  });

  it("extend an overdue Pong once by its full time, when bytes arrive after the caller was away [R17]", () => {
    const { subject, deadlines } = watched({ ping: 1000, pong: 100 });
    deadlines.observe(0);
    subject.awaitsPong = true;
    deadlines.observe(10);
    subject.count({ bytesReceived: 5 });
    expect(deadlines.observe(400, 109)).toEqual({ at: 110, reason: "pong" });
    subject.count({ bytesReceived: 6 });
    expect(deadlines.observe(500, 450)).toEqual({ at: 600, reason: "pong" });
    subject.count({ bytesReceived: 7 });
    expect(deadlines.observe(700, 450)).toEqual({ at: 600, reason: "pong" });
    deadlines.expire(700, 450);
    expect(subject.expired).toEqual(["pong"]);
  });

  it("allow control frames at their rate also when each is observed within a millisecond", () => {
    const { subject, deadlines } = watched({ controlFrames: 100, controlWindow: 100, ping: Number.POSITIVE_INFINITY });
    deadlines.observe(0);
    for (let frame = 1; frame <= 10_000; frame++) {
      subject.count({ bytesReceived: frame, controlFramesReceived: frame });
      expect(deadlines.observe(frame * 1.01)).toBeUndefined();
    }
  });

  it("turn off what is Infinity", () => {
    const off = Number.POSITIVE_INFINITY;
    for (const state of ["opening", "open", "closing"] as const) {
      const { deadlines } = watched({ opening: off, closing: off, ping: off, pong: off, idle: off }, state);
      expect(deadlines.observe(0)).toBeUndefined();
    }
  });

  it("fire everything due at once, in the order in which it became due", () => {
    const { subject, deadlines } = watched({ ping: 50, idle: 60, closing: 10 });
    deadlines.observe(0);
    deadlines.expire(1000);
    expect(subject.expired).toEqual(["ping", "idle"]);
    deadlines.expire(1010);
    expect(subject.expired).toEqual(["ping", "idle", "closing"]);
  });

  it("throw a bug when a subject does not act on an expired deadline", () => {
    const { subject, deadlines } = watched({ idle: 10 });
    subject.expire = () => [];
    deadlines.observe(0);
    expect(() => deadlines.expire(10)).toThrow("bug: a deadline stays due");
  });

  it.each(["opening", "closing", "ping", "pong", "stalled", "idle", "controlFrames", "controlWindow"] as const)(
    "throw for %s unless it is a number of at least 0, with or without a subject [R14]",
    (name) => {
      for (const value of [-1, Number.NaN, Number.NEGATIVE_INFINITY, "5", null, 5n]) {
        const options: object = { [name]: value };
        expect(usageErrorOf(() => watched(options))).toBe("option/range");
        expect(usageErrorOf(() => DeadlineConfig.of(options))).toBe("option/range");
        expect(() => DeadlineConfig.of(options)).toThrow(`deadlines.${name} must be a number`);
      }
      for (const value of [2 ** 31, 1e300, Number.POSITIVE_INFINITY, undefined]) {
        expect(usageErrorOf(() => DeadlineConfig.of({ [name]: value }))).toBeUndefined();
      }
      // A span of 0 would mean Pings without end.
      expect(usageErrorOf(() => watched({ [name]: 0 }))).toBe(name === "ping" ? "option/range" : undefined);
    },
  );
});

describe("DeadlineConfig", () => {
  it("holds the defaults, overridden by the given deadlines, and is frozen", () => {
    expect({ ...DeadlineConfig.of() }).toEqual(defaultDeadlines);
    expect(Object.isFrozen(defaultDeadlines)).toBe(true);
    const changed = Object.fromEntries(Object.keys(defaultDeadlines).map((name, at) => [name, at + 1]));
    const config = DeadlineConfig.of(changed);
    expect({ ...config }).toEqual(changed);
    expect({ ...DeadlineConfig.of({ idle: 5, ping: undefined }) }).toEqual({ ...defaultDeadlines, idle: 5 });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it("is shared by all subjects that it is passed for", () => {
    const config = DeadlineConfig.of({ opening: 7 });
    expect(DeadlineConfig.of(config)).toBe(config);
    expect(DeadlineConfig.of()).toBe(DeadlineConfig.of());
    const { subject } = watched(undefined, "opening");
    expect(new Deadlines(subject, config).observe(0)).toEqual({ at: 7, reason: "opening" });
  });
});

describe("the deadline of stalled output", () => {
  it("is 60 s by default [A06]", () => {
    const { subject, deadlines } = watched({ ping: Number.POSITIVE_INFINITY });
    subject.outputLength = 1;
    expect(deadlines.observe(0)).toEqual({ at: 60_000, reason: "stalled" });
  });
});

describe("the deadline of a message", () => {
  const message = { message: 100, ping: Number.POSITIVE_INFINITY };

  it("runs from its first frame to its end, whatever trickles in between [A07]", () => {
    const { subject, deadlines } = watched(message);
    expect(deadlines.observe(0)).toBeUndefined();
    subject.isWithinMessage = true;
    subject.count({ bytesReceived: 1, messagesReceived: 1 });
    expect(deadlines.observe(50)).toEqual({ at: 150, reason: "message" });
    subject.count({ bytesReceived: 2 });
    expect(deadlines.observe(149)).toEqual({ at: 150, reason: "message" });
    deadlines.expire(150);
    expect(subject.expired).toEqual(["message"]);
  });

  it("does not run in pauses shorter than a millisecond either [A07]", () => {
    const { subject, deadlines } = watched(message);
    subject.isWithinMessage = true;
    subject.count({ messagesReceived: 1 });
    deadlines.observe(0);
    for (let pause = 0; pause < 1_000; pause++) {
      deadlines.pause(pause);
      deadlines.resume(pause + 0.9);
    }
    // 900 of the 1,000 ms were pauses, and the rounding of each lost or added less than a millisecond.
    expect(deadlines.observe(1_000)?.at).toBeGreaterThanOrEqual(1_000);
  });

  it("restarts with each message, and ends with the last [A07]", () => {
    const { subject, deadlines } = watched(message);
    subject.isWithinMessage = true;
    subject.count({ messagesReceived: 1 });
    deadlines.observe(0);
    subject.count({ messagesReceived: 2 });
    expect(deadlines.observe(90)).toEqual({ at: 190, reason: "message" });
    subject.isWithinMessage = false;
    expect(deadlines.observe(100)).toBeUndefined();
  });

  it("does not run while reading is paused or the caller was away [A07]", () => {
    const { subject, deadlines } = watched(message);
    subject.isWithinMessage = true;
    subject.count({ messagesReceived: 1 });
    deadlines.observe(0);
    deadlines.pause(40);
    expect(deadlines.observe(1000)).toBeUndefined();
    deadlines.resume(1040);
    expect(deadlines.observe(1040)).toEqual({ at: 1100, reason: "message" });
    subject.count({ bytesReceived: 1 });
    expect(deadlines.observe(5000, 4999)).toEqual({ at: 5100, reason: "message" });
    deadlines.pause();
    expect(deadlines.observe(6000)).toBeUndefined();
    deadlines.resume(7000);
    expect(deadlines.observe(7000)?.reason).toBe("message");
  });
});

describe("the deadline of a message that is read in the millisecond in which a late timer ends", () => {
  it.each([
    ["after it, runs from its first byte", 100.2, 100.4, 1101],
    ["at the same instant, runs from its first byte", 100.4, 100.4, 1101],
    ["before it, excludes the time away", 100.6, 100.4, 2050],
    ["before it, at whole milliseconds, excludes the time away", 101, 100.4, 2050],
  ])("%s", (_, awayUntil, readAt, due) => {
    const { subject, deadlines } = watched({ message: 1000, ping: Number.POSITIVE_INFINITY });
    deadlines.observe(0);
    subject.isWithinMessage = true;
    subject.count({ bytesReceived: 1, messagesReceived: 1 });
    expect(deadlines.observe(readAt, readAt < awayUntil ? undefined : awayUntil)).toEqual({
      at: 1101,
      reason: "message",
    });
    subject.count({ bytesReceived: 2, messagesReceived: 1 });
    expect(deadlines.observe(1050, awayUntil)).toEqual({ at: due, reason: "message" });
  });
});

describe("while reading is paused", () => {
  it("Pings continue on request, so that a vanished peer is noticed, and no Pong is awaited [A06]", () => {
    const { subject, deadlines } = watched({ ping: 100, pong: 50 });
    deadlines.observe(0);
    deadlines.pause(10, "pinging");
    for (const at of [100, 200, 300]) {
      expect(deadlines.observe(at - 1)).toEqual({ at, reason: "ping" });
      deadlines.expire(at);
      subject.awaitsPong = true;
    }
    expect(subject.expired).toEqual(["ping", "ping", "ping"]);
    // While output stalls, another Ping would reveal nothing; that is the job of `stalled`.
    subject.outputLength = 6;
    expect(deadlines.observe(350)).toEqual({ at: 60_350, reason: "stalled" });
    subject.outputLength = 0;
    deadlines.resume(400);
    expect(deadlines.observe(400)).toEqual({ at: 450, reason: "pong" });
  });

  it("the transport is dropped once nothing was taken for too long [A06]", () => {
    const { subject, deadlines } = watched({ ping: Number.POSITIVE_INFINITY, resting: 100 });
    deadlines.taken(0);
    deadlines.observe(0);
    // Reading is not paused yet.
    deadlines.resume(5);
    deadlines.pause(10);
    expect(deadlines.observe(20)).toEqual({ at: 110, reason: "resting" });
    deadlines.taken(50);
    expect(deadlines.observe(50)).toEqual({ at: 150, reason: "resting" });
    subject.count({ bytesReceived: 7 });
    expect(deadlines.observe(90)).toEqual({ at: 190, reason: "resting" });
    deadlines.resume(100);
    expect(deadlines.observe(100)).toBeUndefined();
    deadlines.pause(200);
    deadlines.expire(300);
    expect(subject.expired).toEqual(["resting"]);
    expect(deadlines.observe(1000)).toBeUndefined();
  });
});

describe("the opening", () => {
  it("is timed from beginOpening, which changes no other deadline [A13]", () => {
    const { deadlines } = watched({ opening: 100 }, "opening");
    deadlines.beginOpening(50);
    expect(deadlines.observe(120)).toEqual({ at: 150, reason: "opening" });
    const open = watched({ ping: 100 });
    open.deadlines.beginOpening(50);
    expect(open.deadlines.observe(120)).toEqual({ at: 220, reason: "ping" });
  });
});
