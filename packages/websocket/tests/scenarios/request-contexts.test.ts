/**
 * Runtimes in which I/O belongs to a request, such as Workers. A request may end at any moment, and its timers, microtasks and
 * transports are then lost. Nothing of another request may wait for them. The suite in workerd tests the same in the real
 * runtime; here, the tests choose what a request loses.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { hasRequestContexts } from "../../src/platform/runtime.ts";
import { TestClock, turn, until } from "../support/clock.ts";

let hybi: typeof import("../../src/index.ts");

beforeEach(async () => {
  vi.stubGlobal("WebSocketPair", class {});
  vi.resetModules();
  hybi = await import("../../src/index.ts");
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

/** A clock whose timers can be lost. */
class RequestsClock extends TestClock {
  isOver = false;

  override setTimeout(task: () => void, milliseconds: number): unknown {
    return this.isOver ? undefined : super.setTimeout(task, milliseconds);
  }
}

/** A client whose server echoes every message. */
function echoing(clock: TestClock, options = {}) {
  const [near, far] = hybi.createTransportPair();
  new hybi.WebSocketServer(
    (opening) => {
      const socket = opening.accept();
      socket.onmessage = ({ data }) => socket.send(data);
    },
    { runtime: { clock } },
  ).receive(far);
  const socket = new (hybi.createWebSocketClass(() => near, { runtime: { clock }, ...options }))("ws://example.com/");
  const received: unknown[] = [];
  socket.onmessage = ({ data }) => received.push(data);
  return { socket, received, near };
}

describe("in a Worker", () => {
  it("an opening does not wait for an opening of a request that has ended [R07]", async () => {
    const clock = new TestClock();
    const never = new (hybi.createWebSocketClass(() => new Promise(() => {}), { runtime: { clock } }))(
      "ws://example.com/",
    );
    await turn();
    const { socket } = echoing(clock);
    await until(() => socket.readyState === 1);
    expect(never.readyState).toBe(0);
  });

  it("eight openings to one host start at once, and all of them exchange messages [R07]", async () => {
    const clock = new TestClock();
    const all = Array.from({ length: 8 }, () => echoing(clock));
    await until(() => all.every(({ socket }) => socket.readyState === 1));
    for (const { socket } of all) for (let count = 0; count < 200; count++) socket.send(`${count}`);
    await until(() => all.every(({ received }) => received.length === 200));
  });

  it("messages are sent although a microtask of another request never runs [R07]", async () => {
    const clock = new TestClock();
    const [lost, other] = [echoing(clock), echoing(clock)];
    await until(() => lost.socket.readyState === 1 && other.socket.readyState === 1);
    await turn();
    const { queueMicrotask } = globalThis;
    // The request ends in the middle of a turn.
    vi.stubGlobal("queueMicrotask", () => {});
    lost.socket.send("lost");
    vi.stubGlobal("queueMicrotask", queueMicrotask);
    other.socket.send("hello");
    await until(() => other.received.length === 1);
  });

  it("a deadline is enforced although the timer set before it is lost [R08]", async () => {
    const clock = new RequestsClock();
    const deadlines = { ping: 50, pong: 10 };
    clock.isOver = true;
    const lost = echoing(clock, { deadlines: { ping: 20, pong: 10 } });
    await until(() => lost.socket.readyState === 1);
    clock.isOver = false;
    const kept = echoing(clock, { deadlines });
    await until(() => kept.socket.readyState === 1);
    await turn();
    await clock.advance(60);
    expect(kept.socket.statistics.pingsTaken).toBe(1);
    expect(kept.socket.statistics.roundTripTime).toBeDefined();
  });
});

describe.skipIf(hasRequestContexts)("in any other runtime", () => {
  it("openings to one host wait for each other [R07] [C14]", async () => {
    vi.unstubAllGlobals();
    vi.resetModules();
    hybi = await import("../../src/index.ts");
    const clock = new TestClock();
    const first = new (hybi.createWebSocketClass(() => new Promise(() => {}), { runtime: { clock } }))(
      "ws://example.com/",
    );
    const { socket } = echoing(clock);
    await turn();
    expect(socket.readyState).toBe(0);
    first.close();
    await until(() => socket.readyState === 1);
  });
});
