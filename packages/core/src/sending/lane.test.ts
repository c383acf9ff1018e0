import { concatBytes, frameFrom, outlineFrames, patternBytes, sameBytes, utf8Bytes } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { readFrames } from "../../tests/support/read-frames.ts";
import { claimChunk, newOwner, noteHandedBack, returnChunk } from "../bytes/block-pool.ts";
import { ByteWriter } from "../bytes/byte-writer.ts";
import { noNativeFunctions } from "../vocabulary/native-functions.ts";
import { Lane } from "./lane.ts";
import { PendingMessage } from "./pending-message.ts";

function pending(length: number, ended = true): PendingMessage {
  const message = new PendingMessage("binary", undefined);
  if (length > 0) message.append(patternBytes(length));
  if (ended) message.end();
  return message;
}

function run(lane: Lane, room: number): { taken: number; lines: string[] } {
  const output = new ByteWriter();
  const taken = lane.takeRun(room, output);
  const chunks = output.take();
  expect(concatBytes(chunks)).toHaveLength(taken);
  return { taken, lines: outlineFrames(readFrames(chunks)) };
}

describe("Lane", () => {
  it("keeps the order of encoded and pending messages", () => {
    const lane = new Lane(0);
    expect([lane.isEmpty, lane.isRun, lane.isReady]).toEqual([true, true, false]);
    lane.writer.append(frameFrom("server", { opcode: "text", payload: "a" }));
    expect([lane.isEmpty, lane.isRun, lane.isReady]).toEqual([false, true, true]);
    const message = pending(5);
    lane.push(message);
    lane.writer.append(frameFrom("server", { opcode: "text", payload: "bc" }));
    expect([lane.isEmpty, lane.isRun, lane.isReady]).toEqual([false, false, true]);
    expect(lane.first()).toBe("run");
    expect(run(lane, 1000).lines).toEqual(["text FIN 1"]);
    expect(lane.first()).toBe(message);
    lane.dropFirst();
    expect(lane.first()).toBe("run");
    expect(run(lane, 1000).lines).toEqual(["text FIN 2"]);
    expect(lane.isEmpty).toBe(true);
  });

  it.each(["server", "client"] as const)("cuts a run of a %s between frames, for headers of any length", (role) => {
    const lengths = [0, 1, 125, 126, 200, 3000, 65_535, 65_536, 66_051, 3];
    for (const room of [1, 5, 130, 300, 70_000, 200_000]) {
      const lane = new Lane(0);
      for (const length of lengths)
        lane.writer.append(frameFrom(role, { opcode: "binary", payload: patternBytes(length) }));
      expect(lane.first()).toBe("run");
      const lines: string[] = [];
      while (!lane.isEmpty) {
        const next = run(lane, room);
        expect(next.taken).toBeGreaterThan(0);
        lines.push(...next.lines);
      }
      expect(lines).toEqual(lengths.map((length) => `binary FIN ${length}`));
    }
  });

  it("takes from a run as much as fits, and one frame more if no frame ends exactly there", () => {
    for (const [room, taken] of [
      [1, 3],
      [3, 3],
      [4, 7],
      [7, 7],
      [8, 12],
      [12, 12],
      [13, 12],
    ] as const) {
      const lane = new Lane(0);
      for (const payload of ["a", "bc", "def"]) lane.writer.append(frameFrom("server", { opcode: "text", payload }));
      expect(run(lane, room).taken).toBe(taken);
    }
  });

  it("takes from the next chunk of a run only what fits in the remaining room", () => {
    const lane = new Lane(0);
    lane.writer.append(frameFrom("server", { opcode: "binary", payload: patternBytes(5000) }));
    for (const payload of ["a", "bc", "def"]) lane.writer.append(frameFrom("server", { opcode: "text", payload }));
    expect(run(lane, 5007)).toEqual({ taken: 5007, lines: ["binary FIN 5000", "text FIN 1"] });
    expect(run(lane, 9)).toEqual({ taken: 9, lines: ["text FIN 2", "text FIN 3"] });
  });

  it("packs messages sent while another one waits into one chunk, however often first() is called", () => {
    const lane = new Lane(0);
    const message = pending(5);
    lane.push(message);
    for (const payload of ["a", "bc", "def"]) {
      expect(lane.first()).toBe(message);
      lane.writer.append(frameFrom("server", { opcode: "text", payload }));
    }
    lane.dropFirst();
    const output = new ByteWriter();
    lane.takeRun(1000, output);
    expect(output.take()).toHaveLength(1);
  });

  it("returns whole messages by reference in queue order, each after its header", () => {
    const lane = new Lane(0);
    const payload = patternBytes(5000);
    lane.writer.append(frameFrom("server", { opcode: "text", payload: "a" }));
    lane.appendBinary(payload);
    lane.appendBinary(payload);
    lane.writer.append(frameFrom("server", { opcode: "text", payload: "bc" }));
    const chunks = lane.takeAll();
    expect(chunks.filter((chunk) => chunk === payload)).toHaveLength(2);
    expect(outlineFrames(readFrames(chunks))).toEqual([
      "text FIN 1",
      "binary FIN 5000",
      "binary FIN 5000",
      "text FIN 2",
    ]);
    expect(lane.isEmpty).toBe(true);
    expect(lane.takeAll()).toEqual([]);
  });

  it("turns whole messages into messages that can be cut when they do not leave at once", () => {
    const lane = new Lane(0);
    const payload = patternBytes(5000);
    // Bytes from the writer are never mistaken for a payload by reference, whatever array they are in.
    lane.writer.append(payload);
    lane.appendBinary(payload);
    lane.writer.append(frameFrom("server", { opcode: "text", payload: "a" }));
    lane.appendBinary(patternBytes(70_000, 1));
    const items: string[] = [];
    while (!lane.isEmpty) {
      const first = lane.first();
      if (first === "run") {
        const output = new ByteWriter();
        items.push(`run of ${lane.takeRun(1_000_000, output)}`);
        continue;
      }
      lane.dropFirst();
      first.begin(undefined);
      const { payload, final, owned } = first.takeFragment(100_000);
      items.push(`${first.kind} of ${payload.length}, ${final}, ${owned}`);
    }
    expect(items).toEqual(["run of 5000", "binary of 5000, true, false", "run of 3", "binary of 70000, true, false"]);
  });

  describe("with long texts", () => {
    const long = (length: number, fill = "x") => fill.repeat(length);

    /** Lends a block of the pool to a transport, which hands it back. */
    function freeBlock(): void {
      noteHandedBack(patternBytes(100));
      const owner = newOwner();
      const writer = new ByteWriter();
      writer.reserve(60_000);
      writer.position = 60_000;
      for (const chunk of writer.take()) if (claimChunk(chunk, owner)) returnChunk(chunk);
    }

    it("encodes them in the block of the messages around them, and takes them all in one chunk", () => {
      freeBlock();
      const lane = new Lane(0);
      expect(lane.appendLongText(long(5000), noNativeFunctions, false)).toBe(5000);
      lane.writer.append(frameFrom("server", { opcode: "text", payload: "a" }));
      expect(lane.appendLongText(long(4097, "é"), noNativeFunctions, false)).toBe(8194);
      const chunks = lane.takeAll();
      expect(chunks).toHaveLength(1);
      expect(outlineFrames(readFrames(chunks))).toEqual(["text FIN 5000", "text FIN 1", "text FIN 8194"]);
    });

    it("gives them arrays of their own size if they wait, though the block has room", () => {
      freeBlock();
      const lane = new Lane(0);
      lane.writer.append(frameFrom("server", { opcode: "text", payload: "a" }));
      expect(lane.appendLongText(long(5000), noNativeFunctions, true)).toBe(5000);
      expect(lane.takeAll().map(({ length }) => length)).toEqual([3, 5004]);
    });

    it("gives them arrays of their own size if no block has room for three times that", () => {
      const lane = new Lane(0);
      // Blocks that are free are used up first.
      while (lane.writer.hasRoom(20_000)) new ByteWriter().reserve(20_000);
      lane.writer.append(frameFrom("server", { opcode: "text", payload: "a" }));
      for (const fill of ["x", "é"]) lane.appendLongText(long(5000, fill), noNativeFunctions, false);
      expect(lane.overhead).toBeLessThan(2_000);
      const chunks = lane.takeAll();
      expect(chunks.slice(1).map(({ length, buffer }) => [length, buffer.byteLength])).toEqual([
        [5004, 5004],
        [10_004, 10_004],
      ]);
      expect(outlineFrames(readFrames(chunks))).toEqual(["text FIN 1", "text FIN 5000", "text FIN 10000"]);
    });

    it.each([true, false])(
      "turns them into messages that can be cut when they do not leave at once; in a block: %s",
      (inBlock) => {
        const lane = new Lane(0);
        if (inBlock) freeBlock();
        else while (lane.writer.hasRoom(20_000)) new ByteWriter().reserve(20_000);
        const short = () => lane.writer.append(frameFrom("server", { opcode: "text", payload: "a" }));
        lane.appendLongText(long(5000), noNativeFunctions, false);
        lane.appendLongText(long(5001), noNativeFunctions, false);
        short();
        // Not a long text, though it looks like one.
        lane.writer.append(frameFrom("server", { opcode: "text", payload: long(4090) }));
        lane.appendBinary(patternBytes(9000));
        short();
        lane.appendLongText(long(5002, "é"), noNativeFunctions, false);
        const items: string[] = [];
        while (!lane.isEmpty) {
          const first = lane.first();
          if (first === "run") {
            items.push(...run(lane, 1_000_000).lines);
            continue;
          }
          lane.dropFirst();
          first.begin(undefined);
          const { payload, final } = first.takeFragment(100_000);
          const isRight =
            first.kind === "binary" ||
            sameBytes(
              payload,
              utf8Bytes(
                long(
                  first.kind === "text" && payload.length > 10_000 ? 5002 : payload.length,
                  payload.length > 10_000 ? "é" : "x",
                ),
              ),
            );
          items.push(`${first.kind} of ${payload.length}, ${final}, ${isRight}`);
        }
        expect(items).toEqual([
          "text of 5000, true, true",
          "text of 5001, true, true",
          "text FIN 1",
          "text FIN 4090",
          "binary of 9000, true, true",
          "text FIN 1",
          "text of 10004, true, true",
        ]);
        expect(lane.overhead).toBe(0);
      },
    );

    it("leaves everything as it was if a native function fails", () => {
      freeBlock();
      const lane = new Lane(0);
      const encodeUtf8 = () => -1;
      expect(() => lane.appendLongText(long(5000), { encodeUtf8 }, false)).toThrow();
      expect(lane.isEmpty).toBe(true);
      lane.writer.append(frameFrom("server", { opcode: "text", payload: "a" }));
      expect(lane.first()).toBe("run");
      expect(run(lane, 100).lines).toEqual(["text FIN 1"]);
    });
  });

  it("is ready when its first message has something to send", () => {
    const lane = new Lane(0);
    const message = pending(0, false);
    lane.push(message);
    lane.writer.append(frameFrom("server", { opcode: "text" }));
    expect([lane.isReady, lane.isEmpty]).toEqual([false, false]);
    message.append(utf8Bytes("x"));
    expect(lane.isReady).toBe(true);
  });

  it("drops unended messages, and returns how many bytes that were", () => {
    const lane = new Lane(0);
    lane.push(pending(5));
    lane.push(pending(7, false));
    lane.writer.append(frameFrom("server", { opcode: "text", payload: "a" }));
    lane.push(pending(9, false));
    expect(lane.drop(({ ended }) => !ended)).toBe(16);
    expect((lane.first() as PendingMessage).length).toBe(5);
    lane.dropFirst();
    expect(run(lane, 100).lines).toEqual(["text FIN 1"]);
    expect(lane.isEmpty).toBe(true);
  });

  it("can be cleared", () => {
    const lane = new Lane(0);
    lane.push(pending(5));
    lane.writer.append(utf8Bytes("x"));
    lane.clear();
    expect(lane.isEmpty).toBe(true);
  });
});
