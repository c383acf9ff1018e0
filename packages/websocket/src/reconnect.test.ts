import { describe, expect, it } from "vitest";
import { TestClock, turn, until } from "../tests/support/clock.ts";
import { World } from "../tests/support/link.ts";
import { type EndedEvent, reconnect, type WaitingEvent } from "./reconnect.ts";
import { isTransient, ReconnectPlan } from "./reconnect-plan.ts";

/** Always the middle: half of the longest delay at first. */
const half = (target: Uint8Array) => {
  target.fill(0);
  target[3] = 0x80;
};

const lost = { code: 1006, reason: "", wasClean: false };

describe("ReconnectPlan", () => {
  it("waits longer from attempt to attempt, and starts anew after a connection that lasted", () => {
    const plan = new ReconnectPlan({ random: half, firstDelay: 1_000, maximumDelay: 4_000 });
    const delays = [0, 1, 2, 3].map((now) => plan.lost(now, lost));
    expect(delays).toEqual([500, 1_500, 3_000, 3_000].map((milliseconds) => ({ type: "wait", milliseconds })));
    expect(plan.attempts).toBe(4);
    plan.opened(100);
    expect(plan.lost(20_000, lost)).toEqual({ type: "wait", milliseconds: 500 });
  });

  it("stops when the attempts are used up, when the end is final, and when it was closed", () => {
    const plan = new ReconnectPlan({ random: half, attempts: 1 });
    expect(plan.lost(0, { ...lost, code: 1008 })).toEqual({ type: "stop", why: "final" });
    expect(plan.lost(0, lost).type).toBe("wait");
    expect(plan.lost(0, lost)).toEqual({ type: "stop", why: "attempts" });
    plan.close();
    expect(plan.lost(0, lost)).toEqual({ type: "stop", why: "closed" });
  });

  it("asks the application whether to go on, if that has an opinion", () => {
    const plan = new ReconnectPlan({ random: half, shouldReconnect: ({ code }) => code === 1000 });
    expect(plan.lost(0, lost)).toEqual({ type: "stop", why: "final" });
    expect(plan.lost(0, { ...lost, code: 1000 }).type).toBe("wait");
  });
});

describe("isTransient", () => {
  it.each([
    ...([1001, 1005, 1006, 1011, 1012, 1013, 1014, 3000, 4999] as const).map((code) => ({ code, expected: true })),
    ...([1000, 1002, 1003, 1007, 1008, 1009, 1010] as const).map((code) => ({ code, expected: false })),
  ])("is $expected for the code $code", ({ code, expected }) => {
    expect(isTransient({ ...lost, code })).toBe(expected);
  });

  it.each([
    ...([301, 408, 425, 429, 500, 503] as const).map((status) => ({ status, expected: true })),
    ...([400, 401, 403, 404, 410] as const).map((status) => ({ status, expected: false })),
  ])("is $expected for the status $status", ({ status, expected }) => {
    expect(isTransient({ ...lost, status })).toBe(expected);
  });
});

function watch(client: EventTarget): string[] {
  const lines: string[] = [];
  client.addEventListener("open", () => lines.push("open"));
  client.addEventListener("message", (event) => lines.push(`message ${(event as MessageEvent).data}`));
  client.addEventListener("waiting", (event) => {
    const { outcome, delay } = event as WaitingEvent;
    lines.push(`waiting ${outcome.status ?? outcome.code} ${delay}`);
  });
  client.addEventListener("ended", (event) => {
    const { outcome, why } = event as EndedEvent;
    lines.push(`ended ${why} ${outcome.code}`);
  });
  return lines;
}

