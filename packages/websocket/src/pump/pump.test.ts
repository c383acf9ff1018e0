import { Endpoint, plainAgreement } from "@hybi/core";
import { describe, expect, it } from "vitest";
import { silentSink } from "../../tests/support/by-hand.ts";
import { TestClock, turn, until } from "../../tests/support/clock.ts";
import { clientRequest } from "../../tests/support/http.ts";
import type { Clock } from "../event-loop/clock.ts";
import { createTransportPair } from "../transport/pair.ts";
import type { Transport, TransportSink } from "../transport/transport.ts";
import { type PumpListener, silentListener } from "./listener.ts";
import type { PumpOptions } from "./options.ts";
import { Pump } from "./pump.ts";

const random = (target: Uint8Array) => void crypto.getRandomValues(target as Uint8Array<ArrayBuffer>);

/** A transport without a network: records the calls, and exposes the sink. */
class ManualTransport implements Transport {
  readonly calls: string[] = [];
  readonly written: Uint8Array[] = [];
  sink!: TransportSink;
  /** Whether `drain` is called within `write`. */
  immediate = true;

  start(sink: TransportSink): void {
    this.sink = sink;
    this.calls.push("start");
  }
  write(chunks: readonly Uint8Array[]): void {
    const bytes = chunks.reduce((sum, { length }) => sum + length, 0);
    this.written.push(...chunks.map((chunk) => chunk.slice()));
    this.calls.push(`write ${bytes}`);
    if (this.immediate) this.sink.drain();
  }
  end(): void {
    this.calls.push("end");
  }
  abort(): void {
    this.calls.push("abort");
  }
  pause(): void {
    this.calls.push("pause");
  }
  resume(): void {
    this.calls.push("resume");
  }
}

/** A listener that records its calls, one line each. */
function recording(overrides: Partial<PumpListener> = {}): { listener: PumpListener; lines: string[] } {
  const lines: string[] = [];
  const listener: PumpListener = {
    ...silentListener,
    request: ({ resourceName }) => lines.push(`request ${resourceName}`),
    open: ({ role }) => lines.push(`open ${role}`),
    rejection: ({ status }, body) => lines.push(`rejection ${status} ${body.length}`),
    text: (data) => lines.push(`text ${data}`),
    binary: (_, start, end) => lines.push(`binary ${end - start}`),
    piece: (kind, _, start, end, final) => lines.push(`fragment ${kind} ${end - start} ${final}`),
    ping: (payload) => lines.push(`ping ${payload.length}`),
    pong: (payload) => lines.push(`pong ${payload.length}`),
    close: (statusCode) => lines.push(`close ${statusCode}`),
    failure: ({ code }) => lines.push(`failure ${code}`),
    end: (clean, statusCode) => lines.push(`end ${clean} ${statusCode}`),
    ...overrides,
  };
  return { listener, lines };
}

function serverPump(options: Partial<PumpOptions> = {}, overrides: Partial<PumpListener> = {}) {
  const transport = new ManualTransport();
  const clock = new TestClock();
  const { listener, lines } = recording(overrides);
  const endpoint = Endpoint.fromAgreement(plainAgreement("server"));
  const pump = new Pump({ endpoint, transport, listener, clock, ...options });
  pump.start();
  return { transport, clock, lines, pump, endpoint: pump.endpoint };
}

/** A client's frame, masked with zeros. */
function frame(firstByte: number, payload: readonly number[]): Uint8Array {
  return Uint8Array.of(firstByte, 0x80 | payload.length, 0, 0, 0, 0, ...payload);
}

