import type { ConnectionEvent, EndEvent } from "@hybi/core";
import { describe, expect, it } from "vitest";
import { EventQueue } from "./event-queue.ts";

const end: EndEvent = { type: "end", clean: true, statusCode: 1000, reason: "" };

function text(data: string): ConnectionEvent {
  return { type: "text", data };
}

describe("EventQueue", () => {
  it("gives events in order, to those who came before them and after", async () => {
    const queue = new EventQueue();
    const early = [queue.next(), queue.next()];
    expect(queue.isAwaited).toBe(true);
    for (const data of ["a", "b", "c"]) queue.add(text(data));
    expect((await Promise.all([...early, queue.next()])).map(({ value }) => value)).toEqual(["a", "b", "c"].map(text));
    expect(queue.isAwaited).toBe(false);
  });

  it("is over after the end, for all who wait and all who come", async () => {
    const queue = new EventQueue();
    const waiting = [queue.next(), queue.next(), queue.next()];
    queue.add(end);
    expect(await Promise.all([...waiting, queue.next()])).toEqual([
      { done: false, value: end },
      ...Array.from({ length: 3 }, () => ({ done: true, value: undefined })),
    ]);
  });

  it("weighs what waits in it, and nothing when it is empty", () => {
    const queue = new EventQueue();
    queue.add({ type: "binary", data: new Uint8Array(1_000) });
    queue.add({ type: "ping", payload: new Uint8Array(0) });
    expect(queue.weight).toBe(1_000 + 64 + 64);
    expect([queue.take()?.type, queue.take()?.type, queue.take()]).toEqual(["binary", "ping", undefined]);
    expect(queue.weight).toBe(0);
  });
});
