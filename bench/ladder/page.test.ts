import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Row } from "../result.ts";
import { formatLadder, type LadderResult, replaceLadder, savedLadders, saveLadder } from "./page.ts";

function rowOf(ratios: Readonly<Record<string, number>>): Row {
  const cells = Object.entries(ratios).map(([subject, ratio]) => ({
    subject,
    title: subject,
    value: 8 / ratio,
    ratio,
  }));
  return { name: "a row", title: "a row", cells };
}

function resultOf(node: string, server: readonly Row[]): LadderResult {
  return { node, processor: "a processor", date: "2026-01-01", rounds: 5, server, client: [] };
}

describe("formatLadder", () => {
  it("shows of each step what it costs and adds, of peers what they cost, and no step that was not measured", () => {
    const row = rowOf({ ws: 1, raw: 4, bare: 2, "ladder-frames": 1.6, "ladder-pump": 1.28, listen: 1.6 });
    expect(formatLadder(resultOf("20.1.0", [row]))).toBe(
      [
        "Node 20.1.0: 2026-01-01, a processor, 5 rounds.",
        "",
        "| Server, µs | a row |",
        "| --- | --: |",
        "| ws | 8.00 |",
        "| TCP or TLS alone | 2.00 |",
        "| bare: nothing is checked | 4.00 |",
        "| + every frame header is checked | 5.00 (+1.0) |",
        "| + pump: shares of the turn, one write in flight, pauses, errors | 6.25 (+1.3) |",
        "| + listen: places by address, information about the peer | 5.00 (−1.3) |",
        "| ws is so many times the last, and bare | 1.60×, 2.00× |",
      ].join("\n"),
    );
  });
});

describe("replaceLadder", () => {
  it("replaces the text between the marks, and throws for a page without them", () => {
    const page = (text: string): string =>
      `a\n<!-- begin: ladder, written by \`pnpm ladder\` -->${text}<!-- end: ladder -->\nz`;
    const result = resultOf("20.1.0", []);
    expect(replaceLadder(page("old"), [result])).toBe(page(`\n\n${formatLadder(result)}\n\n`));
    expect(() => replaceLadder("a page", [])).toThrow("marks");
  });
});

describe("saveLadder", () => {
  it("replaces the rows of the same version of Node that were measured, and keeps the others, in order", () => {
    const folder = `${mkdtempSync(join(tmpdir(), "hybi-ladder-"))}/`;
    try {
      saveLadder(folder, resultOf("26.1.0", []));
      const [row, other] = [rowOf({ ws: 1 }), { ...rowOf({ ws: 1 }), name: "another" }];
      saveLadder(folder, resultOf("20.1.0", [row, other]));
      const again = rowOf({ ws: 1, listen: 2 });
      const saved = saveLadder(folder, resultOf("20.2.0", [again]));
      expect(saved).toEqual([resultOf("20.2.0", [again, other]), resultOf("26.1.0", [])]);
      expect(savedLadders(folder)).toHaveLength(2);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
