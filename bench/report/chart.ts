/** The chart of the highlights: a bar for each version of Node, on a logarithmic scale with `ws` at 1. */
import { formatRatio } from "../format.ts";
import type { Result } from "../result.ts";
import { highlights, ratioOf } from "./highlights.ts";

const width = 860;
const labelWidth = 330;
const plotWidth = width - labelWidth - 70;
const top = 58;
const barHeight = 11;
const rowGap = 9;

/** Ends of the scale, and where it is labelled. */
const scale = { from: 0.25, to: 64, ticks: [0.25, 0.5, 1, 2, 4, 8, 16, 32, 64] };

// Colours that are read on white and on GitHub's dark background.
const style = `
  text { font: 12px -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #24292f; }
  .small { font-size: 11px; fill: #57606a; }
  .ratio { font-size: 10px; fill: #57606a; }
  .title { font-size: 14px; font-weight: 600; }
  .grid { stroke: #d0d7de; stroke-width: 1; }
  .one { stroke: #57606a; stroke-width: 1.5; }
  .run0 { fill: #2f81c7; } .run1 { fill: #2da187; } .slower { fill: #d1673a; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; } .small, .ratio { fill: #9aa4ae; } .grid { stroke: #30363d; } .one { stroke: #9aa4ae; }
  }`;

function positionOf(ratio: number): number {
  const clamped = Math.min(scale.to, Math.max(scale.from, ratio));
  return labelWidth + (Math.log(clamped / scale.from) / Math.log(scale.to / scale.from)) * plotWidth;
}

export function chart(results: readonly Result[]): string {
  const shown = highlights.filter((highlight) => results.some((result) => ratioOf(highlight, result) !== undefined));
  const rowHeight = results.length * barHeight + rowGap;
  const bottom = top + shown.length * rowHeight;
  const rows = shown.flatMap((highlight, index) => {
    const y = top + index * rowHeight;
    const middle = y + (results.length * barHeight) / 2 + 4;
    const label = `<text x="${labelWidth - 10}" y="${middle}" text-anchor="end">${escapeXml(highlight.title)}</text>`;
    return [label, ...results.flatMap((result, run) => bar(ratioOf(highlight, result), y + run * barHeight, run))];
  });
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${bottom + 30}" width="${width}" height="${bottom + 30}" role="img">`,
    `<title>How many times less CPU time or memory than ws</title>`,
    `<style>${style}\n</style>`,
    `<text class="title" x="12" y="20">How many times less CPU time (or memory) than ws</text>`,
    ...results.flatMap(({ node }, run) => legend(`Node ${node}`, `run${run}`, labelWidth + run * 120)),
    ...legend("ws is faster", "slower", labelWidth + results.length * 120),
    ...scale.ticks.flatMap((tick) => gridLine(tick, bottom)),
    ...rows,
    "</svg>",
  ].join("\n")}\n`;
}

function bar(ratio: number | undefined, y: number, run: number): string[] {
  if (ratio === undefined) return [];
  const [from, to] = [positionOf(Math.min(1, ratio)), positionOf(Math.max(1, ratio))];
  const kind = ratio < 1 ? "slower" : `run${run}`;
  return [
    `<rect class="${kind}" x="${fixed(from)}" y="${y}" width="${fixed(Math.max(1, to - from))}" height="${barHeight - 1}"/>`,
    `<text class="ratio" x="${fixed(Math.max(to, positionOf(1)) + 5)}" y="${y + barHeight - 2}">${formatRatio(ratio)}</text>`,
  ];
}

function gridLine(ratio: number, bottom: number): string[] {
  const x = fixed(positionOf(ratio));
  return [
    `<line class="${ratio === 1 ? "one" : "grid"}" x1="${x}" y1="${top - 6}" x2="${x}" y2="${bottom}"/>`,
    `<text class="small" x="${x}" y="${bottom + 16}" text-anchor="middle">${ratio === 1 ? "ws" : `${ratio}×`}</text>`,
  ];
}

function legend(title: string, kind: string, x: number): string[] {
  return [
    `<rect class="${kind}" x="${x}" y="32" width="12" height="10"/>`,
    `<text class="small" x="${x + 17}" y="41">${title}</text>`,
  ];
}

const fixed = (value: number): string => value.toFixed(1);

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
