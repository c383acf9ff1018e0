import { UsageError } from "@hybi/core";
import { describe, expect, it } from "vitest";
import { resolveOptions } from "./options.ts";
import { portableCodec } from "./portable/portable-codec.ts";

describe("resolveOptions", () => {
  it("has a default for everything", () => {
    expect(resolveOptions({})).toEqual({
      codec: portableCodec,
      serverNoContextTakeover: false,
      clientNoContextTakeover: false,
      serverMaxWindowBits: 15,
      clientMaxWindowBits: 15,
      choosesClientWindow: true,
      fallback: false,
      level: 6,
      memoryLevel: 8,
      threshold: undefined,
      kinds: ["text", "binary"],
    });
  });

  it("lets a window go without a choice", () => {
    expect(resolveOptions({ clientMaxWindowBits: false })).toMatchObject({
      clientMaxWindowBits: 15,
      choosesClientWindow: false,
    });
  });

  it.each([
    ["serverMaxWindowBits", 7],
    ["serverMaxWindowBits", 16],
    ["clientMaxWindowBits", 9.5],
    ["level", -1],
    ["level", 10],
    ["memoryLevel", 0],
    ["memoryLevel", 10],
    ["threshold", -1],
    ["threshold", Number.NaN],
  ])("refuses a %s of %s", (name, value) => {
    expect(() => resolveOptions({ [name]: value })).toThrow(UsageError);
    expect(() => resolveOptions({ [name]: value })).toThrow(name);
  });
});
