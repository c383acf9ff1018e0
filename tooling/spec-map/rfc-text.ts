/** Finds the sentences of an RFC with MUST, REQUIRED or SHALL, to check `rfc-musts.json` against the RFC itself. */

import { keyword, type MustDocument } from "./musts.ts";

interface Sentence {
  readonly section: string;
  /** On one line, with single spaces. */
  readonly text: string;
}

/** Returns the sentences with MUST, REQUIRED or SHALL in `text`, an RFC in plain text. */
export function demandingSentences(text: string): Sentence[] {
  return paragraphs(text).flatMap(({ section, text: paragraph }) =>
    paragraph
      .split(/(?<=[.!?]) (?=[A-Z"_(/|*0-9])/)
      .map((sentence) => ({ section, text: sentence }))
      .filter(({ text: sentence }) => keyword.test(sentence)),
  );
}

/** Returns the differences between `text` and `document`. */
export function compareWithText({ rfc, sections }: MustDocument, text: string): string[] {
  const all = demandingSentences(text);
  const known = new Set(sections.map(({ section }) => section));
  const missing = new Set(all.map(({ section }) => section).filter((section) => !known.has(section)));
  return [
    ...[...missing].map((section) => `RFC ${rfc} §${section} has such sentences, but is missing`),
    ...sections.flatMap(({ section, counted, musts }) => {
      const sentences = all.filter((sentence) => sentence.section === section);
      if (sentences.length !== counted) return [`RFC ${rfc} §${section} has ${sentences.length} sentences`];
      return musts
        .filter(({ quote }, index) => !quotes(sentences[index]?.text ?? "", quote))
        .map(({ id }) => `${id} is not a verbatim quote`);
    }),
  ];
}

/** Whether the parts of `quote` between ellipses occur in `sentence`, in order. */
function quotes(sentence: string, quote: string): boolean {
  let at = 0;
  for (const part of quote.split("…").map((each) => each.trim())) {
    const found = sentence.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return true;
}

/** Returns the paragraphs, each on one line, joined where a page break divides them. */
function paragraphs(text: string): Sentence[] {
  const whole = text
    .replace(/\n+[^\n]*\[Page \d+\]\s*RFC \d+ [^\n]*\n+/g, "\f")
    .replace(/(?<![.:;])\f/g, "\n")
    .replaceAll("\f", "\n\n");
  const found: Sentence[] = [];
  let section = "";
  for (const block of whole.split(/\n(?: *\n)+/)) {
    const [, number] = /^(\d+(?:\.\d+)*)\. /.exec(block) ?? [];
    if (number !== undefined) section = number;
    else found.push({ section, text: block.replace(/\s+/g, " ").trim() });
  }
  return found;
}