describe("reconnect", () => {
  it("opens another socket when one is lost, with a fresh URL, and sends what waited meanwhile", async () => {
    const heard: unknown[] = [];
    const world: World = new World({
      handler: (opening) => {
        const socket = opening.accept();
        world.accepted.push(socket);
        socket.onmessage = ({ data }) =>
          heard.push(typeof data === "string" ? data : new TextDecoder().decode(data as ArrayBuffer));
      },
    });
    const urls: string[] = [];
    const client = reconnect(
      async (attempt) => {
        await turn();
        return new world.WebSocket(`ws://example.com/${attempt}-${urls.push("x")}`);
      },
      { clock: world.clock, random: half, firstDelay: 1_000 },
    );
    const lines = watch(client);
    expect(client.state).toBe("connecting");
    expect(client.send("early")).toBe(true);
    expect(client.queuedLength).toBe(5);
    await until(() => client.state === "open");
    expect(client.send("now")).toBe(true);
    await turn();
    world.accepted[0]?.send("hello");
    await until(() => lines.length === 2);
    world.near[0]?.lose(new Error("cable cut"));
    await until(() => client.state === "waiting");
    expect(client.socket).toBeUndefined();
    const bytes = Uint8Array.of(65);
    expect(client.send(bytes)).toBe(true);
    bytes[0] = 66;
    await world.clock.advance(500);
    await until(() => heard.includes("A"));
    expect(heard).toEqual(["early", "now", "A"]);
    expect(client.socket?.url).toBe("ws://example.com/2-2");
    expect(lines).toEqual(["open", "message hello", "waiting 1006 500", "open"]);
    client.close(1000, "done");
    await until(() => client.state === "ended");
    expect(lines.at(-1)).toBe("ended closed 1000");
    expect(client.send("late")).toBe(false);
    client.close();
  });

  it("tries again after a rejection that may be over soon, and not after one that is final", async () => {
    const statuses = [503, 403];
    const world = new World({ handler: (opening) => opening.reject({ status: statuses.shift() ?? 500 }) });
    const client = reconnect(() => new world.WebSocket("ws://example.com/"), { clock: world.clock, random: half });
    const lines = watch(client);
    await until(() => lines.length === 1);
    await world.clock.advance(10_000);
    await until(() => lines.length === 2);
    expect(lines).toEqual(["waiting 503 2500", "ended final 1006"]);
  });

  it("takes what the hook throws for a failed attempt", async () => {
    const clock = new TestClock();
    const client = reconnect(() => Promise.reject(new Error("no token")), { clock, attempts: 2, random: half });
    const outcomes: unknown[] = [];
    client.addEventListener("waiting", (event) => outcomes.push((event as WaitingEvent).outcome.error));
    client.addEventListener("ended", (event) => outcomes.push((event as EndedEvent).why));
    await clock.advance(100_000);
    expect(outcomes).toEqual([new Error("no token"), new Error("no token"), "attempts"]);
  });

  it("keeps no more than it may", async () => {
    const clock = new TestClock();
    const never = () => new Promise<never>(() => {});
    const few = reconnect(never, { clock, outbox: { messages: 2 } });
    expect(["1", "2", "3"].map((text) => few.send(text))).toEqual([true, true, false]);
    const small = reconnect(never, { clock, outbox: { bytes: 4 } });
    expect([small.send("ab"), small.send(new Blob(["cde"])), small.send("ä")]).toEqual([true, false, true]);
    expect(small.queuedLength).toBe(4);
    small.close();
    expect(small.send("x")).toBe(false);
  });

  it("ends when its signal is aborted: before it began, while it waits, while it connects", async () => {
    const world = new World();
    const early = reconnect(() => new world.WebSocket("ws://example.com/"), {
      clock: world.clock,
      signal: AbortSignal.abort(),
    });
    await turn();
    expect(early.state).toBe("ended");

    const controller = new AbortController();
    const waiting = reconnect(() => Promise.reject(new Error("no")), { clock: world.clock, signal: controller.signal });
    await until(() => waiting.state === "waiting");
    controller.abort();
    expect(waiting.state).toBe("ended");
    expect(world.clock.due).toEqual([]);

    let give: () => void = () => {};
    const connecting = reconnect(
      () =>
        new Promise<InstanceType<typeof world.WebSocket>>((resolve) => {
          give = () => resolve(new world.WebSocket("ws://example.com/"));
        }),
      { clock: world.clock },
    );
    await turn();
    connecting.close(3000);
    expect(connecting.state).toBe("connecting");
    give();
    await until(() => connecting.state === "ended");
    expect(world.accepted).toEqual([]);
  });

  it("takes a socket that is open already, and passes on what close() throws", async () => {
    const world = new World();
    const { client: socket } = await world.connected();
    const client = reconnect(() => socket, { clock: world.clock });
    await until(() => client.state === "open");
    expect(() => client.close(1001)).toThrow(/1000 or between/);
    expect(client.state).toBe("open");
    client.close();
    await until(() => client.state === "ended");
  });
});
