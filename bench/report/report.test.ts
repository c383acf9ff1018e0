import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Result } from "../result.ts";
import { chart } from "./chart.ts";
import { highlights } from "./highlights.ts";
import { saveResults } from "./main.ts";
import { measuredTables } from "./page.ts";
import { inOrder, replaceMeasured } from "./pages.ts";
import { highlightsTable, shortTable } from "./readme.ts";
import { wsApiSection } from "./ws-api.ts";

/** A result with one row: the ratios of `listen` and, if given, of the bare program. */
function resultOf(node: string, ratio: number, bare?: number): Result {
  const cells = [
    { subject: "ws", title: "ws", value: 8, ratio: 1, spread: 0 },
    { subject: "listen", title: "listen", value: 8 / ratio, ratio, spread: 0.02 },
    ...(bare === undefined ? [] : [{ subject: "bare", title: "bare", value: 8 / bare, ratio: bare, spread: 0.02 }]),
  ];
  const rows = [{ name: "32x64", title: "32 × 64 × 64 B", cells }];
  const table = { name: "echo/text", title: "Echo of text", unit: "µs", shows: "ratios", rows } as const;
  return { node, processor: "a processor", date: "2026-01-01", rounds: 7, tables: [table] };
}

describe("shortTable", () => {
  it("has few rows, and says in how many of all `ws` is faster", () => {
    expect(shortTable([resultOf("20.1.0", 13.5), resultOf("26.1.0", 0.9)])).toBe(
      [
        "| How many times less than ws | Node 20.1.0 | Node 26.1.0 |",
        "| --- | --: | --: |",
        "| Server, text, 32 connections × 64 outstanding | 13.5× | **0.90×** |",
        "",
        "In **bold type** `ws` is faster; [why](docs/design/performance.md#what-was-measured). Of all rows on the page about performance, `ws` is faster or lighter in 0 of 1 with Node 20.1.0 and 1 of 1 with Node 26.1.0.",
      ].join("\n"),
    );
  });

  it("shows five rows", () => expect(highlights.filter(({ isShort }) => isShort)).toHaveLength(5));
});

describe("highlightsTable", () => {
  it("says that ws is nowhere faster, when it is not", () => {
    expect(highlightsTable([resultOf("20.1.0", 13.5)])).toMatch(/\n\nIn none of these rows is `ws` faster\.$/);
  });

  it("names the rows in which ws is faster in any version of Node", () => {
    const text = highlightsTable([resultOf("20.1.0", 13.5), resultOf("26.1.0", 0.9)]);
    expect(text).toContain("| 13.5× | **0.90×** |");
    expect(text).toContain("`ws` is faster:\n\n- Server, text, 32 connections × 64 outstanding: see below.");
  });
});

describe("measuredTables", () => {
  it("shows each goal with what was measured, and by how much it is missed", () => {
    const text = measuredTables([resultOf("20.1.0", 13), resultOf("26.1.0", 6.5)]);
    expect(text).toContain("| Echo of text: 32 × 64 × 64 B | listen ≥13× | 13.0× | ✓ |  | 6.50× | −50 % |  |");
    expect(text).toContain("| Node 26.1.0, µs | ws | listen | goal |");
  });

  it("shows what the bare program reaches where a goal is missed, and whether that would do", () => {
    const rowOf = (...results: Result[]): string | undefined =>
      /^\| Echo of text: .*$/m.exec(measuredTables(results))?.[0];
    expect(rowOf(resultOf("20.1.0", 6.5, 26), resultOf("26.1.0", 6.5, 11.7))).toBe(
      "| Echo of text: 32 × 64 × 64 B | listen ≥13× | 6.50× | −50 % | 26.0× ✓ | 6.50× | −50 % | 11.7× −10 % |",
    );
    expect(rowOf(resultOf("20.1.0", 13, 26))).toBe("| Echo of text: 32 × 64 × 64 B | listen ≥13× | 13.0× | ✓ |  |");
  });

  it("says of which run the figures are, and which are not of its rounds", () => {
    const run = { ...resultOf("20.1.0", 1), isShort: true };
    const text = measuredTables([
      { ...run, tables: run.tables.map((table) => ({ ...table, sampling: "one run each" })) },
    ]);
    expect(text).toContain("medians of 7 rounds, a short run: ");
    expect(text).toContain("| Node 20.1.0, µs; one run each | ws |");
  });
});

describe("wsApiSection", () => {
  const resultOfApi = (node: string, ratio: number): Result => {
    const result = resultOf(node, ratio);
    return {
      ...result,
      tables: result.tables.map((table) => ({
        ...table,
        name: "ws-api/text",
        title: "The interface of ws: echo of text",
        rows: table.rows.map((row) => ({
          ...row,
          name: "32x1",
          cells: row.cells.map((cell) => (cell.subject === "listen" ? { ...cell, subject: "hybi-ws" } : cell)),
        })),
      })),
    };
  };

  it("shows each goal of `@hybi/ws`, and why one is missed", () => {
    const [, table, why] = wsApiSection([resultOfApi("20.1.0", 1.2), resultOfApi("26.1.0", 0.9)]);
    expect(table).toContain("| echo of text: 32 × 64 × 64 B | ≥ 1 | 1.20× | ✓ | 0.90× | −10 % |");
    expect(why).toMatch(/^What stands in the way of the others:\n\n- echo of text: 32 × 64 × 64 B: \S/);
  });

  it("says that all goals are reached, when they are", () => {
    expect(wsApiSection([resultOfApi("20.1.0", 1.2)]).at(-1)).toBe("All goals are reached.");
  });

  it("is absent when nothing of it was measured", () => expect(wsApiSection([resultOf("20.1.0", 1)])).toEqual([]));
});

describe("chart", () => {
  it("draws a bar for each version of Node, and in another colour where ws is faster", () => {
    const svg = chart([resultOf("20.1.0", 2), resultOf("26.1.0", 0.5)]);
    expect(svg.match(/<rect class="run0" x="[\d.]+" y="58"/g)).toHaveLength(1);
    expect(svg.match(/<rect class="slower" x="[\d.]+" y="69"/g)).toHaveLength(1);
  });
});

describe("replaceMeasured", () => {
  it("replaces the text between the marks, and throws for a page without them", () => {
    const page = (text: string): string =>
      `a\n<!-- begin: measured, written by \`pnpm bench --report\` -->${text}<!-- end: measured -->\nz`;
    expect(replaceMeasured(page("old"), "new $1\n")).toBe(page("\n\nnew $1\n\n"));
    expect(() => replaceMeasured("a page", "new")).toThrow("marks");
  });
});

describe("saveResults", () => {
  it("replaces the result of the same version of Node, and keeps those of others", () => {
    const folder = mkdtempSync(join(tmpdir(), "hybi-results-"));
    try {
      saveResults(folder, [resultOf("26.1.0", 2), resultOf("20.1.0", 1)]);
      const newer = resultOf("20.2.0", 3);
      expect(saveResults(folder, [newer])).toEqual([newer, resultOf("26.1.0", 2)]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("inOrder", () => {
  it("sorts by version of Node", () => {
    expect(inOrder([resultOf("26.0.0", 1), resultOf("20.0.0", 1)]).map(({ node }) => node)).toEqual([
      "20.0.0",
      "26.0.0",
    ]);
  });
});
