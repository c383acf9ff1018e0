import { describe, expect, it } from "vitest";
import { checkMusts, formatMustsPage, type Must, type MustDocument } from "./musts.ts";

const file = "packages/core/tests/spec/masking.test.ts";
const tests = [
  { file, title: "masking > the server fails [F08]" },
  { file, title: "masking > a <client> masks" },
];
const complete: Must = { id: "1-5.1-1", quote: "… client MUST mask all frames …", tests: ["F08"] };

function documentOf(musts: readonly Must[], counted = musts.length): readonly MustDocument[] {
  return [{ rfc: 1, title: "A protocol", sections: [{ section: "5.1", counted, musts }] }];
}

describe("checkMusts", () => {
  const check = (must: Partial<Must>): string[] => checkMusts(documentOf([{ ...complete, ...must }]), tests);

  it("accepts a sentence with an id that a test has, with the title of a test, and with a reason", () => {
    expect(check({})).toEqual([]);
    expect(check({ tests: [`${file} > masking > a <client> masks`] })).toEqual([]);
    expect(check({ tests: undefined, notApplicable: "It binds intermediaries." })).toEqual([]);
  });

  it.each(["F09", `${file} > masking > a client masks`, "other.test.ts > masking > a <client> masks"])(
    "rejects %j, which is not a test",
    (test) => expect(check({ tests: [test] })).toEqual([`1-5.1-1 names a test that does not exist: "${test}"`]),
  );

  it("rejects a sentence that has neither tests nor a reason, and one that has both", () => {
    expect(check({ tests: undefined })).toEqual(["1-5.1-1 needs tests, or a reason for none"]);
    expect(check({ notApplicable: "It does not matter." })).toEqual(["1-5.1-1 needs tests, or a reason for none"]);
    expect(check({ tests: [] })).toEqual(["1-5.1-1 names no test and no reason"]);
  });

  it("rejects a section whose number of sentences differs from the count", () => {
    expect(checkMusts(documentOf([complete], 2), tests)).toEqual([
      "RFC 1 §5.1 has 1 sentences here, but 2 were counted",
    ]);
    expect(checkMusts(documentOf([], 1), tests)).toHaveLength(1);
  });

  it("rejects an id out of order", () => {
    expect(checkMusts(documentOf([complete, complete]), tests)).toEqual(["1-5.1-1 is in the place of 1-5.1-2"]);
  });

  it("rejects a quote without a keyword, and a long one", () => {
    expect(check({ quote: "A client must mask." })).toEqual([
      "the quote of 1-5.1-1 contains no MUST, REQUIRED or SHALL",
    ]);
    expect(check({ quote: `MUST${" word".repeat(22)}` })).toEqual(["1-5.1-1 quotes more than 22 words"]);
  });
});

describe("formatMustsPage", () => {
  it("counts the sentences, and links each to its tests", () => {
    const other: Must = { id: "1-5.1-2", quote: "It MUST NOT [do] it.", notApplicable: "Nobody does.", note: "Ask." };
    const named: Must = { ...complete, id: "1-5.1-3", tests: [`${file} > masking > a <client> masks`] };
    const page = formatMustsPage(documentOf([complete, other, named]), tests);
    const link = `[\`core/tests/spec/masking\`](../../${file})`;
    expect(page).toContain("| [RFC 1](#rfc-1) | 3 | 2 | 1 |");
    expect(page).toContain(`| 1-5.1-1 | … client MUST mask all frames … | F08: ${link} |`);
    expect(page).toContain("| 1-5.1-2 | It MUST NOT \\[do\\] it. | Not for hybi: Nobody does.<br>Ask. |");
    expect(page).toContain(`| ${link}: “masking › a &lt;client› masks” |`);
  });
});
