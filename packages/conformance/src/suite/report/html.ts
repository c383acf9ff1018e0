/** Formats a report for people, as one self-contained HTML page. */
import type { ConformanceCase } from "../case.ts";
import { conformanceChapters } from "../cases/all.ts";
import { type Verdict, verdicts } from "../judge.ts";
import type { CaseResult } from "../run-case.ts";
import { type Report, tallyOf } from "./report.ts";
import { formatTally } from "./text.ts";
import { formatTranscript } from "./transcript-text.ts";

/** Maximum transcript lines of a case that is "ok". */
const shortTranscript = 24;

/** Formats the report as a page: a table for each chapter, with expandable transcripts. */
export function formatHtml(report: Report): string {
  const { subject, role, milliseconds, results } = report;
  const title = `${subject}, as a ${role}`;
  const tally = tallyOf(results);
  const sums = verdicts.map(
    (verdict) =>
      `<label class="${verdict}"><input type="checkbox" data-verdict="${verdict}" checked> ${tally[verdict]} ${verdict}</label>`,
  );
  return [
    "<!doctype html>",
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
    `<title>${escapeHtml(title)}</title><style>${style}</style></head><body>`,
    `<h1>${escapeHtml(title)}</h1>`,
    `<p>${results.length} cases in ${(milliseconds / 1000).toFixed(1)} s. Click a case for what was sent.</p>`,
    `<p class="sums">${sums.join(" ")}</p>`,
    ...conformanceChapters.map(({ number, title: chapterTitle }) => formatChapter(report, number, chapterTitle)),
    `<script>${script}</script></body></html>`,
    "",
  ].join("\n");
}

function formatChapter({ cases, results }: Report, number: number, title: string): string {
  const rows = results.flatMap((result, index) =>
    result.id.startsWith(`${number}.`) ? [[cases[index] as ConformanceCase, result] as const] : [],
  );
  if (rows.length === 0) return "";
  const isFine = rows.every(([, { verdict }]) => verdict === "ok" || verdict === "informational");
  return [
    `<details class="chapter"${isFine ? "" : " open"}><summary><h2>${number}. ${escapeHtml(title)}</h2>`,
    `<span>${formatTally(rows.map(([, result]) => result))}</span></summary>`,
    ...rows.map(([testCase, result]) => formatCase(testCase, result)),
    "</details>",
  ].join("\n");
}

function formatCase({ title, section, autobahn, severity }: ConformanceCase, result: CaseResult): string {
  const { id, verdict, reason, milliseconds } = result;
  const transcript = formatTranscript(result);
  const most = verdict === "ok" ? shortTranscript : transcript.length;
  const shown = transcript.slice(0, most).join("\n") + (transcript.length > most ? "\n…" : "");
  const notes = [
    section,
    severity,
    autobahn === undefined ? "" : `Autobahn ${autobahn}`,
    `${Math.round(milliseconds)} ms`,
  ];
  const why = reason === "" ? "" : `<small>${escapeHtml(reason)}</small>`;
  return [
    `<details class="case" data-verdict="${verdict}"><summary><code>${id}</code>`,
    `<b class="${verdict}">${verdict}</b><span>${escapeHtml(title)}${why}</span></summary>`,
    `<p>${notes
      .filter((note) => note !== "")
      .map(escapeHtml)
      .join(" · ")}</p>`,
    `<pre>${escapeHtml(shown)}</pre></details>`,
  ].join("");
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
}

const colours: Readonly<Record<Verdict, string>> = {
  ok: "#1a7f37",
  informational: "#0969da",
  unsupported: "#6e7781",
  "non-strict": "#9a6700",
  failed: "#cf222e",
};

const style = [
  ":root{color-scheme:light dark}",
  "body{font:15px/1.45 system-ui,sans-serif;max-width:76rem;margin:2rem auto;padding:0 1rem}",
  "h1{font-size:1.4rem}h2{font-size:1.05rem;display:inline;margin-right:1rem}",
  "summary{cursor:pointer}.chapter{margin:1rem 0;border-top:1px solid #8886;padding-top:.5rem}",
  ".chapter>summary span{color:#777;font-size:.9rem}",
  ".case{margin:.1rem 0 .1rem 1rem}.case summary{display:grid;grid-template-columns:5rem 8rem 1fr;gap:.5rem}",
  ".case summary:hover{background:#8882}.case p{margin:.3rem 0 .3rem 5.5rem;color:#777;font-size:.9rem}",
  ".case small{display:block;color:#777}.case pre{margin:.3rem 0 .8rem 5.5rem;padding:.6rem;background:#8881;overflow-x:auto;font-size:.8rem}",
  ".sums label{margin-right:1.2rem;white-space:nowrap}",
  ...verdicts.map((verdict) => `b.${verdict},label.${verdict}{color:${colours[verdict]}}`),
  ...verdicts.map((verdict) => `.no-${verdict} [data-verdict="${verdict}"].case{display:none}`),
].join("\n");

/** The only script on the page: hides the cases of a verdict. */
const script = `document.querySelectorAll("input[data-verdict]").forEach((box) =>
  box.addEventListener("change", () => document.body.classList.toggle("no-" + box.dataset.verdict, !box.checked)));`;
