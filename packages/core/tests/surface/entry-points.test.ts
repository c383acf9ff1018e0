/** What users can import, name by name, in every runtime. */
import * as core from "@hybi/core";
import * as frame from "@hybi/core/frame";
import { describe, expect, it } from "vitest";
import { coreValues, frameValues } from "./names.ts";

describe("@hybi/core", () => {
  it("exports exactly these values", () => {
    expect(Object.keys(core).sort()).toEqual(coreValues);
  });

  it("exports no default, and nothing that is undefined", () => {
    expect(Object.entries(core).filter(([, value]) => value === undefined)).toEqual([]);
    expect("default" in core).toBe(false);
  });

  it("gives every violation and every usage error a sentence that ends", () => {
    for (const { message } of Object.values(core.violationTable)) expect(message).toMatch(/^[A-Z].*\.$/);
    for (const message of Object.values(core.usageErrorTable)) expect(message).toMatch(/^[A-Z].*\.$/);
  });

  it("gives every violation a section, and an answer to it where there is one to give", () => {
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
