import { closePayload, outlineFrames, patternBytes } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { readFrames } from "../../tests/support/read-frames.ts";
import { noNativeFunctions } from "../vocabulary/native-functions.ts";
import { markCost } from "./marks.ts";
import { OutputScheduler } from "./output-scheduler.ts";

const outgoing = () =>
  new OutputScheduler({ keys: undefined, transforms: [], fragmentSize: 65_536, native: noNativeFunctions });
const [a, b, c] = ["a", "b", "c"].map((name) => ({ name })) as [object, object, object];

describe("marks", () => {
  it("are passed when what is in front of them was taken, and returned when it was handed back", () => {
    const out = outgoing();
    out.sendText("1", undefined);
    out.mark(a, undefined);
    out.sendText("2", undefined);
    expect(out.takeMarks()).toEqual([]);
    expect(outlineFrames(readFrames(out.take(3)))).toEqual(["text FIN 1"]);
    expect(out.takeMarks()).toEqual([]);
    out.handedBack();
    expect(out.takeMarks()).toEqual([a]);
    out.handedBack();
    expect([out.takeMarks(), out.takeMarks()]).toEqual([[], []]);
    expect(outlineFrames(readFrames(out.take(100)))).toEqual(["text FIN 1"]);
  });

  it("may be more than engines take as arguments of a call", () => {
    const out = outgoing();
    for (let count = 0; count < 200_000; count++) {
      out.sendText("", undefined);
      out.mark(a, undefined);
    }
    out.take(1_000_000);
    out.handedBack();
    expect(out.takeMarks().length).toBe(200_000);
  });

  it("follow the priorities of their messages", () => {
    const out = outgoing();
    out.sendText("1", undefined);
    out.mark(a, 0);
    out.sendText("2", { priority: 1 });
    out.mark(b, 1);
    out.take(3);
    out.handedBack();
    expect(out.takeMarks()).toEqual([b]);
    out.take(3);
    out.handedBack();
    expect(out.takeMarks()).toEqual([a]);
  });

  it("of an empty lane wait for nothing, or for the message that it has begun, or for what is being written", () => {
    const out = outgoing();
    out.mark(a, undefined);
    expect(out.takeMarks()).toEqual([a]);
    out.sendText("1", undefined);
    out.take(100);
    out.mark(a, undefined);
    expect(out.takeMarks()).toEqual([]);
    out.handedBack();
    expect(out.takeMarks()).toEqual([a]);
    const stream = out.startMessage("binary", undefined);
    stream.append(patternBytes(9));
    out.appended(stream, 9);
    out.take(100);
    out.mark(b, undefined);
    out.handedBack();
    expect(out.takeMarks()).toEqual([]);
    out.ended(stream);
    out.take(100);
    out.handedBack();
    expect(out.takeMarks()).toEqual([b]);
  });

  it("of messages that are dropped are never returned, and are nothing behind a Close frame that was taken", () => {
    const out = outgoing();
    out.sendText("1", undefined);
    out.mark(a, undefined);
    out.startMessage("text", undefined);
    out.mark(b, undefined);
    out.sendText("2", undefined);
    out.mark(c, undefined);
    out.sendClose(closePayload(1000));
    expect(outlineFrames(readFrames(out.take(100)))).toEqual(["text FIN 1", "text FIN 1", "close FIN 2"]);
    out.mark(b, undefined);
    out.handedBack();
    expect(out.takeMarks()).toEqual([a, c]);
    expect(out.queuedLength).toBe(0);
  });

  it("survive the release of what is not in use", () => {
    const out = outgoing();
    out.sendText("1", undefined);
    out.mark(a, undefined);
    out.take(100);
    out.shrink();
    out.handedBack();
    out.shrink();
    expect(out.takeMarks()).toEqual([a]);
    out.shrink();
    expect([out.takeMarks(), out.overhead]).toEqual([[], 0]);
  });

  it("count as queued output until they are passed or dropped", () => {
    const out = outgoing();
    for (let count = 0; count < 100; count++) {
      out.sendText("", { priority: count % 2 });
      out.mark(a, count % 2);
    }
    expect(out.queuedLength).toBeGreaterThan(100 * markCost - 4096);
    out.take(100);
    const half = out.queuedLength;
    expect(half).toBeLessThan(60 * markCost);
    out.dropFor(closePayload(1000));
    out.take(100);
    expect([out.queuedLength, out.overhead]).toEqual([0, 0]);
  });
});
