import { conformanceCases, conformanceChapters, selectCases } from "@hybi/conformance";
import { describe, expect, it } from "vitest";

const ids = conformanceCases.map(({ id }) => id);

describe("the conformance cases", () => {
  it("have unique ids, which begin with the number of their chapter", () => {
    expect(new Set(ids).size).toBe(ids.length);
    for (const { number, cases } of conformanceChapters) {
      expect(cases.filter(({ id }) => !id.startsWith(`${number}.`))).toEqual([]);
    }
  });

  it("are data: JSON represents them completely", () => {
    expect(JSON.parse(JSON.stringify(conformanceCases))).toEqual(conformanceCases);
  });

  it("name a section of an RFC, and requirements by their ids", () => {
    const section = /^RFC \d{4} §\d+(\.\d+)*$/;
    expect(conformanceCases.filter((testCase) => !section.test(testCase.section))).toEqual([]);
    const requirements = conformanceCases.flatMap(({ requirements = [] }) => requirements);
    expect(requirements.filter((id) => !/^[HCFXEB]\d\d$/.test(id))).toEqual([]);
    expect(requirements.length).toBeGreaterThan(500);
  });

  it("have the numbers of equivalent cases of the Autobahn testsuite, each at most once per role", () => {
    for (const role of ["server", "client"] as const) {
      const shared = selectCases({ role, all: true }).flatMap(({ autobahn }) => autobahn ?? []);
      expect(new Set(shared).size).toBe(shared.length);
      // All cases of Autobahn.
      expect(shared.length).toBe(517);
    }
  });

  it("are selected by id, by pattern and by chapter", () => {
    const chosen = (only: string[], except: string[] = []): string[] =>
      selectCases({ only, except }).map(({ id }) => id);
    expect(chosen(["6.4.1", "2.1"])).toEqual(["2.1", "6.4.1"]);
    expect(chosen(["7.9.*"], ["7.9.1"])).toEqual([2, 3, 4, 5, 6, 7, 8, 9].map((last) => `7.9.${last}`));
    expect(chosen(["2"]).length).toBe(16);
    expect(chosen(["1"]).every((id) => id.startsWith("1."))).toBe(true);
    expect(chosen(["no such case"])).toEqual([]);
  });

  it("that take long run only with --all, or if selected by their full id", () => {
    expect(selectCases({ only: ["9.1.6"] }).map(({ id }) => id)).toEqual(["9.1.6"]);
    expect(selectCases({ only: ["9.1.*"] }).map(({ id }) => id)).toEqual(["9.1.1", "9.1.2", "9.1.3"]);
    expect(selectCases({ only: ["9.1.*"], all: true }).length).toBe(6);
  });

  it("apply to one role where they must", () => {
    expect(selectCases({ role: "server" }).some(({ id }) => id.startsWith("16."))).toBe(false);
    expect(selectCases({ role: "client" }).some(({ id }) => /^(15|17|18)\./.test(id))).toBe(false);
    expect(selectCases({ http2: false }).some(({ id }) => id.startsWith("18."))).toBe(false);
  });
});
