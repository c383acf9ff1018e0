import { UsageError } from "@hybi/core";
import { describe, expect, it } from "vitest";
import { resolveOptions } from "./options.ts";
import { portableCodec } from "./portable/portable-codec.ts";

describe("resolveOptions", () => {
  it("returns a default for every option", () => {
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

  it("keeps the kinds as they were when the application changes its list", () => {
    const kinds: ("text" | "binary")[] = ["text"];
    const resolved = resolveOptions({ kinds });
    kinds.push("binary");
    expect(resolved.kinds).toEqual(["text"]);
  });

  it("accepts that no choice of the client's window is offered", () => {
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
  ])("throws for a %s of %s", (name, value) => {
    expect(() => resolveOptions({ [name]: value })).toThrow(UsageError);
    expect(() => resolveOptions({ [name]: value })).toThrow(name);
  });

  it.each([
    [{ memLevel: 5 }, "option/unknown", /Did you mean memoryLevel\?/],
    [{ zlibDeflateOptions: {} }, "option/unknown", /Did you mean level\?/],
    [{ treshold: 5 }, "option/unknown", /Did you mean threshold\?/],
    [{ codec: {} }, "option/type", /codec must be a codec, such as portableCodec or zlibCodec/],
    [{ codec: null }, "option/type", /codec must be a codec/],
    [{ fallback: 1 }, "option/type", /fallback must be true or false/],
    [{ kinds: "text" }, "option/type", /kinds must be a list/],
    [{ kinds: ["blob"] }, "option/range", /kinds\[0\] must be one of "text", "binary"/],
    [{ clientMaxWindowBits: true }, "option/range", /clientMaxWindowBits must be an integer from 8 to 15/],
    [{ level: "6" }, "option/range", /level must be an integer from 0 to 9/],
    [true, "option/type", /permessageDeflate takes an object of options/],
  ])("names what is accepted instead of %j [R25]", (options, code, message) => {
    const given = options as object;
    expect(() => resolveOptions(given)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });

  it("treats undefined as omitted [R25]", () => {
    const nothing = { codec: undefined, level: undefined, threshold: undefined, kinds: undefined, memLevel: undefined };
    expect(resolveOptions(nothing)).toEqual(resolveOptions({}));
  });
});
