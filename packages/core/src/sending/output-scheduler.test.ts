import { closePayload, concatBytes, outlineFrames, patternBytes, sameBytes, utf8Bytes } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { countingSource } from "../../tests/support/connections.ts";
import { adding, rsv1, runLength } from "../../tests/support/extensions.ts";
import { readFrames } from "../../tests/support/read-frames.ts";
import { RandomPool } from "../bytes/random-pool.ts";
import { noNativeFunctions } from "../vocabulary/native-functions.ts";
import { OutputScheduler, type OutputSchedulerOptions } from "./output-scheduler.ts";
import { prepareText } from "./prepared-message.ts";

function outgoing(options: Partial<OutputSchedulerOptions> = {}): OutputScheduler {
  return new OutputScheduler({
    keys: undefined,
    transforms: [],
    fragmentSize: 65_536,
    native: noNativeFunctions,
    ...options,
  });
}
const client = () => outgoing({ keys: RandomPool.of(countingSource()) });
const all = (out: OutputScheduler, budget = Number.POSITIVE_INFINITY) => readFrames(out.take(budget));

describe("OutputScheduler", () => {
  it("reports the queued bytes as length, and takes nothing when nothing is queued", () => {
    const out = outgoing();
    expect([out.length, out.hasData, out.take(100)]).toEqual([0, false, []]);
    out.sendText("abc", undefined);
    expect([out.length, out.hasData]).toEqual([5, true]);
    out.sendBinary(patternBytes(5000), undefined);
    out.pingPong.sendPing(utf8Bytes("p"));
    out.sendClose(closePayload(1000));
    expect(out.length).toBe(5 + 5002 + 3 + 4);
    expect(outlineFrames(all(out))).toEqual(["ping FIN 1", "text FIN 3", "binary FIN 5000", "close FIN 2"]);
    expect([out.length, out.hasData, out.closeTaken]).toEqual([0, false, true]);
  });

  it("takes control frames, or a Close, when nothing else is queued", () => {
    for (const [out, header] of [
      [outgoing(), 2],
      [client(), 6],
    ] as const) {
      out.pingPong.sendPing(utf8Bytes("p"));
      expect([out.length, out.hasData, out.pingsTaken]).toEqual([header + 1, false, 0]);
      expect(all(out, 0)).toEqual([]);
      expect(outlineFrames(all(out))).toEqual(["ping FIN 1"]);
      expect([out.length, out.pingsTaken]).toEqual([0, 1]);
      out.sendClose(closePayload(1000));
      expect(out.length).toBe(header + 2);
      expect(outlineFrames(all(out))).toEqual(["close FIN 2"]);
    }
    expect(outgoing().pingsTaken).toBe(0);
  });

  it("can be shrunk at any time, and loses nothing that is pending", () => {
    const out = outgoing();
    out.sendText("a", undefined);
    out.shrink();
    expect(outlineFrames(all(out))).toEqual(["text FIN 1"]);
    const stream = out.startMessage("text", undefined);
    out.shrink();
    out.ended(stream);
    out.shrink();
    expect(outlineFrames(all(out))).toEqual(["text FIN 0"]);
    out.shrink();
    expect([out.length, out.overhead, out.hasData]).toEqual([0, 0, false]);
    out.sendText("b", { priority: 1 });
    out.shrink();
    expect(outlineFrames(all(out))).toEqual(["text FIN 1"]);
  });

  it("can be shrunk after messages with a priority, whose lanes are empty", () => {
    const out = outgoing();
    out.sendText("a", { priority: 1 });
    out.sendText("b", { priority: -1 });
    out.shrink();
    expect(all(out, out.length)).toHaveLength(2);
    expect(out.overhead).toBeGreaterThan(0);
    out.shrink();
    expect(out.overhead).toBe(0);
    const stream = out.startMessage("text", { priority: 1 });
    out.shrink();
    stream.appendText("c");
    out.appended(stream, 1);
    expect(outlineFrames(all(out))).toEqual(["text 1"]);
  });

  it("takes encoded messages whole within the budget, and by frames when it is smaller", () => {
    const out = outgoing();
    for (const text of ["a", "bb", "ccc"]) out.sendText(text, undefined);
    expect(outlineFrames(all(out, 4))).toEqual(["text FIN 1", "text FIN 2"]);
    expect(out.length).toBe(5);
    out.sendText("dddd", undefined);
    expect(outlineFrames(all(out, 5))).toEqual(["text FIN 3"]);
    expect(outlineFrames(all(out, 6))).toEqual(["text FIN 4"]);
    expect(out.length).toBe(0);
  });

  it("counts control frames in the budget, and takes no message for which they leave no room [X24]", () => {
    const out = outgoing();
    out.sendText("a", undefined);
    out.pingPong.sendPing(utf8Bytes("p"));
    expect(outlineFrames(all(out, 3))).toEqual(["ping FIN 1"]);
    expect(out.length).toBe(3);
    out.pingPong.sendPing(utf8Bytes("p"));
    expect(outlineFrames(all(out, 4))).toEqual(["ping FIN 1", "text FIN 1"]);
    expect(all(out)).toEqual([]);
  });

  it("takes no Close before messages for which the budget leaves no room", () => {
    const out = outgoing();
    out.sendText("a", undefined);
    out.sendBinary(patternBytes(5000), undefined);
    out.sendText("bb", undefined);
    out.sendClose(closePayload(1000));
    const lines: string[][] = [];
    for (const budget of [3, 5004, 4, 4]) lines.push(outlineFrames(all(out, budget)));
    expect(lines).toEqual([["text FIN 1"], ["binary FIN 5000"], ["text FIN 2"], ["close FIN 2"]]);
  });

  it("takes short messages and the Close after them in one call, and each only once", () => {
    const out = outgoing();
    out.sendText("a", undefined);
    out.sendBinary(utf8Bytes("bc"), undefined);
    out.sendClose(closePayload(1000));
    expect(outlineFrames(all(out))).toEqual(["text FIN 1", "binary FIN 2", "close FIN 2"]);
    expect([out.length, out.closeTaken, all(out)]).toEqual([0, true, []]);
  });

  it("sends by reference, by copy or masked, as role and ownership require [F12]", () => {
    const data = patternBytes(70_000);
    const server = outgoing();
    server.sendBinary(data, undefined);
    const chunks = server.take(Number.POSITIVE_INFINITY);
    expect(chunks.filter((chunk) => chunk.buffer === data.buffer)).toHaveLength(2);
    for (const [out, isMasked] of [
      [server, false],
      [client(), true],
    ] as const) {
      out.sendBinary(data, undefined);
      out.sendText("é".repeat(35_000), undefined);
      const frames = all(out);
      const payload = concatBytes(frames.map((frame) => frame.payload));
      expect(sameBytes(payload, concatBytes([data, utf8Bytes("é".repeat(35_000))]))).toBe(true);
      expect(frames.map(({ key }) => key !== undefined)).toEqual(frames.map(() => isMasked));
    }
    expect(sameBytes(data, patternBytes(70_000))).toBe(true);
  });

  it("takes no empty array for a fragment without payload, because all connections share it", () => {
    const transform = adding("a", rsv1, 1).createTransform("client", []);
    for (const out of [
      client(),
      outgoing({ keys: RandomPool.of(countingSource()), transforms: [{ transform, rsv: rsv1 }] }),
      outgoing(),
    ]) {
      const message = out.startMessage("text", undefined);
      message.appendText("text");
      out.appended(message, 4);
      const chunks = [...out.take(Number.POSITIVE_INFINITY)];
      out.ended(message);
      chunks.push(...out.take(Number.POSITIVE_INFINITY));
      out.ended(out.startMessage("binary", undefined));
      chunks.push(...out.take(Number.POSITIVE_INFINITY));
      expect(readFrames(chunks).map(({ payload }) => payload.length)).toEqual([4, 0, 0]);
      expect(chunks.filter(({ length }) => length === 0)).toEqual([]);
    }
  });

  it("copies short fragments of its own messages, and never changes what was taken", () => {
    const out = outgoing({ fragmentSize: 100 });
    const text = "é".repeat(50_000);
    out.sendText(text, undefined);
    const taken: Uint8Array[] = [];
    while (out.length > 0) {
      const chunks = out.take(1000);
      // Ten fragments, packed together.
      expect(chunks.length).toBeLessThanOrEqual(2);
      taken.push(...chunks);
    }
    expect(new TextDecoder().decode(concatBytes(readFrames(taken).map(({ payload }) => payload)))).toBe(text);
  });

  it("does not reuse a block that another connection's transport still holds, though it was sent through this one", () => {
    const turn = (char: string): readonly Uint8Array[] => {
      const out = outgoing();
      for (let index = 0; index < 100; index++) out.sendText(char.repeat(3000), undefined);
      return out.take(Number.POSITIVE_INFINITY);
    };
    const inner = turn("a");
    const copies = inner.map((chunk) => chunk.slice());
    const outer = outgoing({ fragmentSize: 1000 });
    for (const chunk of inner) outer.sendBinary(chunk, undefined);
    expect(sameBytes(concatBytes(all(outer).map(({ payload }) => payload)), concatBytes(copies))).toBe(true);
    turn("b");
    expect(sameBytes(concatBytes(inner), concatBytes(copies))).toBe(true);
  });

  it("chooses the lane by priority, for all kinds of messages", () => {
    const out = outgoing();
    out.sendText("ordinary", {});
    out.sendBinary(utf8Bytes("low"), { priority: -1 });
    out.sendPrepared(prepareText("urgent"), { priority: 2 });
    const stream = out.startMessage("text", { priority: 1 });
    stream.appendText("streamed");
    out.appended(stream, 8);
    out.ended(stream);
    const texts = all(out).map(({ payload }) => new TextDecoder().decode(payload));
    expect(texts).toEqual(["urgent", "streamed", "ordinary", "low"]);
    expect(out.length).toBe(0);
  });

  it("passes every message to the transforms, in the order in which messages leave", () => {
    const log: string[] = [];
    const out = outgoing({
      transforms: [{ transform: adding("a", rsv1, 1, log).createTransform("server", []), rsv: rsv1 }],
    });
    out.sendText("A", { compress: true });
    out.sendPrepared(prepareText("B"), { compress: false });
    out.sendBinary(utf8Bytes("C"), undefined);
    out.sendText("", undefined);
    expect(out.length).toBe(3 + 4 * 2);
    const frames = all(out);
    expect(outlineFrames(frames)).toEqual(["text FIN rsv40 1", "text FIN 1", "binary FIN rsv40 1", "text FIN rsv40 0"]);
    expect(new TextDecoder().decode(concatBytes(frames.map(({ payload }) => payload)))).toBe("BBD");
    expect(log.filter((line) => line.startsWith("a beginEncode"))).toEqual([
      "a beginEncode text 1 true",
      "a beginEncode text 1 false",
      "a beginEncode binary 1 undefined",
      "a beginEncode text 0 undefined",
    ]);
    expect(out.length).toBe(0);
  });

  it("waits with a message that a transform holds back, until there is output or it ends", () => {
    const out = outgoing({ transforms: [{ transform: runLength().createTransform("server", []), rsv: rsv1 }] });
    const stream = out.startMessage("text", undefined);
    expect(out.hasData).toBe(false);
    stream.appendText("a");
    out.appended(stream, 1);
    expect(out.hasData).toBe(true);
    expect(all(out)).toEqual([]);
    expect([out.length, out.hasData]).toEqual([0, false]);
    out.sendText("behind", undefined);
    expect(out.hasData).toBe(false);
    out.ended(stream);
    expect(out.hasData).toBe(true);
    expect(outlineFrames(all(out))).toEqual(["text FIN rsv20 2", "text FIN rsv20 12"]);
  });

  it("queues a Close after everything, drops messages that can never end, and sends no data after it [X08]", () => {
    const out = outgoing();
    const begun = out.startMessage("text", undefined);
    begun.appendText("begun");
    out.appended(begun, 5);
    expect(outlineFrames(all(out))).toEqual(["text 5"]);
    out.startMessage("text", undefined).appendText("dropped");
    out.appended(begun, 7);
    out.sendClose(closePayload(1000));
    expect(out.length).toBe(4);
    expect(outlineFrames(all(out))).toEqual(["close FIN 2"]);
    expect(all(out)).toEqual([]);
    expect(out.closeTaken).toBe(true);
    out.pingPong.receivePing(utf8Bytes("p"));
    expect(outlineFrames(all(out))).toEqual(["pong FIN 1"]);
  });

  it("moves a hastened Close ahead of what exceeds 1 MiB, and replaces a queued one [X24]", () => {
    const out = client();
    out.sendText("short", undefined);
    out.sendBinary(new Uint8Array(2_000_000), undefined);
    out.sendClose(closePayload(1000, "first"));
    const waiting = out.length;
    out.hastenClose(undefined);
    expect(out.length).toBe(waiting);
    out.hastenClose(closePayload(1002));
    expect(out.length).toBe(waiting - 5);
    const frames = all(out);
    expect(outlineFrames(frames)).toEqual(["text FIN 5", "close FIN 2"]);
    expect(frames[1]?.payload).toEqual(closePayload(1002));
    expect(out.length).toBe(0);
  });

  it("does not pass messages that a hastened Close drops to the transforms", () => {
    const log: string[] = [];
    const transform = adding("a", rsv1, 1, log).createTransform("server", []);
    const out = outgoing({ transforms: [{ transform, rsv: rsv1 }] });
    out.sendText("A", undefined);
    out.sendBinary(new Uint8Array(1_048_577), undefined);
    out.hastenClose(closePayload(1001));
    expect(outlineFrames(all(out))).toEqual(["text FIN rsv40 1", "close FIN 2"]);
    expect(log).toEqual(["a beginEncode text 1 undefined", "a endEncode"]);
    expect([out.length, out.hasData]).toEqual([0, false]);
  });

  it("finishes a message in progress before a hastened Close, unless more than 1 MiB of it is left [X24]", () => {
    for (const [rest, leaves] of [
      [1_048_576, true],
      [1_048_577, false],
    ] as const) {
      const out = outgoing({ fragmentSize: 2_000_000 });
      out.sendBinary(new Uint8Array(2000 + rest), undefined);
      expect(outlineFrames(all(out, 2000))).toEqual(["binary 2000"]);
      out.hastenClose(closePayload(1001));
      expect(outlineFrames(all(out))).toEqual(leaves ? [`continuation FIN ${rest}`, "close FIN 2"] : ["close FIN 2"]);
      expect([out.length, out.hasData, all(out)]).toEqual([0, false, []]);
    }
  });

  it("sends a message of 1 MiB before a hastened Close, but not one with a byte more [X24]", () => {
    for (const [length, leaves] of [
      [1_048_576, true],
      [1_048_577, false],
    ] as const) {
      const out = outgoing({ fragmentSize: 2_000_000 });
      out.sendBinary(new Uint8Array(length), undefined);
      out.hastenClose(closePayload(1001));
      expect(outlineFrames(all(out))).toEqual(leaves ? [`binary FIN ${length}`, "close FIN 2"] : ["close FIN 2"]);
    }
  });

  it.each([undefined, closePayload(1002)])(
    "spreads the allowance before a hastened Close over several calls, and never exceeds it, however often it is hastened [X24]",
    (again) => {
      const out = outgoing();
      for (let index = 0; index < 1500; index++) out.sendBinary(patternBytes(1000), undefined);
      out.hastenClose(closePayload(1000));
      let length = 0;
      while (!out.closeTaken) {
        const taken = concatBytes(out.take(50_000)).length;
        expect(taken).toBeLessThan(50_000 + 1004);
        length += taken;
        out.hastenClose(again);
      }
      expect(length).toBeGreaterThan(1_048_000);
      expect(length).toBeLessThan(1_048_576 + 2000);
    },
  );
});
