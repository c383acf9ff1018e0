/** Bundles for browsers and Workers take `platform-text-alone.ts` in place of two modules: it must have their names. */
import { expect, it } from "vitest";
import * as platform from "./platform-text.ts";
import * as alone from "./platform-text-alone.ts";
import * as portable from "./portable-text.ts";

it("has the names of the modules that it replaces, and nothing portable", () => {
  expect(Object.keys(alone).sort()).toEqual(Object.keys({ ...platform, ...portable }).sort());
  for (const name of Object.keys(portable)) expect(Reflect.get(alone, name)).toBeUndefined();
});

it("takes the platform's classes as they are", () => {
  for (const streamed of [false, true]) {
    const decoder = alone.exactDecoder(TextDecoder, streamed);
    expect(decoder.decode(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61, 0xff))).toBe("\ufeffa\ufffd");
  }
  expect(alone.exactEncoder(TextEncoder)).toBeInstanceOf(TextEncoder);
});
