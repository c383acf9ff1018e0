import type { ExtensionParameters } from "@hybi/core";
import { describe, expect, it } from "vitest";
import { formatParameters, parseParameters } from "./parameters.ts";

const none = {
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
  serverMaxWindowBits: undefined,
  clientMaxWindowBits: undefined,
};

describe("parseParameters", () => {
  it("returns the absence of every parameter", () => {
    expect(parseParameters([], "offer")).toEqual(none);
    expect(parseParameters([], "response")).toEqual(none);
  });

  it("accepts the parameters without a value [E06]", () => {
    const parameters: ExtensionParameters = [
      ["client_no_context_takeover", undefined],
      ["server_no_context_takeover", undefined],
    ];
    const read = { ...none, serverNoContextTakeover: true, clientNoContextTakeover: true };
    expect(parseParameters(parameters, "offer")).toEqual(read);
    expect(parseParameters(parameters, "response")).toEqual(read);
    for (const name of ["client_no_context_takeover", "server_no_context_takeover"]) {
      for (const value of ["true", "15", ""]) {
        expect(parseParameters([[name, value]], "offer")).toBe(`${name} must not have a value`);
      }
    }
  });

  it("accepts a window from 8 to 15 as a plain decimal only [E07]", () => {
    for (let bits = 8; bits <= 15; bits++) {
      expect(parseParameters([["server_max_window_bits", String(bits)]], "response")).toEqual({
        ...none,
        serverMaxWindowBits: bits,
      });
      expect(parseParameters([["client_max_window_bits", String(bits)]], "offer")).toEqual({
        ...none,
        clientMaxWindowBits: bits,
      });
    }
    for (const value of [
      "7",
      "16",
      "0",
      "08",
      "010",
      "+9",
      "-9",
      "1e1",
      "9.0",
      "0x9",
      " 9",
      "9 ",
      "",
      "٩",
      "150",
      "nine",
    ]) {
      for (const name of ["server_max_window_bits", "client_max_window_bits"]) {
        expect(parseParameters([[name, value]], "offer"), value).toBe(`${name} must be a number from 8 to 15`);
        expect(parseParameters([[name, value]], "response"), value).toBe(`${name} must be a number from 8 to 15`);
      }
    }
  });

  it("requires a value for server_max_window_bits everywhere [E08], and for client_max_window_bits in a response [E09]", () => {
    expect(parseParameters([["server_max_window_bits", undefined]], "offer")).toMatch(
      /^server_max_window_bits must be/,
    );
    expect(parseParameters([["server_max_window_bits", undefined]], "response")).toMatch(
      /^server_max_window_bits must be/,
    );
    expect(parseParameters([["client_max_window_bits", undefined]], "response")).toMatch(
      /^client_max_window_bits must be/,
    );
    expect(parseParameters([["client_max_window_bits", undefined]], "offer")).toEqual({
      ...none,
      clientMaxWindowBits: "any",
    });
  });

  it.each(["unknown", "Server_no_context_takeover", "constructor", "__proto__", "toString"])("rejects %s", (name) => {
    expect(parseParameters([[name, undefined]], "offer")).toBe(`${name} is not a parameter of permessage-deflate`);
  });

  it("rejects a repeated parameter, equal or not", () => {
    expect(
      parseParameters(
        [
          ["server_max_window_bits", "9"],
          ["client_max_window_bits", "9"],
          ["server_max_window_bits", "9"],
        ],
        "offer",
      ),
    ).toBe("server_max_window_bits appears more than once");
  });
});

describe("formatParameters", () => {
  it("is the inverse of parseParameters", () => {
    for (const clientMaxWindowBits of [undefined, "any", 8, 15] as const) {
      for (const serverMaxWindowBits of [undefined, 9] as const) {
        for (const flag of [false, true]) {
          const parameters = {
            serverNoContextTakeover: flag,
            clientNoContextTakeover: !flag,
            serverMaxWindowBits,
            clientMaxWindowBits,
          };
          expect(parseParameters(formatParameters(parameters), "offer")).toEqual(parameters);
        }
      }
    }
  });
});
