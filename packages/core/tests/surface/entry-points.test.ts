/** Everything that users can import, by name, in every runtime. */
import * as core from "@hybi/core";
import * as frame from "@hybi/core/frame";
import { describe, expect, it } from "vitest";
import { coreValues, frameValues } from "./names.ts";

describe("@hybi/core", () => {
  it("exports exactly these values", () => {
    expect(Object.keys(core).sort()).toEqual(coreValues);
  });

  it("exports no default, and no undefined value", () => {
    expect(Object.entries(core).filter(([, value]) => value === undefined)).toEqual([]);
    expect("default" in core).toBe(false);
  });

  it("has a sentence with a full stop for every violation and usage error", () => {
    for (const { message } of Object.values(core.violationTable)) expect(message).toMatch(/^[A-Z].*\.$/);
    for (const message of Object.values(core.usageErrorTable)) expect(message).toMatch(/^[A-Z].*\.$/);
  });

  it("has a section for every violation, and a status if one can be sent", () => {
    for (const [code, row] of Object.entries(core.violationTable)) {
      expect(row.section).toMatch(/^(RFC \d{4} §\d|WebSockets Standard §\d)/);
      if (/^(frame|message|close|extension)\//.test(code)) expect(row.statusCode).toSatisfy(core.isSendable);
    }
  });
});

describe("@hybi/core/frame", () => {
  it("exports exactly these values", () => {
    expect(Object.keys(frame).sort()).toEqual(frameValues);
  });
});
