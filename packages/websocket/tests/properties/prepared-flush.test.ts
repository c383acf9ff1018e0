/** A prepared message takes a shorter way through the pump than others: nobody can tell, whatever happens before and after it. */
import { Endpoint, plainAgreement, prepareText } from "@hybi/core";
import { concatBytes } from "@hybi/testing/wire";
import fc from "fast-check";
import { expect, it } from "vitest";
import { MemoryBudget } from "../../src/load/memory-budget.ts";
import { silentListener } from "../../src/pump/listener.ts";
import { Pump } from "../../src/pump/pump.ts";
import type { Transport, TransportSink } from "../../src/transport/transport.ts";
import { TestClock } from "../support/clock.ts";

/** A peer that reads or does not, as it is told. */
class MoodyTransport implements Transport {
  /** One entry for each write or other call, and when it was. */
  readonly calls: string[] = [];
  sink!: TransportSink;
  readonly #clock: TestClock;
  isReading = true;
  #isPending = false;

  constructor(clock: TestClock) {
    this.#clock = clock;
  }

  start(sink: TransportSink): void {
    this.sink = sink;
  }
  write(chunks: readonly Uint8Array[]): void {
    this.#note(`write ${concatBytes(chunks)}`);
    if (this.isReading) this.sink.drain();
    else this.#isPending = true;
  }
  read(isReading: boolean): void {
    this.isReading = isReading;
    if (!isReading || !this.#isPending) return;
    this.#isPending = false;
    this.sink.drain();
  }
  end(): void {
    this.#note("end");
  }
  abort(): void {
    this.#note("abort");
  }
  pause(): void {
    this.#note("pause");
  }
  resume(): void {
    this.#note("resume");
  }

  #note(call: string): void {
    this.calls.push(`${this.#clock.now()}: ${call}`);
  }
}

type Setup = { readonly idle: number; readonly writeBudget: number };

/** A server's pump. `isShort` is whether prepared messages take the shorter way. */
class World {
  readonly transport: MoodyTransport;
  readonly #budget = new MemoryBudget(1e6);
  readonly #events: string[] = [];
  readonly #pump: Pump;
  readonly #isShort: boolean;

  constructor(isShort: boolean, clock: TestClock, { idle, writeBudget }: Setup) {
    this.#isShort = isShort;
    this.transport = new MoodyTransport(clock);
    const note =
      (name: string) =>
      (...values: unknown[]): void =>
        void this.#events.push(`${name} ${JSON.stringify(values)}`);
    const listener = {
      ...silentListener,
      text: note("text"),
      ping: note("ping"),
      pong: note("pong"),
      close: note("close"),
      failure: note("failure"),
      end: note("end"),
    };
    const endpoint = Endpoint.fromAgreement(plainAgreement("server"), { limits: { queuedOutput: 400 } });
    const deadlines = { idle, ping: 700, pong: 500, stalled: 900, closing: 300 };
    this.#pump = new Pump({ endpoint, transport: this.transport, listener, clock, deadlines, writeBudget });
    this.#pump.accountTo(this.#budget);
    this.#pump.start();
  }

