import { describe, expect, it } from "vitest";
import { replaceSizes } from "./table.ts";

const page = (text: string) =>
  `a\n<!-- begin: sizes, written by \`pnpm check:docs --write\` from tooling/size/budgets.json -->${text}<!-- end: sizes -->\nz`;

describe("replaceSizes", () => {
  it("writes a row for each entry and leaves the rest unchanged", () => {
    const budgets = { "`ws`": { esbuild: 14_412, vite: 14_380 }, "`isTransient`": { esbuild: 158, vite: 160 } };
    expect(replaceSizes(page("old"), budgets)).toBe(
      page(
        "\n\n| Imported | esbuild, kB | Vite, kB |\n| --- | --: | --: |\n| `ws` | 14.4 | 14.4 |\n| `isTransient` | 0.16 | 0.16 |\n\n",
      ),
    );
  });

  it("throws for a page without marks", () => {
    expect(() => replaceSizes("a page", {})).toThrow("marks");
  });
});