describe("the pump", () => {
  it.each(["defer", "nextTurn"] as const)(
    "goes on, and so do others, after %s of the clock threw once",
    async (name) => {
      const clock: Clock = new TestClock();
      let calls = 0;
      clock[name] = (task) => {
        calls++;
        if (calls === 1) throw new Error("not now");
        queueMicrotask(task);
      };
      const pumps = [0, 1].map(() => serverPump({ clock }));
      for (const { transport } of pumps) transport.immediate = false;
      for (let count = 0; count < 3; count++) {
        for (const { pump, transport } of pumps) {
          transport.written.length = 0;
          // More than the write budget: the rest follows in turns of its own.
          pump.endpoint.connection?.sendBinary(new Uint8Array(300_000));
          pump.requestFlush();
        }
        for (let drains = 0; drains < 10; drains++) {
          await new Promise((resolve) => setTimeout(resolve, 1));
          for (const { transport } of pumps) transport.sink.drain();
        }
        const written = pumps.map(({ transport }) => transport.written.reduce((sum, { length }) => sum + length, 0));
        expect(written).toEqual([300_032, 300_032]);
      }
      expect((clock as TestClock).reported).toEqual([new Error("not now")]);
      expect(pumps.map(({ pump }) => pump.failure)).toEqual([undefined, undefined]);
    },
  );

  it("reads no clock for messages when no deadline is set but those of opening and closing", async () => {
    const never = Number.POSITIVE_INFINITY;
    const deadlines = { ping: never, pong: never, stalled: never, message: never, controlFrames: never };
    let reads = 0;
    const clock = new TestClock();
    const now = clock.now.bind(clock);
    clock.now = () => {
      reads++;
      return now();
    };
    const { transport, pump, lines } = serverPump({ clock, deadlines });
    await turn();
    reads = 0;
    transport.sink.data(frame(0x81, [0x61]), true);
    pump.endpoint.sendText("b");
    pump.requestFlush();
    await turn();
    expect([reads, lines.at(-1), transport.calls.at(-1)]).toEqual([0, "text a", "write 3"]);
    // The closing handshake has a deadline.
    pump.endpoint.sendClose(1000);
    pump.requestFlush();
    await turn();
    expect(reads).toBeGreaterThan(0);
  });

  it("flush() before the start writes nothing: the start does", async () => {
    const transport = new ManualTransport();
    const endpoint = Endpoint.fromAgreement(plainAgreement("server"));
    const pump = new Pump({ endpoint, transport, listener: silentListener, clock: new TestClock() });
    endpoint.sendText("a");
    pump.flush();
    pump.start();
    await turn();
    expect(transport.calls).toEqual(["start", "write 3"]);
  });

  it("flush() writes at once, and the end of the turn has nothing left to do", async () => {
    let flushes = 0;
    const { transport, pump } = serverPump({}, { flushed: () => void flushes++ });
    pump.endpoint.sendText("a");
    pump.requestFlush();
    pump.flush();
    expect(transport.calls.at(-1)).toBe("write 3");
    const before = flushes;
    await turn();
    expect([flushes - before, transport.calls.length]).toEqual([0, 2]);
    pump.endpoint.sendText("b");
    pump.requestFlush();
    await turn();
    expect(transport.calls.at(-1)).toBe("write 3");
  });

  it.each(["end", "close"] as const)(
    "flush() in a callback only writes: the %s that waits behind a frame that breaks a rule is reported once, and later",
    async (how) => {
      const made = serverPump(
        {},
        {
          failure: () => {
            made.pump.flush();
            made.pump.abort();
            made.pump.flush();
            made.lines.push("returned");
          },
        },
      );
      const { transport, clock, lines } = made;
      const empty = frame(0x82, []);
      const bad = frame(0xf1, []);
      const all = new Uint8Array(200_000 * empty.length + bad.length);
      for (let at = 0; at < all.length - bad.length; at += empty.length) all.set(empty, at);
      all.set(bad, all.length - bad.length);
      transport.sink.data(all);
      if (how === "end") transport.sink.end();
      transport.sink.close();
      await until(() => lines.some((line) => line.startsWith("end")));
      await turn();
      expect(lines.slice(-2)).toEqual(["returned", "end false 1006"]);
      expect(clock.reported).toEqual([]);
    },
  );

  it("reports everything that happens, and ends once, however the transport ends", async () => {
    const { transport, lines, pump } = serverPump();
    const { sink } = transport;
    sink.data(frame(0x81, [0x68, 0x69]));
    sink.data(frame(0x82, [1, 2, 3]));
    sink.data(frame(0x89, [1]));
    sink.data(frame(0x8a, [1, 2]));
    sink.data(frame(0x88, [0x03, 0xe8]));
    await turn();
    sink.end();
    await turn();
    expect(transport.calls).toEqual(["start", "write 4", "end"]);
    sink.close();
    sink.close();
    sink.end();
    sink.data(frame(0x81, [0x68]));
    pump.requestFlush();
    pump.abort();
    await turn();
    expect(lines).toEqual(["text hi", "binary 3", "ping 1", "pong 2", "close 1000", "end true 1000"]);
    expect(transport.calls).toEqual(["start", "write 4", "end"]);
  });

  it("responds to the last chunk of a turn within the call, and to others at the end of the turn, in one write", async () => {
    const echo = (data: string): void => {
      endpoint.sendText(data);
      pump.requestFlush();
    };
    const { transport, pump, endpoint } = serverPump({}, { text: echo });
    await turn();
    const { sink } = transport;
    const text = frame(0x81, [0x68, 0x69]);
    sink.data(text.slice(), true);
    expect(transport.calls).toEqual(["start", "write 4"]);
    sink.data(text.slice());
    sink.data(text.slice());
    expect(transport.calls).toEqual(["start", "write 4"]);
    await turn();
    expect(transport.calls).toEqual(["start", "write 4", "write 8"]);
    // When the end of the turn is already awaited, everything waits for it.
    sink.data(text.slice());
    sink.data(text.slice(), true);
    expect(transport.calls).toHaveLength(3);
    await turn();
    expect(transport.calls.slice(3)).toEqual(["write 8"]);
  });

  it("opens and ends a connection in the calls of the transport, without a turn", async () => {
    const tasks: (() => void)[] = [];
    const clock = Object.assign(new TestClock(), { defer: (task: () => void) => void tasks.push(task) });
    const { listener, lines } = recording({ request: () => pump.accept() });
    const transport = new ManualTransport();
    const pump: Pump = new Pump({ endpoint: Endpoint.server(), transport, listener, clock });
    pump.start();
    // The deadline of the opening is set all the same.
    expect(clock.due).toHaveLength(1);
    transport.sink.data(clientRequest("/"), true);
    expect(transport.calls).toEqual(["start", "write 129"]);
    transport.sink.end();
    expect(transport.calls).toEqual(["start", "write 129", "end"]);
    transport.sink.close();
    expect(lines).toEqual(["open server", "end false 1006"]);
    expect(tasks).toEqual([]);
    expect(clock.due).toEqual([]);
  });

  it("opens a connection at the end of the turn if the transport may have more to deliver", async () => {
    const { listener } = recording({ request: () => pump.accept() });
    const transport = new ManualTransport();
    const pump: Pump = new Pump({ endpoint: Endpoint.server(), transport, listener, clock: new TestClock() });
    pump.start();
    transport.sink.data(clientRequest("/"));
    expect(transport.calls).toEqual(["start"]);
    await turn();
    expect(transport.calls).toEqual(["start", "write 129"]);
  });

  it("takes no turn for an alarm whose deadline has moved, and rings at the new one", async () => {
    let flushed = 0;
    const overrides = { flushed: () => void flushed++ };
    const { transport, clock } = serverPump({ deadlines: { ping: 1000 } }, overrides);
    await clock.advance(900);
    transport.sink.data(frame(0x82, [1]), true);
    await turn();
    flushed = 0;
    await clock.advance(900);
    expect({ flushed, calls: transport.calls }).toEqual({ flushed: 0, calls: ["start"] });
    await clock.advance(100);
    expect(transport.calls).toEqual(["start", "write 8"]);
  });

  it("settles once per turn when nothing is sent within the call", async () => {
    let flushed = 0;
    const answer = (): void => {
      endpoint.sendText("later");
      pump.requestFlush();
    };
    const overrides = { text: () => queueMicrotask(answer), flushed: () => void flushed++ };
    const { transport, pump, endpoint } = serverPump({}, overrides);
    await turn();
    flushed = 0;
    transport.sink.data(frame(0x81, [0x68, 0x69]), true);
    expect(flushed).toBe(0);
    await turn();
    expect(flushed).toBe(1);
    expect(transport.calls).toEqual(["start", "write 7"]);
  });

  it.each([
    ["error and close", (sink: TransportSink) => [sink.error(new Error("reset")), sink.close()]],
    ["close", (sink: TransportSink) => sink.close()],
    ["end", (sink: TransportSink) => sink.end()],
    ["end and close", (sink: TransportSink) => [sink.end(), sink.close()]],
  ])("ends once when the transport calls %s", async (_, act) => {
    const { transport, lines, clock } = serverPump();
    await turn();
    act(transport.sink);
    await turn();
    expect(lines).toEqual(["end false 1006"]);
    await clock.advance(100_000);
    expect(lines).toEqual(["end false 1006"]);
    expect(clock.due).toEqual([]);
  });

  it("keeps the first reason for the loss of the transport", () => {
    const { transport, pump } = serverPump();
    expect(pump.failure).toBeUndefined();
    transport.sink.error(new Error("first"));
    transport.sink.error(new Error("second"));
    expect(pump.failure).toEqual({ kind: "transport", error: new Error("first") });
  });

  it("neither writes nor sets a timer before it is started", async () => {
    const transport = new ManualTransport();
    const clock = new TestClock();
    const endpoint = Endpoint.client({ url: "ws://example.com/", random });
    const pump = new Pump({ endpoint, transport, listener: silentListener, clock });
    pump.requestFlush();
    await turn();
    expect(transport.calls).toEqual([]);
    pump.start();
    await turn();
    expect(transport.calls[1]).toMatch(/^write 1/);
    expect(clock.due).toEqual([10_000]);
  });

  it("processes bytes read behind an opening handshake before all others [R36]", async () => {
    const transport = new ManualTransport();
    const lines: string[] = [];
    const listener = { ...silentListener, text: (data: string) => lines.push(data) };
    const endpoint = Endpoint.fromAgreement(plainAgreement("server"), {}, frame(0x81, [0x31]));
    new Pump({ endpoint, transport, listener }).start();
    transport.sink.data(frame(0x81, [0x32]));
    // Not within the call: code that awaits the opening must have had time to listen.
    expect(lines).toEqual([]);
    await turn();
    expect(lines).toEqual(["1", "2"]);
  });

  it.each([
    ["the rest of an opening", Endpoint.fromAgreement(plainAgreement("server"), {}, frame(0x81, [0x30])), undefined],
    ["an opening", Endpoint.server(), clientRequest("/")],
  ])("keeps the order of what is reported while the transport starts, and after it: %s", async (_, endpoint, head) => {
    const transport = new ManualTransport();
    const lines: string[] = [];
    const listener: PumpListener = {
      ...silentListener,
      request: () => pump.accept(),
      text: (data) => lines.push(`text ${data}`),
      end: (_clean, statusCode) => lines.push(`end ${statusCode}`),
    };
    const pump: Pump = new Pump({ endpoint, transport, listener });
    transport.start = (sink) => {
      queueMicrotask(() => sink.data(frame(0x81, [0x33])));
      if (head !== undefined) for (const part of [head, frame(0x81, [0x30])]) sink.data(part.slice());
      sink.data(frame(0x81, [0x31]));
      transport.sink = sink;
    };
    pump.start();
    transport.sink.data(frame(0x81, [0x32]));
    await turn();
    transport.sink.end();
    transport.sink.close();
    await turn();
    expect(lines).toEqual(["text 0", "text 1", "text 2", "text 3", "end 1006"]);
  });

  it.each(["rest of an opening", "opening"])("holds what it is told within start before the end: %s", async (kind) => {
    const transport = new ManualTransport();
    const lines: string[] = [];
    const listener: PumpListener = {
      ...silentListener,
      request: () => lines.push("request"),
      text: (data) => lines.push(data),
      end: () => lines.push("end"),
    };
    const endpoint = kind === "opening" ? Endpoint.server() : Endpoint.fromAgreement(plainAgreement("server"));
    const bytes = kind === "opening" ? clientRequest("/") : frame(0x81, [0x31]);
    transport.start = (sink) => {
      sink.data(bytes);
      sink.end();
      sink.close();
    };
    new Pump({ endpoint, transport, listener }).start();
    await turn();
    expect(lines).toEqual([kind === "opening" ? "request" : "1", "end"]);
  });

  it("may be told about more bytes and about the end from within its listener's calls", async () => {
    const ping = () => {
      transport.sink.data(frame(0x81, [0x32]));
      transport.sink.end();
      transport.sink.close();
    };
    const { transport, lines } = serverPump({}, { ping });
    transport.sink.data(Uint8Array.of(...frame(0x89, []), ...frame(0x81, [0x31])));
    await turn();
    expect(lines).toEqual(["text 1", "text 2", "end false 1006"]);
  });

  it("keeps the order of bytes reported within its listener's calls, and behind them", async () => {
    const lines: string[] = [];
    const ping = () => transport.sink.data(frame(0x81, [0x32]));
    const text = (data: string) => lines.push(data);
    const { transport } = serverPump({}, { ping, text });
    transport.sink.data(Uint8Array.of(...frame(0x89, []), ...frame(0x81, [0x31])));
    transport.sink.data(frame(0x81, [0x33]));
    await turn();
    transport.sink.data(frame(0x81, [0x34]));
    await turn();
    expect(lines).toEqual(["1", "2", "3", "4"]);
  });

  it("keeps the order of bytes reported within the call that opens the connection, and behind them", async () => {
    const lines: string[] = [];
    const { transport, pump } = serverPump(
      { endpoint: Endpoint.server() },
      {
        request: () => {
          pump.accept();
          transport.sink.data(frame(0x81, [0x32]));
        },
        text: (data) => lines.push(data),
      },
    );
    transport.sink.data(Uint8Array.of(...clientRequest("/"), ...frame(0x81, [0x31])));
    transport.sink.data(frame(0x81, [0x33]));
    await turn();
    expect(lines).toEqual(["1", "2", "3"]);
  });

  it("drops a connection whose transport throws when it has to pause", async () => {
    const errors: unknown[] = [];
    const { transport, lines } = serverPump({ onError: (error: unknown) => errors.push(error) });
    transport.pause = () => {
      throw new Error("no pause");
    };
    const message = frame(0x81, [0x31]);
    const many = new Uint8Array(message.length * 60_000);
    for (let at = 0; at < many.length; at += message.length) many.set(message, at);
    transport.sink.data(many);
    await turn();
    expect(errors).toEqual([new Error("no pause")]);
    expect(lines.at(-1)).toBe("end false 1006");
    expect(transport.calls.at(-1)).toBe("abort");
  });

  it("delivers parts of messages as they are when the connection delivers fragments", () => {
    const { transport, lines } = serverPump({
      endpoint: Endpoint.fromAgreement(plainAgreement("server"), { delivery: "pieces" }),
    });
    transport.sink.data(frame(0x02, [1, 2]));
    transport.sink.data(frame(0x80, []));
    expect(lines).toEqual(["fragment binary 2 false", "fragment binary 0 true"]);
  });

  it("delivers what arrives before a connection is open, and what arrived early, in every form", async () => {
    const { transport, lines, pump } = serverPump({ endpoint: Endpoint.server({ delivery: "pieces" }) });
    const early = [frame(0x82, [1]), frame(0x89, []), frame(0x8a, []), frame(0x88, [])];
    transport.sink.data(Uint8Array.of(...clientRequest("/x"), ...early.flatMap((each) => [...each])));
    pump.accept();
    expect(lines).toEqual(["request /x", "open server"]);
    await turn();
    expect(lines.slice(2)).toEqual(["fragment binary 1 true", "ping 0", "pong 0", "close undefined"]);
    const whole = serverPump({ endpoint: Endpoint.server() });
    whole.transport.sink.data(Uint8Array.of(...clientRequest("/"), ...frame(0x82, [1, 2]), ...frame(0x81, [0x31])));
    whole.pump.accept();
    await turn();
    expect(whole.lines.slice(2)).toEqual(["binary 2", "text 1"]);
  });

  it("accepts a drain within the call, and keeps writing", async () => {
    const { transport, endpoint, pump } = serverPump({ writeBudget: 1_000_000 });
    endpoint.sendBinary(new Uint8Array(3_000_000));
    pump.requestFlush();
    await turn();
    expect(transport.calls.filter((call) => call.startsWith("write"))).toHaveLength(4);
    expect(pump.bufferedLength).toBe(0);
    transport.sink.drain();
  });

  it("writes again after each drain, in a later turn if the host has turns", async () => {
    const tasks: (() => void)[] = [];
    const clock: Clock = Object.assign(new TestClock(), { nextTurn: (task: () => void) => void tasks.push(task) });
    const { transport, endpoint, pump } = serverPump({ clock });
    transport.immediate = false;
    endpoint.sendBinary(new Uint8Array(300_000));
    pump.requestFlush();
    await turn();
    expect(transport.calls).toHaveLength(2);
    expect(pump.bufferedLength).toBeGreaterThan(300_000);
    transport.sink.drain();
    await turn();
    expect(transport.calls).toHaveLength(2);
    for (const task of tasks) task();
    expect(transport.calls).toHaveLength(3);
  });

  it("ends turns where its host says so", async () => {
    const tasks: (() => void)[] = [];
    const clock: Clock = Object.assign(new TestClock(), { defer: (task: () => void) => void tasks.push(task) });
    const { transport, endpoint, pump } = serverPump({ clock });
    endpoint.sendText("x");
    pump.requestFlush();
    pump.requestFlush();
    await turn();
    expect(transport.calls).toEqual(["start"]);
    expect(tasks).toHaveLength(1);
    for (const task of tasks) task();
    expect(transport.calls).toEqual(["start", "write 3"]);
  });

  it("ends the transport only after everything has been written", async () => {
    const { transport, endpoint, pump } = serverPump();
    transport.immediate = false;
    endpoint.sendBinary(new Uint8Array(200_000));
    endpoint.sendClose(1000);
    pump.requestFlush();
    await turn();
    transport.sink.data(frame(0x88, [0x03, 0xe8]));
    await turn();
    expect(transport.calls.at(-1)).toMatch(/^write/);
    transport.sink.drain();
    await turn();
    expect(transport.calls.slice(-2)).toEqual([expect.stringMatching(/^write/), "end"]);
  });

  it("reports what its listener throws, and drops only that connection", async () => {
    for (const type of ["text", "close"] as const) {
      const { transport, clock, lines } = serverPump(
        {},
        {
          [type]: () => {
            throw new Error(`in ${type}`);
          },
        },
      );
      expect(() => transport.sink.data(frame(type === "text" ? 0x81 : 0x88, []))).not.toThrow();
      await turn();
      expect(clock.reported).toEqual([new Error(`in ${type}`)]);
      expect(transport.calls).toContain("abort");
      expect(lines).toEqual([type === "text" ? "end false 1006" : expect.stringMatching(/^end /)]);
    }
  });

  it("reports what its listener throws at the end and during the opening", async () => {
    const ending = serverPump(
      {},
      {
        end: () => {
          throw new Error("at the end");
        },
      },
    );
    ending.transport.sink.close();
    await turn();
    expect(ending.clock.reported).toHaveLength(1);
    const opening = serverPump(
      { endpoint: Endpoint.server() },
      {
        request: () => {
          throw new Error("asked");
        },
      },
    );
    opening.transport.sink.data(clientRequest("/"));
    await turn();
    expect(opening.clock.reported).toEqual([new Error("asked")]);
    expect(opening.lines).toEqual(["failure opening/transport-ended", "end false 1006"]);
  });

  it("rethrows errors of its listener as uncaught when its host has no handler for them", async () => {
    const errors: unknown[] = [];
    const { queueMicrotask: before } = globalThis;
    globalThis.queueMicrotask = (task) =>
      before(() => {
        try {
          task();
        } catch (error) {
          errors.push(error);
        }
      });
    try {
      const [near, far] = createTransportPair();
      const { listener } = recording({
        text: () => {
          throw new Error("nobody's");
        },
      });
      new Pump({ endpoint: Endpoint.fromAgreement(plainAgreement("server")), transport: far, listener }).start();
      near.start(silentSink);
      near.write([frame(0x81, [0x31])]);
      await until(() => errors.length === 1);
    } finally {
      globalThis.queueMicrotask = before;
    }
  });

  it("never pauses the transport for a pause that ends within the turn in which a last chunk arrives", async () => {
    const made = serverPump({}, { pong: () => made.pump.pause() });
    // The flush of the start is over, so that the chunk is what decides when to flush.
    await turn();
    made.transport.sink.data(frame(0x8a, [1]), true);
    made.pump.resume();
    await turn();
    expect(made.transport.calls).toEqual(["start"]);
  });

  it("refuses a chunk that is no Uint8Array, and takes one of another realm", () => {
    const { transport, lines } = serverPump();
    for (const chunk of ["text", new ArrayBuffer(5), [5], undefined]) {
      expect(() => transport.sink.data(chunk as never)).toThrow(/each chunk .* to sink\.data\(\) as a Uint8Array/);
    }
    const bytes = frame(0x81, [0x68]);
    transport.sink.data(Object.setPrototypeOf(bytes, Object.create(Object.getPrototypeOf(Uint8Array.prototype))));
    expect(lines).toEqual(["text h"]);
  });

  it("makes no more calls to a listener that was removed", async () => {
    const { transport, lines, pump } = serverPump();
    pump.abortSilently();
    transport.sink.close();
    await turn();
    expect(lines).toEqual([]);
    expect(transport.calls).toEqual(["start", "abort"]);
  });

  it("may be aborted from within its listener's calls", async () => {
    let pump: Pump | undefined;
    const made = serverPump({}, { text: () => pump?.abort() });
    ({ pump } = made);
    made.transport.sink.data(frame(0x81, [0x31]));
    expect(made.transport.calls).toEqual(["start"]);
    await turn();
    expect(made.lines).toEqual(["end false 1006"]);
    expect(made.transport.calls).toEqual(["start", "abort"]);
  });

  it.each(["end", "close"] as const)(
    "may be aborted by a listener of bytes that were held until the transport's %s, and has lost nothing then",
    async (event) => {
      const { transport, lines, pump } = serverPump({ endpoint: Endpoint.server() }, { text: () => pump.abort() });
      transport.sink.data(Uint8Array.of(...clientRequest("/"), ...frame(0x81, [0x31])));
      pump.accept();
      transport.sink[event]();
      expect(lines).toEqual(["request /", "open server"]);
      transport.sink.data(frame(0x81, [0x32]));
      pump.requestFlush();
      await turn();
      expect(lines).toEqual(["request /", "open server", "end false 1006"]);
      expect(pump.failure).toBeUndefined();
      expect(transport.calls).toEqual(["start", "abort"]);
    },
  );

  it("resumes reading while paused once no more events can occur, and informs the deadlines", async () => {
    const { transport, endpoint, pump } = serverPump();
    pump.resume();
    pump.pause();
    await turn();
    pump.pause();
    await turn();
    expect(transport.calls).toEqual(["start", "pause"]);
    transport.sink.data(frame(0x88, [0x03, 0xe8]));
    await turn();
    expect(endpoint.state).toBe("closed");
    expect(transport.calls).toEqual(["start", "pause", "resume", expect.stringMatching(/^write/), "end"]);
  });

  it("resumes reading only when every source of a pause has resumed, even one that paused twice [R13]", async () => {
    const { transport, pump } = serverPump();
    pump.pause("loop");
    await turn();
    pump.pause();
    pump.pause();
    await turn();
    pump.resume("loop");
    pump.resume("loop");
    pump.resume("stream");
    await turn();
    expect(transport.calls).toEqual(["start", "pause"]);
    pump.pause("opening");
    pump.resume();
    await turn();
    expect(transport.calls).toEqual(["start", "pause"]);
    pump.resume("opening");
    await turn();
    expect(transport.calls).toEqual(["start", "pause", "resume"]);
    for (const reason of ["application", "loop", "stream"] as const) pump.pause(reason);
    await turn();
    pump.resume("any");
    await turn();
    expect(transport.calls).toEqual(["start", "pause", "resume", "pause", "resume"]);
  });

  it("pauses the transport within the call if it must, for as long as any source of a pause is left", async () => {
    const { transport, pump } = serverPump();
    pump.pause("loop");
    pump.pauseAtOnce("loop");
    expect(transport.calls).toEqual(["start", "pause"]);
    pump.pauseAtOnce();
    pump.resume("loop");
    await turn();
    expect(transport.calls).toEqual(["start", "pause"]);
    pump.resume();
    expect(transport.calls).toEqual(["start", "pause"]);
    await turn();
    expect(transport.calls).toEqual(["start", "pause", "resume"]);
  });

  it("pauses at once, and goes on in the same turn, within a callback of its listener", async () => {
    const { transport, pump, lines } = serverPump(
      {},
      {
        pong: () => {
          pump.pauseAtOnce();
          lines.push(transport.calls.at(-1)!);
          pump.resume();
        },
      },
    );
    await turn();
    transport.sink.data(frame(0x8a, [1]));
    await turn();
    expect(lines).toEqual(["pause"]);
    expect(transport.calls).toEqual(["start", "pause", "resume"]);
  });

  it("ends when its transport throws because it has to pause at once", async () => {
    const errors: unknown[] = [];
    const { transport, pump, lines } = serverPump({ onError: (error: unknown) => errors.push(error) });
    transport.pause = () => {
      throw new Error("no pause");
    };
    pump.pauseAtOnce();
    await turn();
    expect([errors.map(String), lines]).toEqual([["Error: no pause"], ["end false 1006"]]);
    pump.pauseAtOnce("loop");
    expect(errors.length).toBe(1);
  });

  it("ends when its transport cannot start, or throws from a write started by a timer [R03]", async () => {
    for (const broken of ["start", "write"] as const) {
      const error = new Error("broken");
      const clock = new TestClock();
      const transport = new ManualTransport();
      const { listener, lines } = recording();
      const errors: unknown[] = [];
      const options = { clock, onError: (thrown: unknown) => errors.push(thrown), deadlines: { ping: 1_000 } };
      const pump = new Pump({
        endpoint: Endpoint.fromAgreement(plainAgreement("server")),
        transport,
        listener,
        ...options,
      });
      transport[broken] = (sink: unknown) => {
        if (broken === "start") transport.sink = sink as TransportSink;
        throw error;
      };
      pump.start();
      // Whatever the transport reports nevertheless is ignored.
      if (broken === "start") {
        transport.sink.data(Uint8Array.of(0x81));
        transport.sink.end();
        transport.sink.close();
      }
      await turn();
      if (broken === "write") {
        expect(errors).toEqual([]);
        await clock.advance(1_000);
        await turn();
      }
      // A failure to start is reported with the end, like a failure to open.
      expect(errors).toEqual(broken === "start" ? [] : [error]);
      expect(transport.calls).toContain("abort");
      const kind = broken === "start" ? "transport" : "given-up";
      expect([lines.at(-1), pump.failure, clock.due]).toEqual(["end false 1006", { kind, error }, []]);
    }
  });

  it("aborts when the closing handshake exceeds its deadline", async () => {
    const { transport, endpoint, pump, clock, lines } = serverPump({ deadlines: { closing: 3_000 } });
    endpoint.sendClose();
    pump.requestFlush();
    await clock.advance(3_000);
    expect(transport.calls).toEqual(["start", "write 2", "abort"]);
    expect(lines).toEqual(["end false 1006"]);
  });

  it("waits forever when the closing deadline is Infinity", async () => {
    const { transport, clock } = serverPump({ deadlines: { closing: Number.POSITIVE_INFINITY } });
    transport.sink.end();
    await clock.advance(1_000_000);
    expect(transport.calls).toEqual(["start", "end"]);
  });

  it("measures round trips with the clock, for both kinds of Ping, and ignores other Pongs", async () => {
    const { transport, clock, pump } = serverPump({ deadlines: { ping: 1_000 } });
    await clock.advance(1_000);
    const keepalive = transport.written.at(-1)?.subarray(2) ?? new Uint8Array(0);
    await clock.advance(70);
    expect(pump.roundTripTime).toBeUndefined();
    transport.sink.data(frame(0x8a, [...keepalive]));
    expect(pump.roundTripTime).toBe(70);
    transport.sink.data(frame(0x8a, [...keepalive]));
    pump.ping();
    await clock.advance(5);
    transport.sink.data(frame(0x8a, [1]));
    expect(pump.roundTripTime).toBe(70);
    transport.sink.data(frame(0x8a, []));
    expect(pump.roundTripTime).toBe(5);
  });

  it("measures a Pong that the end of the transport follows in the same turn", async () => {
    const { transport, clock, pump } = serverPump();
    pump.ping();
    await clock.advance(5);
    transport.sink.data(frame(0x8a, []));
    transport.sink.close();
    await clock.advance(100);
    expect(pump.roundTripTime).toBe(5);
  });

  it("splits a long timer into steps that a host's timer supports", async () => {
    const { clock } = serverPump({ deadlines: { ping: 2 ** 33 } });
    await turn();
    expect(clock.due).toEqual([0x7fff_ffff]);
    await clock.advance(0x7fff_ffff);
    expect(clock.due).toEqual([2 * 0x7fff_ffff]);
  });

  it("works with a no-op listener", async () => {
    const { transport, clock } = serverPump({ endpoint: Endpoint.server(), listener: silentListener });
    transport.sink.data(clientRequest("/"));
    const accepted = serverPump({ listener: silentListener });
    for (const firstByte of [0x81, 0x82, 0x89, 0x8a, 0x88]) accepted.transport.sink.data(frame(firstByte, []));
    const parts = serverPump({
      endpoint: Endpoint.fromAgreement(plainAgreement("server"), { delivery: "pieces" }),
      listener: silentListener,
    });
    parts.transport.sink.data(frame(0x81, [0x31]));
    parts.transport.sink.data(frame(0xc1, []));
    const client = serverPump({
      endpoint: Endpoint.client({ url: "ws://example.com/", random }),
      listener: silentListener,
    });
    client.transport.sink.data(new TextEncoder().encode("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"));
    silentListener.open(plainAgreement("server"));
    await turn();
    expect([...clock.reported, ...accepted.clock.reported, ...parts.clock.reported, ...client.clock.reported]).toEqual(
      [],
    );
  });
});

