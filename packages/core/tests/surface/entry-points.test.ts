/** Everything that users can import, by name, in every runtime. */
import * as core from "@hybi/core";
import * as explain from "@hybi/core/explain";
import * as frame from "@hybi/core/frame";
import * as opening from "@hybi/core/opening";
import * as options from "@hybi/core/options";
import * as policy from "@hybi/core/policy";
import { describe, expect, it } from "vitest";
import { usageErrorSentences } from "../../src/sentences/usage-errors.ts";
import { entryPoints } from "./names.ts";

const loaded: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "@hybi/core": core,
  "@hybi/core/opening": opening,
  "@hybi/core/policy": policy,
  "@hybi/core/frame": frame,
  "@hybi/core/options": options,
  "@hybi/core/explain": explain,
};

describe.each(Object.entries(entryPoints))("%s", (name, { values }) => {
  const exports = loaded[name] ?? {};

  it("exports exactly these values", () => {
    expect(Object.keys(exports).sort()).toEqual(values);
  });

  it("exports no default, and no undefined value", () => {
    expect(Object.entries(exports).filter(([, value]) => value === undefined)).toEqual([]);
    expect("default" in exports).toBe(false);
  });
});

describe("the entry points of core", () => {
  it("export each name once", () => {
    const names = Object.values(entryPoints).flatMap(({ values, types }) => [...values, ...types]);
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });
});

describe("violationTable", () => {
  it("has a sentence with a full stop for every violation, as the table of usage errors has", () => {
    for (const { message } of Object.values(core.violationTable)) expect(message).toMatch(/^[A-Z].*\.$/);
    for (const message of Object.values(usageErrorSentences)) expect(message).toMatch(/^[A-Z].*\.$/);
  });

  it("has a section for every violation, and a status if one can be sent", () => {
    for (const [code, row] of Object.entries(core.violationTable)) {
      expect(row.section).toMatch(/^(RFC \d{4} §\d|WebSockets Standard §\d)/);
      if (/^(frame|message|close|extension)\//.test(code)) expect(row.statusCode).toSatisfy(core.isSendable);
    }
  });
});
