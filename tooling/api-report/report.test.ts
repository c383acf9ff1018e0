import { describe, expect, it } from "vitest";
import { compareReports, formatApiReport } from "./report.ts";

const sources: Record<string, string> = {
  "src/index.ts": `
    export { Meter, type Unit as MeterUnit } from "./meter.ts";
    export type { Clock } from "@hybi/websocket";
    import * as tools from "./tools.ts";
    export { tools };`,
  "src/meter.ts": `
    import type { Bounds } from "./bounds.ts";
    export type Unit = "byte" | "bit";
    /** Measures. */
    export class Meter {
      #count = 0;
      private unit: Unit = "byte";
      private constructor() {}
      /** Adds. */
      add(length: number, bounds?: Bounds): number { return (this.#count += length) + this.unit.length; }
    }
    export function helper(): void {}`,
  "src/bounds.ts": "export interface Bounds { readonly least: number }",
  "src/tools.ts": "export const zero: number = 0;",
};

function report(changes: Record<string, string> = {}): string {
  const files = { ...sources, ...changes };
  return formatApiReport("@hybi/meter", "src/index.ts", (path) => files[path] ?? "");
}

const changed = (from: string, to: string): Record<string, string> => ({
  "src/meter.ts": (sources["src/meter.ts"] ?? "").replace(from, to),
});

describe("formatApiReport", () => {
  it("lists the public names in order, those of other packages, then the types to which they refer, without docstrings and private members", () => {
    expect(report().split("\n## ")[1]).toBe(
      [
        "Public names\n",
        "### Meter\n\n```text\nclass Meter {",
        "  private constructor();",
        "  add(length: number, bounds?: Bounds): number;",
        "}\n```\n",
        '### MeterUnit\n\n```text\ntype MeterUnit = "byte" | "bit";\n```\n',
        "### tools\n\n```text\nnamespace tools {\n  const zero: number;\n}\n```\n",
      ].join("\n"),
    );
    expect(report().split("\n## ")[2]).toBe(
      "Exported again, from other packages\n\n### `@hybi/websocket`\n\n```text\nClock\n```\n",
    );
    expect(report().split("\n## ")[3]).toContain(
      "### Bounds\n\n```text\ninterface Bounds {\n  readonly least: number;\n}",
    );
  });

  it("does not change with a body, a docstring or a private member", () => {
    expect(report(changed("Adds.", "Counts."))).toBe(report());
    expect(report(changed("#count = 0;", "#count = 1; private also = 2;"))).toBe(report());
  });

  it("throws for export *, which hides the names", () => {
    expect(() => report({ "src/index.ts": 'export * from "./meter.ts";' })).toThrow("export *");
  });
});

describe("compareReports", () => {
  it("names what was changed, with the lines that were removed and added", () => {
    expect(compareReports(report(), report(changed("length: number,", "length: bigint,")))).toEqual([
      "Meter\n  - " +
        "  add(length: number, bounds?: Bounds): number;\n  + " +
        "  add(length: bigint, bounds?: Bounds): number;",
    ]);
  });

  it("reports a change of a type that is not exported itself", () => {
    const now = report({ "src/bounds.ts": "export interface Bounds { readonly most: number }" });
    expect(compareReports(report(), now)).toEqual([
      "Bounds\n  -   readonly least: number;\n  +   readonly most: number;",
    ]);
  });

  it("reports a name that was added or removed", () => {
    const now = report({ "src/index.ts": `${sources["src/index.ts"]} export { helper } from "./meter.ts";` });
    expect(compareReports(report(), now)).toEqual(["helper\n  + function helper(): void;"]);
    expect(compareReports(now, report())).toEqual(["helper\n  - function helper(): void;"]);
  });

  it("finds no difference between equal reports", () => {
    expect(compareReports(report(), report())).toEqual([]);
  });
});
