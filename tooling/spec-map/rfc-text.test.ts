import { describe, expect, it } from "vitest";
import type { MustDocument } from "./musts.ts";
import { compareWithText, demandingSentences } from "./rfc-text.ts";

const text = `
   1.  Introduction ............................................... 2

1.  Introduction

   Nothing is demanded.  A client MUST
   say hello.  It may wait.

Author                       Standards Track                    [Page 1]
\f
RFC 1                          A Protocol                   January 2030


2.1.  Answers

   o  If somebody says hello, the server

Author                       Standards Track                    [Page 2]
\f
RFC 1                          A Protocol                   January 2030

   MUST NOT be silent (see Section 1).

   o  It SHALL answer. "Hello" is REQUIRED.
`;

const document: MustDocument = {
  rfc: 1,
  title: "A protocol",
  sections: [
    { section: "1", counted: 1, musts: [{ id: "1-1-1", quote: "A client MUST say hello." }] },
    {
      section: "2.1",
      counted: 3,
      musts: [
        { id: "1-2.1-1", quote: "… says hello, the server … NOT be silent …" },
        { id: "1-2.1-2", quote: "It SHALL answer." },
        { id: "1-2.1-3", quote: "… REQUIRED." },
      ],
    },
  ],
};

describe("demandingSentences", () => {
  it("finds them across line and page breaks, and in lists, each in its section", () => {
    expect(demandingSentences(text)).toEqual([
      { section: "1", text: "A client MUST say hello." },
      { section: "2.1", text: "o If somebody says hello, the server MUST NOT be silent (see Section 1)." },
      { section: "2.1", text: "o It SHALL answer." },
      { section: "2.1", text: '"Hello" is REQUIRED.' },
    ]);
  });
});

describe("compareWithText", () => {
  it("reports nothing when counts and quotes are right", () => {
    expect(compareWithText(document, text)).toEqual([]);
  });

  it("finds a missing section, one with another count, and a wrong quote", () => {
    const [first, second] = document.sections;
    if (first === undefined || second === undefined) throw new Error("two sections");
    expect(compareWithText({ ...document, sections: [first] }, text)).toEqual([
      "RFC 1 §2.1 has such sentences, but is missing",
    ]);
    expect(compareWithText({ ...document, sections: [{ ...first, counted: 2 }, second] }, text)).toEqual([
      "RFC 1 §1 has 1 sentences",
    ]);
    const musts = [{ id: "1-1-1", quote: "A client MUST … hullo." }];
    expect(compareWithText({ ...document, sections: [{ ...first, musts }, second] }, text)).toEqual([
      "1-1-1 is not a verbatim quote",
    ]);
  });
});
