import { UsageError } from "@hybi/core";
import { describe, expect, it } from "vitest";
import { TestClock, turn, until } from "../../tests/support/clock.ts";
import { codeOf, errorIn, statusOf } from "../../tests/support/failures.ts";
import { FakeSocket } from "../../tests/support/fake-socket.ts";
import { World } from "../../tests/support/link.ts";
import { createWebSocketClass } from "../client/create-websocket-class.ts";
import { WebSocket } from "../client/websocket.ts";
import { whenOpen } from "../client/when-open.ts";
import { createTransportPair } from "../transport/pair.ts";
import type { EndedEvent, WaitingEvent } from "./events.ts";
import type { Outcome } from "./outcome.ts";
import { ReconnectPlan } from "./plan.ts";
import { type Reconnecting, reconnect } from "./reconnect.ts";

/** A random source that always returns the middle: half of the longest delay at first. */
const half = (target: Uint8Array) => {
  target.fill(0);
  target[3] = 0x80;
};

const ignored = { drain() {}, end() {}, error() {}, close() {} };

const lost = { code: 1006, reason: "", wasClean: false };

describe("ReconnectPlan", () => {
  it("waits at least as long as the server asked, up to its limit [R23]", () => {
    const asked = (value: string, status = 503): Outcome => ({
      ...lost,
      failure: {
        kind: "rejected",
        response: { status, reasonPhrase: "", minorVersion: 1, fields: [["Retry-After", value]] },
        body: new Uint8Array(0),
      },
    });
    const delay = (outcome: Outcome, options: object = {}, date?: number): unknown => {
      const decision = new ReconnectPlan({ random: half, firstDelay: 1_000, ...options }).lost(0, outcome, date);
      return decision.type === "wait" ? decision.milliseconds : decision.why;
    };
    expect([503, 429, 302].map((status) => delay(asked("120", status)))).toEqual([120_000, 120_000, 120_000]);
    expect([delay(asked("0")), delay(asked("soon"))]).toEqual([500, 500]);
    expect(delay(asked("1000000"))).toBe(86_400_000);
    expect(delay(asked("9".repeat(400)))).toBe(86_400_000);
    expect(delay(asked("120"), { maximumRetryAfter: 30_000 })).toBe(30_000);
    expect(delay(asked("120"), { maximumRetryAfter: 0 })).toBe(500);
    const date = Date.UTC(2026, 10, 20);
    expect(delay(asked("Fri, 20 Nov 2026 00:01:00 GMT"), {}, date)).toBe(60_000);
    expect([delay(asked("120", 404)), delay(asked("120"), { attempts: 0 })]).toEqual(["final", "attempts"]);
    expect(delay(asked("9".repeat(400)), { maximumRetryAfter: Number.POSITIVE_INFINITY })).toBe(
      Number.MAX_SAFE_INTEGER,
    );
    for (const maximumRetryAfter of [-1, Number.NaN]) {
      expect(() => delay(lost, { maximumRetryAfter })).toThrow(/maximumRetryAfter/);
    }
  });

  it("increases the delay with each attempt, and starts over after a connection that lasted", () => {
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

  it("asks the application whether to go on, if it has an opinion", () => {
    const plan = new ReconnectPlan({ random: half, shouldReconnect: ({ code }) => code === 1000 });
    expect(plan.lost(0, lost)).toEqual({ type: "stop", why: "final" });
    expect(plan.lost(0, { ...lost, code: 1000 }).type).toBe("wait");
  });
});

function watch(client: Reconnecting): string[] {
  const lines: string[] = [];
  client.addEventListener("open", () => lines.push("open"));
  client.addEventListener("message", (event) => lines.push(`message ${event.data}`));
  client.addEventListener("waiting", (event) => {
    const { outcome, delay } = event;
    lines.push(`waiting ${statusOf(outcome.failure) || outcome.code} ${delay}`);
  });
  client.addEventListener("ended", (event) => {
    const { outcome, why } = event;
    lines.push(`ended ${why} ${outcome.code}`);
  });
  return lines;
}

describe("reconnect", () => {
  it.each([
    ["a TypeError", () => (undefined as never as { url(): never }).url(), TypeError],
    ["a UsageError", () => new WebSocket("ws://example.com/", { headers: {} } as never), UsageError],
    ["a SyntaxError for a wrong URL", () => new WebSocket("nonsense:"), DOMException],
    ["what is no WebSocket", () => ({}) as never, TypeError],
  ])("reports %s of the function that opens sockets, and ends", async (_, open, kind) => {
    const errors: unknown[] = [];
    const client = reconnect(open, { onError: (error) => errors.push(error) });
    const lines = watch(client);
    await until(() => client.state === "ended");
    expect(errors).toEqual([expect.any(kind)]);
    expect(lines).toEqual(["ended final 1006"]);
    const clock = new TestClock();
    const uncaught = reconnect(open, { runtime: { clock } });
    await until(() => uncaught.state === "ended");
    expect(clock.reported).toEqual([expect.any(kind)]);
  });

  it("reports a mistake of the function that opens sockets also after `close`", async () => {
    const errors: unknown[] = [];
    const client = reconnect(
      async () => {
        await turn();
        throw new TypeError("mine");
      },
      { onError: (error) => errors.push(error) },
    );
    await Promise.resolve();
    client.close();
    await until(() => errors.length > 0);
    expect(errors).toEqual([new TypeError("mine")]);
  });

  it("does not report that the application aborted it, nor failures that another attempt may mend", async () => {
    const errors: unknown[] = [];
    const onError = (error: unknown) => errors.push(error);
    const controller = new AbortController();
    const waits = (): Promise<never> =>
      new Promise((_, reject) => {
        controller.signal.addEventListener("abort", () => reject(controller.signal.reason));
      });
    const aborted = reconnect(waits, { signal: controller.signal, onError });
    const failing = [new Error("no token"), new DOMException("gone", "AbortError"), new TypeError("fetch failed")].map(
      (error) => reconnect(() => Promise.reject(error), { onError, runtime: { clock: new TestClock() } }),
    );
    await turn();
    controller.abort(new TypeError("of the application"));
    await turn();
    expect([aborted, ...failing].map(({ state }) => state)).toEqual(["ended", "waiting", "ended", "waiting"]);
    expect(errors).toEqual([]);
    for (const client of failing) client.close();
  });

  it("opens another socket with a fresh URL when one is lost, and sends what was queued meanwhile", async () => {
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
      { runtime: { clock: world.clock, random: half }, firstDelay: 1_000 },
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

  it("retries after a temporary rejection, but not after a final one", async () => {
    const statuses = [503, 403];
    const world = new World({ handler: (opening) => opening.reject({ status: statuses.shift() ?? 500 }) });
    const client = reconnect(() => new world.WebSocket("ws://example.com/"), {
      runtime: { clock: world.clock, random: half },
    });
    const lines = watch(client);
    await until(() => lines.length === 1);
    await world.clock.advance(10_000);
    await until(() => lines.length === 2);
    expect(lines).toEqual(["waiting 503 2500", "ended final 1006"]);
  });

  it("treats an error thrown by the hook as a failed attempt", async () => {
    const clock = new TestClock();
    const client = reconnect(() => Promise.reject(new Error("no token")), {
      runtime: { clock, random: half },
      attempts: 2,
    });
    const outcomes: unknown[] = [];
    client.addEventListener("waiting", (event) => outcomes.push(errorIn(event.outcome.failure)));
    client.addEventListener("ended", (event) => outcomes.push(event.why));
    await clock.advance(100_000);
    expect(outcomes).toEqual([new Error("no token"), new Error("no token"), "attempts"]);
  });

  it("reports why an attempt failed with the server's whole response, and waits as long as it asked [R23]", async () => {
    const world = new World({
      handler: (opening) => opening.reject({ status: 503, fields: [["Retry-After", "120"]], body: "later" }),
    });
    const hooks = [
      () => new world.WebSocket("ws://example.com/"),
      async () => new world.WebSocket("ws://example.com/"),
      () => whenOpen(new world.WebSocket("ws://example.com/")),
      async () => await whenOpen(new world.WebSocket("ws://example.com/")),
    ];
    for (const hook of hooks) {
      const client = reconnect(hook, { runtime: { clock: world.clock, random: half } });
      const waits: WaitingEvent[] = [];
      client.addEventListener("waiting", (event) => waits.push(event));
      await until(() => waits.length === 1);
      const { outcome, delay } = waits[0] as WaitingEvent;
      const { failure } = outcome;
      if (failure?.kind !== "rejected") throw new Error(failure?.kind);
      expect([delay, outcome.code, failure.response.status]).toEqual([120_000, 1006, 503]);
      expect(failure.response.fields).toContainEqual(["Retry-After", "120"]);
      expect(new TextDecoder().decode(failure.body)).toBe("later");
      client.close();
    }
  });

  it("reports the transport's error and whether the socket was open [R23]", async () => {
    const refused = new Error("connect ECONNREFUSED 127.0.0.1:9");
    const Refused = createWebSocketClass(() => Promise.reject(refused));
    const clock = new TestClock();
    const never = reconnect(async () => new Refused("ws://example.com/"), { runtime: { clock, random: half } });
    const outcomes: Outcome[] = [];
    const note = (event: Event) => outcomes.push((event as WaitingEvent).outcome);
    never.addEventListener("waiting", note);
    await until(() => outcomes.length === 1);
    const world = new World();
    const once = reconnect(() => new world.WebSocket("ws://example.com/"), { runtime: { clock, random: half } });
    once.addEventListener("waiting", note);
    await until(() => once.state === "open");
    const cut = new Error("cable cut");
    world.near[0]?.lose(cut);
    await until(() => outcomes.length === 2);
    expect(outcomes.map(({ failure, wasOpen, code }) => [failure, wasOpen, code])).toEqual([
      [{ kind: "transport", error: refused }, false, 1006],
      [{ kind: "transport", error: cut }, true, 1006],
    ]);
    for (const client of [never, once]) client.close();
  });

  it("ends when a server breaks the rules of the opening handshake, and reports the rule [R23]", async () => {
    const Broken = createWebSocketClass(() => {
      const [near, far] = createTransportPair();
      far.start({ data: () => far.write([new TextEncoder().encode("SSH-2.0-OpenSSH\r\n")]), ...ignored });
      return near;
    });
    const client = reconnect(() => new Broken("ws://example.com/"), { runtime: { clock: new TestClock() } });
    const ends: EndedEvent[] = [];
    client.addEventListener("ended", (event) => ends.push(event));
    await until(() => ends.length === 1);
    expect([ends[0]?.why, codeOf(ends[0]?.outcome.failure)]).toEqual(["final", "http/version"]);
  });

  it("ends after a programming error in the hook, unless the application continues anyway [R23]", async () => {
    const world = new World();
    const hooks = [
      () => new world.WebSocket("wss://"),
      () => new world.WebSocket("ftp://example.com/"),
      () => new world.WebSocket("ws://example.com/", ["a", "a"]),
      () => new world.WebSocket("ws://example.com/", { fields: [["Bad Name", ""]] }),
      () => new WebSocket("ws://example.com/"),
      async () => new WebSocket("ws://example.com/"),
      () => (undefined as unknown as { url: () => never }).url(),
    ];
    for (const hook of hooks) {
      const clock = new TestClock();
      const client = reconnect(hook, { runtime: { clock, random: half } });
      const lines = watch(client);
      await until(() => client.state === "ended");
      expect(lines).toEqual(["ended final 1006"]);
      const stubborn = reconnect(hook, { runtime: { clock, random: half }, attempts: 1, shouldReconnect: () => true });
      const more = watch(stubborn);
      await clock.advance(10_000);
      expect(more).toEqual(["waiting 1006 2500", "ended attempts 1006"]);
    }
  });

  it("retries after a platform socket has failed, whatever it reports [R23]", async () => {
    const tells = [
      {},
      { message: "", error: new TypeError() },
      { message: "no", error: new TypeError("no") },
      { message: "no" },
    ];
    for (const detail of tells) {
      const socket = new FakeSocket();
      const client = reconnect(() => socket, { runtime: { clock: new TestClock(), random: half } });
      const waits: WaitingEvent[] = [];
      client.addEventListener("waiting", (event) => waits.push(event));
      await turn();
      socket.fail(detail);
      // The form that Deno uses.
      socket.closed(0);
      expect(waits.map(({ outcome }) => outcome.code)).toEqual([1006]);
      client.close();
    }
  });

  it("queues no more than its limit", async () => {
    const clock = new TestClock();
    const never = () => new Promise<never>(() => {});
    const few = reconnect(never, { runtime: { clock }, outbox: { messages: 2 } });
    expect(["1", "2", "3"].map((text) => few.send(text))).toEqual([true, true, false]);
    const small = reconnect(never, { runtime: { clock }, outbox: { bytes: 4 } });
    expect([small.send("ab"), small.send(new Blob(["cde"])), small.send("ä")]).toEqual([true, false, true]);
    expect(small.queuedLength).toBe(4);
    small.close();
    expect(small.send("x")).toBe(false);
  });

  it("ends when its signal is aborted: before it starts, while it waits, while it connects", async () => {
    const world = new World();
    const early = reconnect(() => new world.WebSocket("ws://example.com/"), {
      runtime: { clock: world.clock },
      signal: AbortSignal.abort(),
    });
    await turn();
    expect(early.state).toBe("ended");

    const controller = new AbortController();
    const waiting = reconnect(() => Promise.reject(new Error("no")), {
      runtime: { clock: world.clock },
      signal: controller.signal,
    });
    await until(() => waiting.state === "waiting");
    controller.abort();
    expect(waiting.state).toBe("ended");
    expect(world.clock.due).toEqual([]);

    let give: () => void = () => {};
    let given: InstanceType<typeof world.WebSocket> | undefined;
    const connecting = reconnect(
      () =>
        new Promise<InstanceType<typeof world.WebSocket>>((resolve) => {
          give = () => {
            given = new world.WebSocket("ws://example.com/");
            resolve(given);
          };
        }),
      { runtime: { clock: world.clock } },
    );
    await turn();
    connecting.close(3000);
    expect(connecting.state).toBe("ended");
    give();
    await until(() => given?.readyState === 3);
    expect(world.accepted).toEqual([]);
  });

  it("accepts a socket that is already open, and rethrows errors of close()", async () => {
    const world = new World();
    const { client: socket } = await world.connected();
    const client = reconnect(() => socket, { runtime: { clock: world.clock } });
    await until(() => client.state === "open");
    expect(() => client.close(1001)).toThrow(/1000 or between/);
    expect(client.state).toBe("open");
    client.close();
    await until(() => client.state === "ended");
  });
});
