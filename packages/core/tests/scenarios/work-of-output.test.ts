/** What a connection does before its output is taken: a bounded part at a time, however little an extension outputs. */
import { concatBytes, roles } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { Connection } from "../../src/connection.ts";
import { countingSource } from "../support/connections.ts";
import { agreeing, extension, rsv1 } from "../support/extensions.ts";
import { readFrames } from "../support/read-frames.ts";

/** An extension that outputs one byte per flush or message, and counts its input; `flushes` enables flushing. */
function shrinking(flushes: boolean): { shrink: ReturnType<typeof extension>; take: () => number } {
  let given = 0;
  const shrink = extension("x-shrinking", rsv1, () => ({
    beginDecode: (_, rsv) => rsv !== 0,
    decode: () => undefined,
    endDecode: () => undefined,
    beginEncode: () => rsv1,
    encode: (_, start, end) => {
      given += end - start;
    },
    ...(flushes && { flushEncode: (sink) => void sink(Uint8Array.of(1), 0, 1) }),
    endEncode: (sink) => void sink(Uint8Array.of(2), 0, 1),
    release: () => {},
  }));
  const take = (): number => {
    const taken = given;
    given = 0;
    return taken;
  };
  return { shrink, take };
}

const mebibyte = 1_048_576;
const budget = 131_072;

describe.each(roles)("a %s whose extension outputs almost nothing", (role) => {
  const open = (flushes: boolean) => {
    const { shrink, take } = shrinking(flushes);
    const connection = new Connection(agreeing(role, shrink), { extensions: [shrink], random: countingSource() });
    return { connection, take };
  };

  it("passes it a bounded part of a long message at a time, all of which leaves [A08]", () => {
    const { connection, take } = open(true);
    connection.sendBinary(new Uint8Array(16 * mebibyte));
    let given = 0;
    const written: Uint8Array[] = [];
    let calls = 0;
    while (connection.outputLength > 0) {
      written.push(concatBytes(connection.takeOutput(budget)));
      const now = take();
      expect(now).toBeLessThanOrEqual(budget * 4 + 262_144);
      given += now;
      calls++;
    }
    expect(given).toBe(16 * mebibyte);
    expect(calls).toBeLessThanOrEqual(64);
    const frames = readFrames(written);
    expect(frames.at(-1)?.final).toBe(true);
    expect(frames.every(({ payload }) => payload.length > 0)).toBe(true);
    expect(connection.takeOutput()).toEqual([]);
  });

  it("passes it no more when a little output appears all the time [A08]", () => {
    const { shrink, take } = shrinking(true);
    const trickling: typeof shrink = {
      ...shrink,
      createTransform: (role, parameters) => {
        const inner = shrink.createTransform(role, parameters);
        return {
          ...inner,
          encode: (bytes, start, end, sink) => {
            inner.encode(bytes, start, end, sink);
            sink(Uint8Array.of(3), 0, 1);
          },
        };
      },
    };
    const options = { extensions: [trickling], random: countingSource() };
    const connection = new Connection(agreeing(role, trickling), options);
    connection.sendBinary(new Uint8Array(2 * mebibyte));
    connection.takeOutput(budget);
    expect(take()).toBeLessThanOrEqual(budget * 4 + 262_144);
    expect(readFrames(connection.takeOutput()).at(-1)?.final).toBe(true);
    expect(take()).toBeGreaterThan(mebibyte);
  });

  it("passes it a whole message when it can output nothing before the end [A08]", () => {
    const { connection, take } = open(false);
    connection.sendBinary(new Uint8Array(2 * mebibyte));
    const frames = readFrames(connection.takeOutput(budget));
    expect([frames.length, frames[0]?.final, take()]).toEqual([1, true, 2 * mebibyte]);
  });

  it("passes it a bounded number of short messages at a time, all of which leave in order [A08] [A09]", () => {
    const { connection } = open(true);
    for (let count = 0; count < 2_000; count++) connection.sendText("short");
    let messages = 0;
    while (connection.outputLength > 0) {
      const { length } = readFrames(connection.takeOutput(budget));
      expect(length).toBeLessThanOrEqual(128);
      messages += length;
    }
    expect(messages).toBe(2_000);
  });
});
