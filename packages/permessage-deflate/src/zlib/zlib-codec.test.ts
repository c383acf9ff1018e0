import { hexBytes, utf8Bytes } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { deflate, inflate } from "../../tests/codecs.ts";
import { PortableDeflater } from "../portable/portable-deflater.ts";
import { PortableInflater } from "../portable/portable-inflater.ts";
import { works } from "./self-test.ts";
import { createZlibCodec, zlibCodec } from "./zlib-codec.ts";
import { ZlibDeflater } from "./zlib-deflater.ts";
import { ZlibHandle } from "./zlib-handle.ts";
import { ZlibInflater } from "./zlib-inflater.ts";

const compressor = { windowBits: 15, level: 6, memoryLevel: 8 } as const;

describe("the codec on node:zlib", () => {
  it("works on this runtime", () => {
    expect(works(ZlibDeflater.open, ZlibInflater.open)).toBe(true);
    expect(zlibCodec.createDeflater(compressor)).toBeInstanceOf(ZlibDeflater);
    expect(zlibCodec.createInflater({ windowBits: 15 })).toBeInstanceOf(ZlibInflater);
  });

  it("uses the portable codec for windows whose limit zlib does not enforce", () => {
    expect(zlibCodec.createDeflater({ ...compressor, windowBits: 9 })).toBeInstanceOf(ZlibDeflater);
    expect(zlibCodec.createInflater({ windowBits: 14 })).toBeInstanceOf(PortableInflater);
  });

  it.each([
    ["has no handle", ZlibDeflater.open, () => undefined],
    ["has one for decompression only", () => undefined, ZlibInflater.open],
    [
      "throws",
      () => {
        throw new Error("not implemented");
      },
      ZlibInflater.open,
    ],
    ["compresses to something else", ZlibInflaterInDisguise, ZlibInflater.open],
  ] as const)(
    "falls back to the portable codec on a runtime whose node:zlib %s",
    (_title, openDeflater, openInflater) => {
      expect(works(openDeflater as typeof ZlibDeflater.open, openInflater)).toBe(false);
      const codec = createZlibCodec({ openDeflater: openDeflater as typeof ZlibDeflater.open, openInflater });
      const deflater = codec.createDeflater(compressor);
      const inflater = codec.createInflater({ windowBits: 15 });
      expect(deflater).toBeInstanceOf(PortableDeflater);
      expect(inflater).toBeInstanceOf(PortableInflater);
      expect(inflate(inflater, deflate(deflater, utf8Bytes("Hello")))).toEqual(utf8Bytes("Hello"));
    },
  );

  it("falls back to the portable codec when a handle fails to open later", () => {
    let opened = 0;
    const codec = createZlibCodec({
      openDeflater: (options) => (opened++ === 0 ? ZlibDeflater.open(options) : undefined),
      openInflater: ZlibInflater.open,
    });
    expect(codec.createDeflater(compressor)).toBeInstanceOf(PortableDeflater);
  });
});

/** A fake compressor that does not compress. */
function ZlibInflaterInDisguise() {
  return { push() {}, reset() {}, close() {} };
}

describe("ZlibHandle", () => {
  it.each([
    ["nothing", {}],
    ["null", { _handle: null, _writeState: new Uint32Array(2) }],
    ["other methods", { _handle: { writeSync() {} }, _writeState: new Uint32Array(2) }],
    ["no close", { _handle: { writeSync() {}, reset() {} }, _writeState: new Uint32Array(2) }],
    ["no state", { _handle: { writeSync() {}, reset() {}, close() {} } }],
  ])("is not opened on a stream with %s", (_title, stream) => {
    const open = () => ZlibHandle.open(stream as unknown as Parameters<typeof ZlibHandle.open>[0]);
    expect(open()).toBeUndefined();
    expect(ZlibDeflater.open(compressor, open)).toBeUndefined();
    expect(ZlibInflater.open(open)).toBeUndefined();
  });
});

it("a decompressor that was replaced by its successor is closed with it", () => {
  const inflater = ZlibInflater.open();
  if (inflater === undefined) throw new Error("no handle");
  expect(inflate(inflater, hexBytes("f3 48 cd c9 c9 07 00 00"))).toEqual(utf8Bytes("Hello"));
  expect(() => inflater.close()).not.toThrow();
});
