import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../repository.ts";
import { drawDemo, pictureFile } from "./demo.ts";
import { draw, sectionsOf } from "./picture.ts";

const output = "\n\u001b[1mOne\u001b[0m §1\na  b\n\n\u001b[1mTwo\u001b[0m\n\u001b[32m1 < 2\u001b[0m  end\n";

describe("sectionsOf", () => {
  it("takes sections by the beginnings of their titles", () => {
    expect(sectionsOf(output, ["Two"])).toEqual(["\u001b[1mTwo\u001b[0m", "\u001b[32m1 < 2\u001b[0m  end"]);
    expect(sectionsOf(output, ["Two", "On"])[2]).toBe("");
  });

  it("throws for a title that is not there", () => expect(() => sectionsOf(output, ["Three"])).toThrow("Three"));
});

describe("draw", () => {
  it("keeps weights, colours and columns, and escapes characters of XML", () => {
    const svg = draw(sectionsOf(output, ["One", "Two"]), "A & B");
    expect(svg).toContain("<title>A &amp; B</title>");
    expect(svg).toContain('<tspan x="16" font-weight="bold">One</tspan><tspan x="47.2">§1</tspan>');
    expect(svg).toContain('<tspan x="16">a</tspan><tspan x="39.4">b</tspan>');
    expect(svg).toContain('<tspan x="16" fill="#7ee787">1 &lt; 2</tspan><tspan x="70.6">end</tspan>');
  });
});

describe("the picture in README.md", () => {
  // After a change of the demo: `npx pnpm demo:picture`.
  it("shows what the demo prints", async () => {
    expect(await drawDemo()).toBe(readFileSync(join(root, pictureFile), "utf8"));
  });
});
