import { describe, expect, it } from "vitest";
import { asChapters, formatVulnerabilitiesPage, type Vulnerabilities } from "./vulnerabilities.ts";

const vulnerabilities: Vulnerabilities = {
  classes: [{ cause: "Haste", rule: "Care", ids: ["V01"] }],
  chapters: [
    {
      title: "Advisories",
      rows: [
        {
          id: "V01",
          of: "others 1.0",
          advisory: "CVE-0",
          cause: "It did not look.",
          prevented: "We look.",
          symbols: ["packages/core/src/a.ts#look"],
        },
      ],
    },
  ],
};

describe("formatVulnerabilitiesPage", () => {
  it("describes each defect, how it is prevented, and which tests prove it", () => {
    const file = "packages/core/tests/vulnerabilities/a.test.ts";
    const page = formatVulnerabilitiesPage(vulnerabilities, [
      { file, title: "look > looks at <all> [F01] [V01]" },
      { file, title: "look > looks again [V01]" },
      { file: "b.test.ts", title: "is about something else [V02]" },
    ]);
    expect(page).toContain("| Haste | Care | [V01](#v01) |");
    expect(page).toContain("### V01\n\n**others 1.0**, CVE-0. It did not look.\n\nHere: We look.\n");
    expect(page).toContain("Code: [`look`](../../packages/core/src/a.ts). Tests:\n");
    expect(page).toContain(
      `- [\`core/tests/vulnerabilities/a\`](../../${file}): “look › looks at \\<all› [F01]”, and 1 more`.replace(
        " [F01]",
        "",
      ),
    );
    expect(page).not.toContain("b.test");
  });
});

describe("asChapters", () => {
  it("converts them to requirements, for the same check", () => {
    expect(asChapters(vulnerabilities)).toEqual([
      {
        file: "vulnerabilities",
        title: "Advisories",
        requirements: [
          { id: "V01", text: "It did not look.", section: "others 1.0", symbols: ["packages/core/src/a.ts#look"] },
        ],
      },
    ]);
  });
});