  prepared(length: number, priority?: number, when: "later" | "at once" = "later"): void {
    const options = priority === undefined ? undefined : { priority };
    if (!this.#try(() => this.#pump.endpoint.sendPrepared(prepareText("p".repeat(length)), options))) return;
    if (when === "later") {
      if (this.#isShort) this.#pump.requestPreparedFlush();
      else this.#pump.requestFlush();
    } else if (this.#isShort) this.#pump.flushPrepared();
    else this.#pump.flush();
  }

  command(command: (pump: Pump) => void): void {
    this.#try(() => command(this.#pump));
    this.#pump.requestFlush();
  }

  #try(command: () => void): boolean {
    try {
      command();
      return true;
    } catch (error) {
      this.#events.push(String(error));
      return false;
    }
  }

  /** All that the application, the peer and the server can see. */
  get seen(): unknown {
    const { endpoint, bufferedLength, failure } = this.#pump;
    const { state, statistics } = endpoint;
    // What waits is held in blocks of a pool, or in arrays, depending on what the pool has.
    const held = bufferedLength > 0 ? undefined : this.#budget.held;
    return { calls: this.transport.calls, events: this.#events, held, bufferedLength, state, statistics, failure };
  }
}

/** A client's frame, masked with zeros. */
const frame = (firstByte: number, ...payload: number[]): Uint8Array =>
  Uint8Array.of(firstByte, 0x80 | payload.length, 0, 0, 0, 0, ...payload);

const steps: readonly (readonly [name: string, step: (world: World) => void])[] = [
  ["prepared", (world) => world.prepared(3)],
  ["prepared, long", (world) => world.prepared(200)],
  ["prepared, urgent", (world) => world.prepared(4, 1)],
  ["text", (world) => world.command((pump) => pump.endpoint.sendText("t"))],
  ["ping", (world) => world.command((pump) => pump.endpoint.sendPing())],
  ["stream", (world) => world.command((pump) => pump.endpoint.startMessage("text").end())],
  ["close", (world) => world.command((pump) => pump.endpoint.sendClose(1000))],
  ["pause", (world) => world.command((pump) => pump.pause())],
  ["resume", (world) => world.command((pump) => pump.resume())],
  ["stop reading", ({ transport }) => transport.read(false)],
  ["read", ({ transport }) => transport.read(true)],
  ["text arrives", ({ transport }) => transport.sink.data(frame(0x81, 0x61), true)],
  ["Ping arrives", ({ transport }) => transport.sink.data(frame(0x89, 0x61), true)],
  ["Close arrives", ({ transport }) => transport.sink.data(frame(0x88, 0x03, 0xe8), true)],
  ["the peer ends", ({ transport }) => transport.sink.end()],
  ["the transport is lost", ({ transport }) => transport.sink.close()],
  ["prepared, at once", (world) => world.prepared(3, undefined, "at once")],
];

/** Steps, by number, and spans of time between them. */
const plan = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ step: fc.constantFrom(0, 1, 2, 16) }) },
    { weight: 4, arbitrary: fc.record({ step: fc.nat(12) }) },
    { weight: 1, arbitrary: fc.record({ step: fc.nat(steps.length - 1) }) },
    { weight: 4, arbitrary: fc.record({ wait: fc.constantFrom(0, 0, 0, 450, 1000) }) },
  ),
  { minLength: 1, maxLength: 15 },
);

const setup = fc.record({
  idle: fc.constantFrom(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 600),
  writeBudget: fc.constantFrom(100, 65_536),
});

const usual: Setup = { idle: Number.POSITIVE_INFINITY, writeBudget: 65_536 };

it("is sent by a short flush as by a whole one: the same bytes, writes, events, deadlines and counters", async () => {
  await fc.assert(
    fc.asyncProperty(setup, plan, async (setup, plan) => {
      const clock = new TestClock();
      const worlds = [true, false].map((isShort) => new World(isShort, clock, setup)) as [World, World];
      await clock.advance(0);
      for (const action of plan) {
        if ("step" in action) for (const world of worlds) steps[action.step]?.[1](world);
        else await clock.advance(action.wait);
        expect(worlds[0].seen).toEqual(worlds[1].seen);
      }
      await clock.advance(5000);
      expect(worlds[0].seen).toEqual(worlds[1].seen);
    }),
    {
      numRuns: 50,
      examples: [
        // The message is the latest sign of life of a connection that is closed when idle.
        [{ idle: 600, writeBudget: 65_536 }, [{ wait: 450 }, { step: 0 }, { wait: 0 }]],
        // Something else happens in the same turn, before it or behind it.
        [usual, [{ step: 0 }, { step: 7 }, { wait: 0 }, { step: 8 }, { step: 0 }, { wait: 0 }]],
        [usual, [{ step: 7 }, { step: 0 }, { wait: 0 }, { step: 0 }, { step: 8 }, { wait: 0 }]],
        // The peer does not read it.
        [usual, [{ step: 9 }, { step: 0 }, { wait: 0 }, { step: 1 }]],
        // It leaves at once, behind what waits for the end of the turn.
        [usual, [{ step: 3 }, { step: 16 }, { step: 7 }, { step: 16 }, { wait: 0 }]],
      ],
    },
  );
}, 30_000);
