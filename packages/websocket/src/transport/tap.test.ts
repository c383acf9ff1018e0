import { UsageError } from "@hybi/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { turn, until } from "../../tests/support/clock.ts";
import { createTransportPair } from "./pair.ts";
import { type TapEvent, tap } from "./tap.ts";
import type { Transport, TransportSink } from "./transport.ts";

/** What one end of a transport was told. */
class Recorder implements TransportSink {
  readonly lines: string[] = [];
  readonly bytes: number[] = [];
  data(chunk: Uint8Array): void {
    for (const byte of chunk) this.bytes.push(byte);
    // As the endpoint does, which unmasks in place.
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

function described(event: TapEvent): string {
  switch (event.type) {
    case "data":
      return `${event.direction} ${event.bytes.join()}`;
    case "end":
      return `end ${event.direction}`;
    case "error":
      return `error ${(event.error as Error).message}`;
    default:
      return event.type;
  }
}

function started(sink: (event: TapEvent) => unknown, onError?: (error: unknown) => unknown) {
  const [inner, right] = createTransportPair();
  const left = tap(inner, sink, { onError });
  const [near, far] = [new Recorder(), new Recorder()];
  left.start(near);
  right.start(far);
  return { left, right, near, far };
}

describe("tap", () => {
  it("reports each chunk and each step, in order", async () => {
    const lines: string[] = [];
    const { left, right, near, far } = started((event) => lines.push(described(event)));
    left.write([Uint8Array.of(1), Uint8Array.of(2, 3)]);
    left.pause();
    left.resume();
    await until(() => near.lines.length === 1);
    right.write([Uint8Array.of(4)]);
    right.end();
    left.end();
    await until(() => near.lines.includes("close"));
    expect(lines).toEqual(["out 1", "out 2,3", "pause", "resume", "drain", "end out", "in 4", "end in", "close"]);
    expect([far.bytes, near.bytes]).toEqual([[1, 2, 3], [4]]);
  });

  it("reports that the transport is dropped by this side, or lost", async () => {
    const lines: string[] = [];
    const { left, near } = started((event) => lines.push(described(event)));
    left.abort();
    await until(() => near.lines.includes("close"));
    expect(lines).toEqual(["abort", "close"]);
    const lost: string[] = [];
    const other = started((event) => lost.push(described(event)));
    other.right.abort();
    await until(() => other.near.lines.includes("close"));
    expect(lost).toEqual(["error The peer dropped the transport.", "close"]);
  });

  it("passes what the transport says of a chunk", () => {
    let sink: TransportSink | undefined;
    const noop = (): void => {};
    const inner: Transport = {
      start: (given) => {
        sink = given;
      },
      ...{ write: noop, end: noop, abort: noop, pause: noop, resume: noop },
    };
    const told: unknown[] = [];
    const near = { data: (chunk: Uint8Array, isLast?: boolean) => told.push(chunk, isLast) };
    tap(inner, () => {}).start(Object.assign(new Recorder(), near));
    const chunk = Uint8Array.of(1);
    sink!.data(chunk, true);
    sink!.data(chunk, false);
    sink!.data(chunk);
    expect(told).toEqual([chunk, true, chunk, false, chunk, undefined]);
    expect(told[0]).toBe(chunk);
  });

  it("lets go of the process as the transport does, if that can", () => {
    const told: string[] = [];
    const [inner] = createTransportPair();
    const tapped = tap(
      Object.assign(inner, { ref: () => told.push("ref"), unref: () => told.push("unref") }),
      () => {},
    );
    tapped.unref?.();
    tapped.ref?.();
    expect(told).toEqual(["unref", "ref"]);
    const [other] = createTransportPair();
    expect(() => tap(other, () => {}).unref?.()).not.toThrow();
  });

  it("changes nothing of the conversation, whatever its sink does with the bytes", async () => {
    const chunks = fc.array(fc.array(fc.uint8Array({ minLength: 1, maxLength: 9 }), { minLength: 1, maxLength: 3 }), {
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(chunks, chunks, fc.boolean(), async (there, back, throws) => {
        const reported: { in: number[]; out: number[] } = { in: [], out: [] };
        const errors: unknown[] = [];
        const { left, right, near, far } = started(
          (event) => {
            if (event.type !== "data") return;
            reported[event.direction].push(...event.bytes);
            event.bytes.fill(0xff);
            if (throws) throw new Error("sink");
          },
          (error) => errors.push(error),
        );
        for (const write of there) left.write(write);
        for (const write of back) right.write(write);
        await turn();
        const [sent, received] = [there, back].map((writes) => writes.flat().flatMap((chunk) => [...chunk]));
        expect([far.bytes, near.bytes]).toEqual([sent, received]);
        expect([reported.out, reported.in]).toEqual([sent, received]);
        expect(errors.length).toBe(throws ? there.flat().length + back.flat().length : 0);
      }),
    );
  });

  it("reports a rejected promise of its sink", async () => {
    const errors: unknown[] = [];
    const { left } = started(
      async () => {
        throw new Error("later");
      },
      (error) => errors.push(error),
    );
    left.write([Uint8Array.of(1)]);
    await until(() => errors.length > 0);
    expect((errors[0] as Error).message).toBe("later");
  });

  it("lets its sink drop the transport in the middle of anything", async () => {
    for (const type of ["data", "end", "pause", "resume"]) {
      const { left, near, far } = started((event) => {
        if (event.type === type) left.abort();
      });
      left.pause();
      left.resume();
      left.write([Uint8Array.of(1)]);
      left.end();
      await until(() => near.lines.includes("close"));
      expect(far.bytes).toEqual([]);
    }
  });

  it("checks its arguments", () => {
    const [transport] = createTransportPair();
    const wrong: (() => unknown)[] = [
      () => tap({} as Transport, () => {}),
      () => tap(transport, undefined as never),
      () => tap(transport, () => {}, { onError: 1 } as never),
      () => tap(transport, () => {}, { onerror() {} } as never),
    ];
    for (const call of wrong) expect(call).toThrow(UsageError);
  });
});
