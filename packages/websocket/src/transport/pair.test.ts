import { describe, expect, it } from "vitest";
import { turn, until } from "../../tests/support/clock.ts";
import { fromMessagePort } from "./from-message-port.ts";
import { type ByteStreams, fromStreams } from "./from-streams.ts";
import { createTransportPair } from "./pair.ts";
import type { Transport, TransportSink } from "./transport.ts";

class Recorder implements TransportSink {
  readonly lines: string[] = [];
  readonly bytes: number[] = [];
  data(chunk: Uint8Array): void {
    // Not with `...`: the stack of a browser's worker is small.
    for (const byte of chunk) this.bytes.push(byte);
    chunk.fill(0xee);
  }
  drain(): void {
    this.lines.push("drain");
  }
  end(): void {
    this.lines.push("end");
  }
  error(error: unknown): void {
    this.lines.push(`error ${(error as Error).message}`);
  }
  close(): void {
    this.lines.push("close");
  }
}

/** Two streams, each of which the other end reads and writes. */
function streams(highWaterMark = 65_536): [ByteStreams, ByteStreams] {
  const strategy = { highWaterMark, size: (chunk: Uint8Array) => chunk.length };
  const there = new TransformStream<Uint8Array, Uint8Array>({}, strategy, strategy);
  const back = new TransformStream<Uint8Array, Uint8Array>({}, strategy, strategy);
  return [
    { readable: back.readable, writable: there.writable },
    { readable: there.readable, writable: back.writable },
  ];
}

function ports(): [Transport, Transport] {
  const { port1, port2 } = new MessageChannel();
  return [fromMessagePort(port1), fromMessagePort(port2)];
}

const kinds: [name: string, make: () => [Transport, Transport], pushesBack: boolean][] = [
  ["pair", () => createTransportPair(), true],
  ["pair with small chunks", () => createTransportPair({ chunkSize: 3 }), true],
  ["fromStreams", () => streams(8).map(fromStreams) as [Transport, Transport], true],
  ["fromMessagePort", ports, true],
];

describe.each(kinds)("the transport of %s", (_, make, pushesBack) => {
  function started() {
    const [left, right] = make();
    const [near, far] = [new Recorder(), new Recorder()];
    left.start(near);
    right.start(far);
    return { left, right, near, far };
  }

  it("delivers what was written in order, and calls drain for each write", async () => {
    const { left, near, far } = started();
    const chunk = Uint8Array.of(1, 2, 3, 4);
    left.write([chunk, Uint8Array.of(5).subarray(0)]);
    await until(() => near.lines.length === 1 && far.bytes.length === 5);
    left.write([new Uint8Array(100_000).fill(7), Uint8Array.of(9)]);
    await until(() => near.lines.length === 2 && far.bytes.length === 100_006);
    expect(far.bytes.slice(0, 5)).toEqual([1, 2, 3, 4, 5]);
    expect(far.bytes.at(-1)).toBe(9);
    expect([...chunk]).toEqual([1, 2, 3, 4]);
    expect(near.lines).toEqual(["drain", "drain"]);
  });

  it("ends one half and then the other, and reports close once", async () => {
    const { left, right, near, far } = started();
    left.write([Uint8Array.of(1)]);
    await until(() => near.lines.length === 1);
    left.end();
    await until(() => far.lines.includes("end"));
    expect(near.lines).toEqual(["drain"]);
    right.write([Uint8Array.of(2)]);
    await until(() => near.bytes.length === 1 && far.lines.includes("drain"));
    right.end();
    await until(() => near.lines.includes("close") && far.lines.includes("close"));
    await turn();
    expect(near.lines).toEqual(["drain", "end", "close"]);
    expect(far.lines).toEqual(["end", "drain", "close"]);
  });

  it("drops everything when aborted", async () => {
    const { left, right, near, far } = started();
    left.write([new Uint8Array(1_000)]);
    left.abort();
    await until(() => near.lines.includes("close"));
    right.abort();
    right.abort();
    left.abort();
    await until(() => far.lines.includes("close"));
    await turn();
    expect(near.lines.filter((line) => line === "close")).toHaveLength(1);
    expect(far.lines.filter((line) => line === "close")).toHaveLength(1);
  });

  it("delivers at most one chunk while paused, and makes the writer wait", async () => {
    const { left, right, near, far } = started();
    right.pause();
    await turn();
    left.write([new Uint8Array(10)]);
    left.end();
    await turn();
    expect(far.bytes.length).toBeLessThan(11);
    expect(far.lines).toEqual([]);
    if (pushesBack && far.bytes.length === 0) expect(near.lines).toEqual([]);
    right.resume();
    await until(() => far.lines.includes("end"));
    expect(far.bytes).toHaveLength(10);
    right.resume();
  });
});

