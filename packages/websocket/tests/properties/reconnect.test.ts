/** Invariants of a reconnecting client, whatever hooks, sockets, time and the application do, in any order. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Clock } from "../../src/event-loop/clock.ts";
import type { EndedEvent } from "../../src/reconnect/events.ts";
import { type Reconnecting, reconnect } from "../../src/reconnect/reconnect.ts";
import { FakeSocket } from "../support/fake-socket.ts";

const steps = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ type: "send" as const }) },
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant("give" as const), readyState: fc.constantFrom(0, 0, 0, 1, 1, 2, 3) }),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom({ type: "open" as const }, { type: "wait" as const }, { type: "drop" as const }),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      { type: "throw" as const },
      { type: "fail" as const },
      { type: "message" as const },
      { type: "app closes" as const },
      { type: "other says" as const },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant("when asked" as const),
      inside: fc.constantFrom("close", "abort", "send", "refuse", "throw"),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom({ type: "close" as const }, { type: "abort" as const }, { type: "bad close" as const }),
  },
);
type Step = typeof steps extends fc.Arbitrary<infer Value> ? Value : never;

/** A clock on which every pending timer fires when `pass` is called. */
class Timers implements Clock {
  readonly tasks = new Set<() => void>();
  #now = 0;

  now(): number {
    return this.#now;
  }

  setTimeout(task: () => void): unknown {
    this.tasks.add(task);
    return task;
  }

  clearTimeout(timer: unknown): void {
    this.tasks.delete(timer as () => void);
  }

  pass(): void {
    this.#now += 1_000_000;
    const due = [...this.tasks];
    this.tasks.clear();
    for (const task of due) task();
  }
}

/** Performs the steps, and checks the invariants. */
class World {
  readonly clock = new Timers();
  readonly sockets: FakeSocket[] = [];
  readonly accepted: string[] = [];
  readonly refused: string[] = [];
  readonly events: string[] = [];
  readonly controller = new AbortController();
  readonly client: Reconnecting<FakeSocket>;
  ended: EndedEvent | undefined;
  #hook: { resolve: (socket: FakeSocket) => void; reject: (error: unknown) => void } | undefined;
  #count = 0;
  #inside: string | undefined;

  constructor() {
    this.client = reconnect(() => new Promise<FakeSocket>((resolve, reject) => (this.#hook = { resolve, reject })), {
      runtime: { clock: this.clock, random: (target) => void target.fill(9) },
      signal: this.controller.signal,
      outbox: { messages: 5 },
      shouldReconnect: () => this.#asked(),
      onError: () => {},
    });
    for (const type of ["open", "waiting", "ended"]) this.client.addEventListener(type, () => this.events.push(type));
    this.client.addEventListener("ended", (event) => {
      this.ended = event;
    });
  }

  /** What the application does in shouldReconnect. */
  #asked(): boolean {
    const inside = this.#inside;
    this.#inside = undefined;
    if (inside === "close") this.client.close(4000);
    if (inside === "abort") this.controller.abort();
    if (inside === "send") this.take({ type: "send" });
    if (inside === "throw") throw new Error("undecided");
    return inside !== "refuse";
  }

  take(step: Step): void {
    const last = this.sockets.at(-1);
    switch (step.type) {
      case "send": {
        const text = `${this.#count++}`;
        (this.client.send(text) ? this.accepted : this.refused).push(text);
        break;
      }
      case "give":
        this.give(step.readyState);
        break;
      case "throw":
        this.#hook?.reject(new Error("not now"));
        this.#hook = undefined;
        break;
      case "open":
        last?.open();
        break;
      case "drop":
        if (last !== undefined && last.readyState < 3) last.closed(1006);
        break;
      case "fail":
        last?.fail();
        break;
      case "message":
        last?.message("hello");
        break;
      case "app closes":
        this.client.socket?.close();
        break;
      case "other says":
        for (const socket of this.sockets.slice(0, -1)) socket.open().closed();
        break;
      case "close":
        this.client.close(4000);
        break;
      case "bad close":
        expect(() => this.client.close(999)).toThrow();
        break;
      case "abort":
        this.controller.abort();
        break;
      case "when asked":
        this.#inside = step.inside;
        break;
      case "wait":
        break;
      default:
        step satisfies never;
    }
  }

  give(readyState: number): void {
    if (this.#hook === undefined) return;
    const socket = new FakeSocket(readyState);
    this.sockets.push(socket);
    this.#hook.resolve(socket);
    this.#hook = undefined;
  }

  get isAsked(): boolean {
    return this.#hook !== undefined;
  }

  check(): void {
    const { client, clock, sockets, ended, events } = this;
    const last = sockets.at(-1);
    expect(events.filter((type) => type === "ended").length).toBe(client.state === "ended" ? 1 : 0);
    // At most the last socket is alive, and none after the end.
    for (const socket of sockets)
      if (socket !== last || ended !== undefined) expect(socket.readyState).toBeGreaterThan(1);
    switch (client.state) {
      case "connecting":
        expect(this.isAsked || client.socket === last).toBe(true);
        if (client.socket?.readyState === 3) expect(clock.tasks.size).toBe(1);
        break;
      case "open":
        expect([client.socket === last, clock.tasks.size]).toEqual([true, 0]);
        break;
      case "waiting":
        expect([client.socket, clock.tasks.size]).toEqual([undefined, 1]);
        break;
      case "ended":
        expect([client.socket, clock.tasks.size, events.at(-1)]).toEqual([undefined, 0, "ended"]);
        break;
    }
    // Each message was rejected, was given to one socket in order, is still queued, or was reported as undelivered.
    const sent = sockets.flatMap((socket) => socket.sent);
    const unsent = ended?.unsent ?? [];
    expect([...sent, ...unsent]).toEqual(this.accepted.slice(0, sent.length + unsent.length));
    const waiting = this.accepted.slice(sent.length + unsent.length).join("").length;
    expect(waiting).toBe(client.queuedLength);
  }
}

/** Waits until all promises have settled. */
async function rest(): Promise<void> {
  for (let count = 0; count < 10; count++) await undefined;
}

describe("a reconnecting client", () => {
  it("never gets stuck, leaves no socket behind, and accounts for each message [R24]", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { maxLength: 30 }), async (script) => {
        const world = new World();
        await rest();
        for (const step of script) {
          world.take(step);
          if (step.type === "wait") world.clock.pass();
          await rest();
          world.check();
        }
        // Whatever happened: once the next sockets open, the client is open and has sent everything, or it has ended.
        for (let attempt = 0; attempt < 3 && !["open", "ended"].includes(world.client.state); attempt++) {
          world.sockets.at(-1)?.open();
          if (world.sockets.at(-1)?.readyState === 2) world.sockets.at(-1)?.closed();
          world.clock.pass();
          await rest();
          world.give(1);
          await rest();
        }
        world.check();
        if (world.client.state !== "ended" && world.client.socket?.readyState === 1) {
          expect([world.client.state, world.client.queuedLength]).toEqual(["open", 0]);
        }
        const isOver = ["open", "ended"].includes(world.client.state);
        expect(isOver).toBe(true);
      }),
    );
  });
});
