import { describe, expect, it } from "vitest";
import { countingSource, usageErrorOf } from "../tests/support/connections.ts";
import { adding, agreeing, rsv1, rsv2 } from "../tests/support/extensions.ts";
import { ConnectionConfig, type ConnectionOptions, createTransforms, resolveOptions } from "./connection-options.ts";
import type { ExtensionParameters } from "./vocabulary/extension.ts";
import { defaultLimits } from "./vocabulary/limits.ts";
import { noNativeFunctions } from "./vocabulary/native-functions.ts";

describe("resolveOptions", () => {
  it("returns the defaults, overridden by the given options", () => {
    expect(resolveOptions("server", {})).toMatchObject({
      limits: defaultLimits,
      fragmentSize: 65_536,
      native: noNativeFunctions,
      delivery: "messages",
      keys: undefined,
      tolerateNonMinimalLength: false,
    });
    const native = {};
    const resolved = resolveOptions("client", {
      random: countingSource(),
      fragmentSize: 1,
      native,
      limits: { frame: 9 },
    });
    expect(resolved).toMatchObject({ fragmentSize: 1, limits: { frame: 9 } });
    expect(resolved.native).toBe(native);
  });

  it("returns the same settings object for equal options, and different ones otherwise", () => {
    const [random, unmask] = [countingSource(), () => {}];
    const changes: ConnectionOptions[] = [
      {},
      { delivery: "pieces" },
      { fragmentSize: 5.5 },
      { native: {} },
      { native: { unmask } },
      { limits: { message: 1 } },
      { tolerate: ["non-minimal-length"] },
    ];
    for (const options of changes) {
      for (const role of ["server", "client"] as const) {
        const settings = resolveOptions(role, { random, ...options });
        expect(resolveOptions(role, { random, ...options })).toBe(settings);
        for (const other of changes) {
          if (other !== options) expect(resolveOptions(role, { random, ...other })).not.toBe(settings);
        }
      }
    }
    expect(resolveOptions("client", { random: countingSource() })).not.toBe(resolveOptions("client", { random }));
  });

  it("throws for a client without randomness [F11], and for a fragmentSize below 1", () => {
    expect(usageErrorOf(() => resolveOptions("client", {}))).toBe("option/random-missing");
    for (const fragmentSize of [0, 0.5, -1, Number.NaN]) {
      expect(usageErrorOf(() => resolveOptions("server", { fragmentSize }))).toBe("option/range");
    }
    expect(usageErrorOf(() => resolveOptions("server", { limits: { message: -1 } }))).toBe("option/range");
  });
});

describe("ConnectionConfig", () => {
  it("holds checked options, and is returned as it is when passed again", () => {
    const extensions = [adding("a", rsv1, 1)];
    const config = ConnectionConfig.of("server", { extensions, offset: 7, fragmentSize: 9 });
    expect(config).toMatchObject({ extensions, offset: 7, settings: { role: "server", fragmentSize: 9 } });
    expect(ConnectionConfig.of("server", config)).toBe(config);
    expect(ConnectionConfig.of("server", {})).toMatchObject({ extensions: [], offset: 0 });
  });

  it("throws for options that are unknown, out of range, or lack randomness", () => {
    const misspelled: object = { fragmentsize: 1 };
    expect(usageErrorOf(() => ConnectionConfig.of("server", misspelled))).toBe("option/unknown");
    expect(usageErrorOf(() => ConnectionConfig.of("server", { offset: -1 }))).toBe("option/range");
    expect(usageErrorOf(() => ConnectionConfig.of("client", {}))).toBe("option/random-missing");
  });
});

describe("createTransforms", () => {
  it("creates one transform per agreed extension, in order, with role and parameters [E31]", () => {
    const made: unknown[] = [];
    const extensions = [adding("a", rsv1, 1), adding("b", rsv2, 1), adding("unused", rsv1, 1)].map((extension) => ({
      ...extension,
      createTransform: (role: "client" | "server", parameters: ExtensionParameters) => {
        made.push([extension.name, role, parameters]);
        return extension.createTransform(role, parameters);
      },
    }));
    const agreement = {
      ...agreeing("client"),
      extensions: [
        { name: "b", parameters: [["x", "1"]] as const },
        { name: "a", parameters: [] },
      ],
    };
    expect(createTransforms(agreement, extensions).map(({ rsv }) => rsv)).toEqual([rsv2, rsv1]);
    expect(made).toEqual([
      ["b", "client", [["x", "1"]]],
      ["a", "client", []],
    ]);
  });

  it("throws for an unknown extension, and for two owners of one RSV bit [E32]", () => {
    const [a, b] = [adding("a", rsv1, 1), adding("b", rsv1 | rsv2, 1)];
    expect(usageErrorOf(() => createTransforms(agreeing("server", a), [b]))).toBe("extension/unknown");
    expect(usageErrorOf(() => createTransforms(agreeing("server", a, b), [a, b]))).toBe("extension/rsv-conflict");
    expect(usageErrorOf(() => createTransforms(agreeing("server", a, a), [a]))).toBe("extension/rsv-conflict");
  });
});
