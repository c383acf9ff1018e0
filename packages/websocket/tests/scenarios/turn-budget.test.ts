/** How much one connection may delay the others in a turn of the event loop, in counts and in the order of events. */

import { Connection, Endpoint, type Extension, plainAgreement } from "@hybi/core";
import { encodeFrame } from "@hybi/core/frame";
import { concatBytes } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { quantum, roundWork } from "../../src/load/rounds.ts";
import { hasRequestContexts } from "../../src/platform/runtime.ts";
import { type PumpListener, silentListener } from "../../src/pump/listener.ts";
import { Pump } from "../../src/pump/pump.ts";
import { WebSocketServer } from "../../src/server/server.ts";
import type { Transport, TransportSink } from "../../src/transport/transport.ts";
import { EventLoop } from "../support/event-loop.ts";
import { clientRequest } from "../support/http.ts";

const kibibyte = 1024;
const block = new Uint8Array(kibibyte);

/** Expands like DEFLATE at its worst: a byte becomes a KiB of zeros, or nothing if it is 0. */
const expanding: Extension = {
  ...{ name: "x-expanding", rsv: 0x40, offers: () => [], checkAnswer: () => undefined, answer: () => [] },
  createTransform: () => ({
    beginDecode: (_, rsv) => rsv !== 0,
    decode: (bytes, start, end, sink) => {
      for (let at = start; at < end; at++) if (!sink(block, 0, bytes[at] === 0 ? 0 : block.length)) break;
      return undefined;
    },
    endDecode: () => undefined,
    beginEncode: () => undefined,
    encode: () => {},
    endEncode: () => {},
    release: () => {},
  }),
};
const extensions = [expanding];
const agreement = { ...plainAgreement("server"), extensions: [{ name: "x-expanding", parameters: [] }] };
const maskingKey = 0;

function repeated(bytes: Uint8Array, length: number): Uint8Array {
  const count = Math.floor(length / bytes.length);
  const all = new Uint8Array(count * bytes.length);
  for (let index = 0; index < count; index++) all.set(bytes, index * bytes.length);
  return all;
}

/** A message of `length` zeros. */
function bomb(length: number, final = true): Uint8Array {
  return encodeFrame({ opcode: 2, rsv: 0x40, payload: new Uint8Array(length / kibibyte).fill(1), maskingKey, final });
}

/** Frames of 64 KiB in total each: the result of one read of a socket. */
const floods: Readonly<Record<string, Uint8Array>> = {
  "two-byte messages": repeated(
    encodeFrame({ opcode: 1, payload: Uint8Array.of(0x61, 0x61), maskingKey }),
    64 * kibibyte,
  ),
  "empty messages": repeated(encodeFrame({ opcode: 2, maskingKey }), 64 * kibibyte),
  Pings: repeated(encodeFrame({ opcode: 9, maskingKey }), 64 * kibibyte),
  "empty fragments": concatBytes([
    encodeFrame({ opcode: 2, maskingKey, final: false }),
    repeated(encodeFrame({ opcode: 0, maskingKey, final: false }), 64 * kibibyte),
  ]),
  "short messages that become 1 MiB each": repeated(bomb(1024 * kibibyte), 64 * kibibyte),
  "a long frame that becomes 60 MiB": bomb(60 * 1024 * kibibyte, false),
  "blocks without content": encodeFrame({
    opcode: 2,
    rsv: 0x40,
    payload: new Uint8Array(63 * kibibyte),
    maskingKey,
  }),
};

/** A transport whose other end is the test. */
class ManualTransport implements Transport {
  readonly calls: string[] = [];
  written = 0;
  isPaused = false;
  /** Whether `drain` is called within `write`. */
  isSync = true;
  #isWriting = false;
  sink!: TransportSink;