describe("pair", () => {
  it("can be lost, which both ends report", async () => {
    const [left, right] = createTransportPair();
    const [near, far] = [new Recorder(), new Recorder()];
    left.start(near);
    right.start(far);
    left.write([Uint8Array.of(1)]);
    expect(left.bytesInFlight).toBe(1);
    left.lose(new Error("cable cut"));
    left.write([Uint8Array.of(1)]);
    left.end();
    await turn();
    expect(near.lines).toEqual(["error cable cut", "close"]);
    expect(far.lines).toEqual(["error cable cut", "close"]);
  });

  it("keeps what arrives before the other end has started", async () => {
    const [left, right] = createTransportPair();
    const far = new Recorder();
    left.start(new Recorder());
    left.write([Uint8Array.of(1)]);
    left.end();
    left.end();
    await turn();
    right.start(far);
    await until(() => far.lines.includes("end"));
    expect(far.bytes).toEqual([1]);
  });

  it("delivers when its scheduler says so", () => {
    const tasks: (() => void)[] = [];
    const [left, right] = createTransportPair({ schedule: (task) => tasks.push(task) });
    const far = new Recorder();
    right.start(far);
    left.write([Uint8Array.of(1)]);
    expect(far.bytes).toEqual([]);
    for (const task of tasks) task();
    expect(far.bytes).toEqual([1]);
  });
});

describe("fromStreams", () => {
  it.each(["readable", "writable"] as const)("reports an error of its %s", async (broken) => {
    let breakIt: (error: Error) => void = () => {};
    const transport = fromStreams({
      readable: new ReadableStream<Uint8Array>({
        start: (controller) => {
          if (broken === "readable") breakIt = (error) => controller.error(error);
        },
      }),
      writable: new WritableStream<Uint8Array>({
        start: (controller) => {
          if (broken === "writable") breakIt = (error) => controller.error(error);
        },
      }),
    });
    const near = new Recorder();
    transport.start(near);
    breakIt(new Error("broken"));
    await until(() => near.lines.includes("close"));
    expect(near.lines).toEqual(["error broken", "close"]);
    transport.write([Uint8Array.of(1)]);
    transport.end();
    await turn();
    expect(near.lines).toEqual(["error broken", "close"]);
  });

  it("copies a chunk that is a part of its buffer, and no other", async () => {
    const pool = new Uint8Array(8).fill(1);
    const whole = new Uint8Array(3);
    // The `slice` of a Buffer would be a view.
    const part = Object.assign(pool.subarray(2, 5), { slice: () => pool.subarray(2, 5) });
    const chunks: Uint8Array[] = [];
    const transport = fromStreams({
      readable: new ReadableStream<Uint8Array>({
        start: (controller) => {
          for (const chunk of [part, whole]) controller.enqueue(chunk);
        },
      }),
      writable: new WritableStream<Uint8Array>(),
    });
    transport.start(Object.assign(new Recorder(), { data: (chunk: Uint8Array) => chunks.push(chunk) }));
    await until(() => chunks.length === 2);
    expect(chunks[0]).toEqual(Uint8Array.of(1, 1, 1));
    expect(chunks[0]!.buffer.byteLength).toBe(3);
    expect(chunks[1]).toBe(whole);
  });

  it("skips empty chunks", async () => {
    const transport = fromStreams({
      readable: new ReadableStream<Uint8Array>({
        start: (controller) => {
          controller.enqueue(new Uint8Array(0));
          controller.enqueue(Uint8Array.of(1));
          controller.close();
        },
      }),
      writable: new WritableStream<Uint8Array>(),
    });
    const near = new Recorder();
    let chunks = 0;
    const { data } = near;
    near.data = (chunk) => {
      chunks++;
      data.call(near, chunk);
    };
    transport.start(near);
    await until(() => near.lines.includes("end"));
    expect(chunks).toBe(1);
  });
});