describe("what arrives in one chunk with the response", () => {
  it("is delivered once the code awaiting the opening has had time to listen [C13]", async () => {
    const server = Endpoint.server();
    const transport = new ManualTransport();
    const client = recording({ open: () => resolveOpen() });
    let resolveOpen = (): void => {};
    const opened = new Promise<void>((resolve) => {
      resolveOpen = resolve;
    });
    const endpoint = Endpoint.client({ url: "ws://example.com/", random });
    const pump = new Pump({ endpoint, transport, listener: client.listener });
    pump.start();
    await until(() => transport.written.length > 0);
    for (const chunk of transport.written) server.receive(chunk);
    server.accept();
    server.sendText("early");
    const chunks = server.takeOutput();
    transport.sink.data(Uint8Array.from(chunks.flatMap((chunk) => [...chunk])));
    const later = (async () => await opened)();
    await later;
    expect(client.lines).toEqual([]);
    await until(() => client.lines.length > 0);
    expect(client.lines).toEqual(["text early"]);
  });

  it("can be replied to before the Close frame when the data behind it breaks a rule", async () => {
    const server = Endpoint.server();
    const transport = new ManualTransport();
    const answer = recording({ text: (data) => pump.endpoint.sendText(`re: ${data}`) });
    const endpoint = Endpoint.client({ url: "ws://example.com/", random });
    const pump = new Pump({ endpoint, transport, listener: answer.listener });
    pump.start();
    await until(() => transport.written.length > 0);
    for (const chunk of transport.written.splice(0)) server.receive(chunk);
    server.accept();
    server.sendText("early");
    const reservedOpcode = [0x83, 0];
    transport.sink.data(Uint8Array.from([...server.takeOutput().flatMap((chunk) => [...chunk]), ...reservedOpcode]));
    await until(() => transport.calls.includes("end"));
    expect(answer.lines).toEqual(["open client", "failure frame/opcode-reserved"]);
    expect(transport.written.flatMap((chunk) => server.receive(chunk))).toMatchObject([
      { type: "text", data: "re: early" },
      { type: "close", statusCode: 1002 },
    ]);
  });
});

describe("what arrives in one chunk with the request", () => {
  it("can be replied to before the Close frame when the data behind it breaks a rule", async () => {
    const { transport, lines, pump } = serverPump(
      { endpoint: Endpoint.server() },
      { text: (data) => pump.endpoint.sendText(`re: ${data}`) },
    );
    transport.sink.data(Uint8Array.of(...clientRequest("/"), ...frame(0x81, [0x31]), ...frame(0x83, [])));
    pump.accept();
    await until(() => transport.calls.includes("end"));
    expect(lines).toEqual(["request /", "open server", "failure frame/opcode-reserved"]);
    const output = transport.written.flatMap((chunk) => [...chunk]);
    const frames = output.slice(output.findIndex((_, at) => String(output.slice(at, at + 4)) === "13,10,13,10") + 4);
    const answer = [0x81, 5, 0x72, 0x65, 0x3a, 0x20, 0x31];
    expect(frames.slice(0, 8)).toEqual([...answer, 0x88]);
  });
});