  start(sink: TransportSink): void {
    this.sink = sink;
  }
  write(chunks: readonly Uint8Array[]): void {
    for (const { length } of chunks) this.written += length;
    this.#isWriting = true;
    if (this.isSync) this.answer();
  }
  answer(): void {
    if (!this.#isWriting) return;
    this.#isWriting = false;
    this.sink.drain();
  }
  end(): void {
    this.calls.push("end");
  }
  abort(): void {
    this.calls.push("abort");
  }
  pause(): void {
    this.isPaused = true;
    this.calls.push("pause");
  }
  resume(): void {
    this.isPaused = false;
    this.calls.push("resume");
  }
}

interface Watched {
  readonly transport: ManualTransport;
  readonly connection: Connection;
  readonly pump: Pump;
  /** Returns the events since the last call. */
  take(): string[];
}

function accepted(clock: EventLoop, overrides: Partial<PumpListener> = {}): Watched {
  const transport = new ManualTransport();
  const endpoint = Endpoint.fromAgreement(agreement, { extensions, limits: { message: 64 * 1024 * kibibyte } });
  const connection = endpoint.connection as Connection;
  const events: string[] = [];
  const listener: PumpListener = {
    ...silentListener,
    text: (data) => events.push(`text ${data}`),
    binary: (_, start, end) => events.push(`binary ${end - start}`),
    ping: () => events.push("ping"),
    failure: ({ code }) => events.push(`failure ${code}`),
    close: (code) => events.push(`close ${code}`),
    end: (clean) => events.push(`end ${clean}`),
    ...overrides,
  };
  const pump = new Pump({ endpoint, transport, listener, clock, deadlines: { controlFrames: 1e9 } });
  pump.start();
  return { transport, connection, pump, take: () => events.splice(0) };
}

/** An event loop that runs the tasks for the next turn only when the test calls `turn`. */
class CountingLoop extends EventLoop {
  #turns: (() => void)[] = [];
  override readonly nextTurn = (task: () => void): void => void this.#turns.push(task);

