import { utf8Bytes } from "@hybi/testing/wire";
import { expect, it } from "vitest";
import { inflate } from "../../tests/codecs.ts";
import { DeflateStream } from "../../tests/deflate-stream.ts";
import type { WindowBits } from "../codec.ts";
import { portableCodec } from "./portable-codec.ts";
import { PortableInflater } from "./portable-inflater.ts";

it("the portable codec throws a bug for options that were not validated", () => {
  const windowBits = 16 as WindowBits;
  expect(() => portableCodec.createDeflater({ windowBits, level: 6, memoryLevel: 8 })).toThrow("bug:");
  expect(() => portableCodec.createInflater({ windowBits })).toThrow("bug:");
});

it("a portable decompressor continues from a history", () => {
  const inflater = new PortableInflater({ windowBits: 15 }, utf8Bytes("Hello"));
  expect(inflate(inflater, new DeflateStream().fixed([{ length: 5, distance: 5 }]).end())).toEqual(utf8Bytes("Hello"));
  expect(() => new PortableInflater({ windowBits: 15 }, new Uint8Array(0))).not.toThrow();
});
