import type { OutgoingMessageInfo, TransformSink } from "@hybi/core";
import { concatBytes, hexBytes, utf8Bytes } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import type { Deflater, Inflater } from "./codec.ts";
import { Pool } from "./pool.ts";
import { DeflateTransform, type DeflateTransformOptions } from "./transform.ts";

/** A fake compressor that outputs bytes unchanged and a flush as `|`, without the four octets 00 00 ff ff. */
class Recorder implements Deflater, Inflater {
  closed = 0;
  resets = 0;
  push(bytes: Uint8Array, start: number, end: number, ...rest: [boolean, TransformSink] | [TransformSink]): undefined {
    const sink = rest.length === 2 ? rest[1] : rest[0];
    if (end > start) sink(bytes, start, end);
    if (rest[0] === true) sink(utf8Bytes("|"), 0, 1);
  }
  finish(): undefined {}
  reset(): void {
    this.resets++;
  }
  close(): void {
    this.closed++;
  }
}

function transformWith(options: Partial<DeflateTransformOptions> = {}) {
  const made: Recorder[] = [];
  const create = (): Recorder => {
    const recorder = new Recorder();
    made.push(recorder);
    return recorder;
  };
  const transform = new DeflateTransform({
    deflaters: new Pool<Deflater>(create),
    inflaters: new Pool<Inflater>(create),
    sendingTakeover: true,
    receivingTakeover: true,
    deflaterLength: 100_000,
    inflaterLength: 20_000,
    threshold: 0,
    kinds: ["text"],
    ...options,
  });
  return { transform, made };
}

it("a transform counts what its codec reports, or a typical value, and nothing before first use or after release [A18]", () => {
  const { transform, made } = transformWith();
  expect(transform.heldLength).toBe(0);
  transform.beginDecode("text", 0x40);
  transform.decode(utf8Bytes("x"), 0, 1, () => true);
  expect(transform.heldLength).toBe(20_000);
  transform.beginEncode({ kind: "text", length: 1, compress: undefined });
  transform.encode(utf8Bytes("x"), 0, 1, () => true);
  expect(transform.heldLength).toBe(120_000);
  Object.assign(made[0]!, { heldLength: 7 });
  Object.assign(made[1]!, { heldLength: 5 });
  expect(transform.heldLength).toBe(12);
  transform.release();
  expect(transform.heldLength).toBe(0);
});

const info = (length: number | undefined, compress?: boolean): OutgoingMessageInfo => ({
  kind: "text",
  length,
  compress,
});
const tail = new TextDecoder("latin1").decode(hexBytes("00 00 ff ff"));

/** The output for a message of `expected` bytes in these parts; `undefined` is a flush. */
function encode(
  transform: DeflateTransform,
  expected: number | undefined,
  ...parts: readonly (string | undefined)[]
): string {
  const output: Uint8Array[] = [];
  const sink: TransformSink = (bytes, start, end) => {
    output.push(bytes.slice(start, end));
    return true;
  };
  expect(transform.beginEncode(info(expected))).toBe(0x40);
  for (const part of parts) {
    if (part === undefined) transform.flushEncode(sink);
    else transform.encode(utf8Bytes(part), 0, part.length, sink);
  }
  transform.endEncode(sink);
  return new TextDecoder("latin1").decode(concatBytes(output));
}

describe("DeflateTransform", () => {
  it("takes part in messages that its options or the application want compressed", () => {
    const { transform } = transformWith({ threshold: 10 });
    expect(transform.beginEncode(info(9))).toBeUndefined();
    expect(transform.beginEncode(info(10))).toBe(0x40);
    expect(transform.beginEncode(info(undefined))).toBe(0x40);
    expect(transform.beginEncode(info(9, true))).toBe(0x40);
    expect(transform.beginEncode(info(10, false))).toBeUndefined();
    expect(transform.beginEncode({ kind: "binary", length: 10, compress: undefined })).toBeUndefined();
    expect(transform.beginEncode({ kind: "binary", length: 10, compress: true })).toBe(0x40);
    expect(transform.beginDecode("text", 0)).toBe(false);
    expect(transform.beginDecode("text", 0x40)).toBe(true);
  });

  it("flushes with the last bytes if it knows the length, and otherwise at the end", () => {
    const { transform } = transformWith();
    expect(encode(transform, 4, "ab", "", "cd")).toBe("abcd|");
    expect(encode(transform, undefined, "ab", "cd")).toBe("abcd|");
    expect(encode(transform, 0)).toBe("\0");
    expect(encode(transform, undefined)).toBe("\0");
  });

  it("flushes with all octets when the message continues", () => {
    const { transform } = transformWith();
    expect(encode(transform, undefined, "ab", undefined, "cd")).toBe(`ab|${tail}cd|`);
    expect(encode(transform, undefined, "ab", undefined, undefined)).toBe(`ab|${tail}\0`);
    expect(encode(transform, undefined, undefined, "ab")).toBe("ab|");
  });

  it("stays correct when another extension has changed the length of the message", () => {
    const { transform } = transformWith();
    expect(encode(transform, 2, "ab", "cd")).toBe(`ab|${tail}cd|`);
    expect(encode(transform, 2, "ab", undefined, "cd")).toBe(`ab|${tail}cd|`);
    expect(encode(transform, 2, "abc")).toBe("abc|");
    expect(encode(transform, 9, "ab")).toBe("ab|");
  });

  it("creates nothing before it is needed, keeps it during context takeover, and closes it at the end", () => {
    const { transform, made } = transformWith();
    expect(made).toHaveLength(0);
    for (let message = 0; message < 2; message++) {
      transform.decode(utf8Bytes("a"), 0, 1, () => true);
      transform.endDecode();
      encode(transform, 1, "a");
    }
    expect(made).toHaveLength(2);
    transform.release();
    transform.release();
    expect(made.map(({ closed, resets }) => [closed, resets])).toEqual([
      [1, 0],
      [1, 0],
    ]);
  });

  it("returns its codec objects after each message without context takeover", () => {
    const { transform, made } = transformWith({ sendingTakeover: false, receivingTakeover: false });
    for (let message = 0; message < 3; message++) {
      transform.endDecode();
      encode(transform, 1, "a");
      encode(transform, 0);
    }
    expect(made.map(({ closed, resets }) => [closed, resets])).toEqual([
      [0, 3],
      [0, 3],
    ]);
    transform.release();
    expect(made.map(({ closed }) => closed)).toEqual([0, 0]);
  });
});