  /** Runs the tasks queued for the next turn. Returns whether there were any. */
  async turn(): Promise<boolean> {
    await new Promise((resolve) => setTimeout(resolve));
    const tasks = this.#turns.splice(0);
    for (const task of tasks) task();
    await new Promise((resolve) => setTimeout(resolve));
    return tasks.length > 0;
  }
}

/** Returns the work that `connections` do while `action` runs. */
function workOf(connections: readonly Connection[], action: () => void): number {
  const before = connections.map((connection) => connection.receiveInto);
  let work = 0;
  for (const connection of connections) {
    connection.receiveInto = function (...args) {
      const taken = Connection.prototype.receiveInto.apply(this, args);
      work += this.work;
      return taken;
    };
  }
  action();
  for (const [index, connection] of connections.entries()) {
    connection.receiveInto = before[index] as Connection["receiveInto"];
  }
  return work;
}

const hello = encodeFrame({ opcode: 1, payload: Uint8Array.of(0x68, 0x69), maskingKey });
/** A 4 KiB slice, which may expand to 4 MiB, and the copies of that. */
const oneStep = 10_000_000;
/** What each may do when a round is used up, including the slice that it ends with. */
const littleWork = 180_000;

describe.each(Object.keys(floods))("a connection that sends %s", (name) => {
  const flood = floods[name] as Uint8Array;

  it("causes a bounded amount of work in a turn, and none of it is lost [A08] [A09]", async () => {
    const clock = new CountingLoop();
    const { transport, connection, take } = accepted(clock);
    const whole: string[] = [];
    const alone = new Connection(agreement, { extensions, limits: { message: 64 * 1024 * kibibyte } });
    for (const event of alone.receive(flood.slice())) {
      if (event.type === "binary") whole.push(`binary ${event.data.length}`);
      else whole.push(event.type === "text" ? `text ${event.data}` : event.type);
    }
    const total = alone.work;
    const works = [workOf([connection], () => transport.sink.data(flood.slice()))];
    const events = take();
    expect(transport.isPaused).toBe(total > quantum);
    for (let turns = 0; turns < 500; turns++) {
      const work = { of: 0 };
      let isOver = false;
      const receiveInto = connection.receiveInto;
      connection.receiveInto = function (...args) {
        const taken = Connection.prototype.receiveInto.apply(this, args);
        work.of += this.work;
        return taken;
      };
      isOver = !(await clock.turn());
      connection.receiveInto = receiveInto;
      works.push(work.of);
      events.push(...take());
      if (isOver) break;
    }
    expect(events).toEqual(whole);
    expect(works.reduce((sum, work) => sum + work, 0)).toBe(total);
    expect(Math.max(...works)).toBeLessThan(roundWork + oneStep);
    expect(transport.isPaused).toBe(false);
  });

  it.skipIf(hasRequestContexts)(
    "does not delay the message of another one, even when there are a hundred like it [A08] [A09]",
    async () => {
      const clock = new CountingLoop();
      const hostile = Array.from({ length: 100 }, () => accepted(clock));
      const innocent = accepted(clock);
      const all = [...hostile, innocent].map(({ connection }) => connection);
      for (let round = 0; round < 5; round++) {
        const work = workOf(all, () => {
          for (const { transport } of hostile) if (!transport.isPaused) transport.sink.data(flood.slice());
          innocent.transport.sink.data(hello.slice());
        });
        expect(innocent.take()).toEqual(["text hi"]);
        expect(work).toBeLessThan(roundWork + 2 * oneStep + 100 * littleWork);
        await clock.turn();
      }
    },
  );
});

describe("data that waits for its turn", () => {
  const flood = floods["two-byte messages"] as Uint8Array;
  const messages = flood.length / 8;

  it("is delivered before what follows it: bytes, a Close frame, and the end [A09]", async () => {
    const clock = new EventLoop();
    const { transport, take } = accepted(clock);
    transport.sink.data(flood.slice());
    transport.sink.data(hello.slice());
    transport.sink.data(encodeFrame({ opcode: 8, payload: Uint8Array.of(0x03, 0xe8), maskingKey }));
    transport.sink.end();
    const before = take();
    expect(before.length).toBeLessThan(messages);
    expect(transport.calls).toEqual(["pause"]);
    await clock.run();
    const events = [...before, ...take()];
    expect(events.slice(0, messages)).toEqual(Array.from({ length: messages }, () => "text aa"));
    expect(events.slice(messages)).toEqual(["text hi", "close 1000", "end true"]);
  });

  it("is delivered before the loss of the transport, to which nothing more is written [A09]", async () => {
    const clock = new EventLoop();
    const { transport, take, pump } = accepted(clock, {
      text: () => {
        pump.endpoint.sendText("answer");
        lines++;
      },
    });
    let lines = 0;
    transport.sink.data(flood.slice());
    const { written } = transport;
    transport.sink.end();
    transport.sink.error(new Error("cable cut"));
    transport.sink.close();
    expect(take()).toEqual([]);
    await clock.run();
    expect([lines, take(), transport.written]).toEqual([messages, ["end false"], written]);
    expect(pump.failure).toEqual({ kind: "transport", error: new Error("cable cut") });
  });

  it("is dropped with the connection, by the application or after a violation [A09]", async () => {
    for (const drop of [(pump: Pump) => pump.abort(), (pump: Pump) => pump.abortSilently()]) {
      const clock = new EventLoop();
      const { transport, take, pump } = accepted(clock);
      transport.sink.data(flood.slice());
      take();
      drop(pump);
      expect(pump.backlogLength).toBe(0);
      transport.sink.data(hello.slice());
      await clock.run();
      expect(take().filter((event) => event !== "end false")).toEqual([]);
    }
    const clock = new EventLoop();
    const { transport, take, pump } = accepted(clock);
    transport.sink.data(concatBytes([flood, encodeFrame({ opcode: 3, maskingKey }), flood]));
    await clock.run();
    expect(take().slice(messages)).toEqual(["failure frame/opcode-reserved"]);
    expect([pump.backlogLength, transport.isPaused]).toEqual([0, false]);
  });

  it("may be dropped from within an event [A09]", async () => {
    const clock = new EventLoop();
    let count = 0;
    const { transport, pump, take } = accepted(clock, {
      text: () => {
        count++;
        if (count === messages - 1) pump.abort();
      },
    });
    transport.sink.data(flood.slice());
    transport.sink.data(flood.slice());
    await clock.run();
    expect(count).toBeLessThan(messages + 1_700);
    expect([pump.backlogLength, take()]).toEqual([0, ["end false"]]);
  });

  it("stays while the application pauses, when there is much of it, and continues in order [A09]", async () => {
    const clock = new EventLoop();
    const { transport, pump, take } = accepted(clock);
    transport.sink.data(flood.slice());
    transport.sink.data(flood.slice());
    pump.pause();
    await clock.run();
    const { length } = take();
    expect(length).toBeLessThan(messages);
    expect(transport.isPaused).toBe(true);
    pump.resume();
    await clock.run();
    expect(length + take().length).toBe(2 * messages);
    expect(transport.isPaused).toBe(false);
    transport.sink.data(flood.slice());
    pump.pause();
    await clock.run();
    expect(take()).toHaveLength(messages);
    expect([transport.isPaused, pump.backlogLength]).toEqual([true, 0]);
  });
});

describe.skipIf(hasRequestContexts)("compression of output", () => {
  /** Returns an extension that turns any input into one byte, and records the input lengths. */
  const shrinking = (given: number[]): Extension => ({
    ...expanding,
    createTransform: () => ({
      ...expanding.createTransform("server", []),
      beginEncode: () => 0x40,
      encode: (_, start, end) => void given.push(end - start),
      flushEncode: (sink) => void sink(block, 0, 1),
      endEncode: (sink) => void sink(block, 0, 1),
    }),
  });
  const sum = (given: number[]): number => given.splice(0).reduce((sum, length) => sum + length, 0);
  const mebibyte = 1024 * kibibyte;

  it.each([true, false])(
    "runs in turns shared with other connections, with writes confirmed within the call: %s [A08]",
    async (isSync) => {
      const clock = new CountingLoop();
      const given: number[] = [];
      const extensions = [shrinking(given)];
      const opened = Array.from({ length: 20 }, () => {
        const transport = new ManualTransport();
        transport.isSync = isSync;
        const endpoint = Endpoint.fromAgreement(agreement, { extensions });
        const pump = new Pump({ endpoint, transport, listener: silentListener, clock });
        pump.start();
        endpoint.sendBinary(new Uint8Array(4 * mebibyte));
        pump.requestFlush();
        return { transport, endpoint };
      });
      let total = 0;
      for (let turns = 0; turns < 2_000; turns++) {
        const more = await clock.turn();
        for (const { transport } of opened) transport.answer();
        const now = sum(given);
        // At first each connection uses its initial allowance.
        if (turns > 1) expect(now).toBeLessThanOrEqual(3 * mebibyte);
        total += now;
        if (!more && opened.every(({ endpoint }) => endpoint.outputLength === 0)) break;
      }
      expect(total).toBe(80 * mebibyte);
    },
  );
});

describe("bytes that arrive with the opening request", () => {
  it.each(["two-byte messages", "Pings"])("are processed in turns as well: %s [A09]", async (name) => {
    const clock = new EventLoop();
    const flood = (floods[name] as Uint8Array).subarray(0, 60 * kibibyte);
    let told = 0;
    const server = new WebSocketServer(
      (opening) => {
        const socket = opening.accept();
        socket.addEventListener("message", () => told++);
        socket.addEventListener("ping", () => told++);
      },
      { runtime: { clock }, deadlines: { controlFrames: 1e9 } },
    );
    const transport = new ManualTransport();
    server.receive(transport);
    transport.sink.data(concatBytes([clientRequest("/"), flood]));
    await new Promise((resolve) => setTimeout(resolve));
    const atOnce = told;
    expect(atOnce).toBeLessThan(4_000);
    expect(transport.written).toBeGreaterThan(0);
    await clock.run();
    expect(told).toBeGreaterThan(atOnce);
    expect(told).toBe(flood.length / (name === "Pings" ? 6 : 8));
  });
});
