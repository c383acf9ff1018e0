import { describe, expect, it } from "vitest";
import { extractSnippets } from "./extract.ts";

describe("extractSnippets", () => {
  it("finds the code, where it stands, and what to do with it", () => {
    const markdown = [
      "# Title",
      "",
      "```ts run",
      "const a = 1;",
      "",
      "a;",
      "```",
      "```ts check",
      "b;",
      "```",
      "```ts worker",
      "c;",
      "```",
    ].join("\n");
    expect(extractSnippets("docs/a.md", markdown)).toEqual([
      { document: "docs/a.md", line: 4, treatment: "run", code: "const a = 1;\n\na;\n" },
      { document: "docs/a.md", line: 9, treatment: "check", code: "b;\n" },
      { document: "docs/a.md", line: 12, treatment: "worker", code: "c;\n" },
    ]);
  });

  it("takes the indentation of a list off", () => {
    const markdown = ["1. First:", "   ```ts sketch", "   if (a) {", "     b;", "   }", "   ```"].join("\n");
    expect(extractSnippets("a.md", markdown)[0]?.code).toBe("if (a) {\n  b;\n}\n");
  });

  it("finds blocks that do not say what becomes of them", () => {
    expect(extractSnippets("a.md", "```ts\na;\n```\n```typescript later\nb;\n```")).toMatchObject([
      { treatment: undefined },
      { treatment: undefined },
    ]);
  });

  it("passes over other languages and over fences within them", () => {
    const markdown = ["````md", "```ts run", "inner;", "```", "````", "```sh", "pnpm test", "```"].join("\n");
    expect(extractSnippets("a.md", markdown)).toEqual([]);
  });
});
