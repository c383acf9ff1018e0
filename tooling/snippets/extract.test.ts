import { describe, expect, it } from "vitest";
import {
  assertsSomething,
  extractBlocks,
  extractExamples,
  extractSnippets,
  importsOnePackage,
  isLabelled,
  triesTextAndBytes,
} from "./extract.ts";

describe("extractSnippets", () => {
  it("finds the code, its position, and where it runs", () => {
    const markdown = [
      "# Title",
      "",
      "```ts run",
      "const a = 1;",
      "",
      "a;",
      "```",
      "```ts deno",
      "b;",
      "```",
      "```ts worker",
      "c;",
      "```",
    ].join("\n");
    expect(extractSnippets("docs/a.md", markdown)).toEqual([
      { document: "docs/a.md", line: 4, treatment: "run", code: "const a = 1;\n\na;\n" },
      { document: "docs/a.md", line: 9, treatment: "deno", code: "b;\n" },
      { document: "docs/a.md", line: 12, treatment: "worker", code: "c;\n" },
    ]);
  });

  it("removes the indentation of a list", () => {
    const markdown = ["1. First:", "   ```ts run", "   if (a) {", "     b;", "   }", "   ```"].join("\n");
    expect(extractSnippets("a.md", markdown)[0]?.code).toBe("if (a) {\n  b;\n}\n");
  });

  it("finds blocks without a label, and blocks that would not be run", () => {
    const markdown = "```ts\na;\n```\n```typescript later\nb;\n```\n```ts check\nc;\n```\n```ts sketch\nd;\n```";
    const [a, b, c, d] = extractSnippets("a.md", markdown);
    expect([a, b, c, d].map((snippet) => snippet?.treatment)).toEqual([undefined, undefined, undefined, undefined]);
  });

  it("skips other languages and fences within them", () => {
    const markdown = ["````md", "```ts run", "inner;", "```", "````", "```sh", "pnpm test", "```"].join("\n");
    expect(extractSnippets("a.md", markdown)).toEqual([]);
  });
});

describe("extractExamples", () => {
  it("finds the lines of an example, up to the next tag or the end of its docstring", () => {
    const source = [
      "/**",
      " * Adds.",
      " *",
      " * @example",
      " * const sum = add(1, 2);",
      " * if (sum === 3) {",
      " *   done();",
      " * }",
      " *",
      " * @throws never",
      " */",
      "  /**",
      "   * @example",
      "   * take();",
      "   */",
      "// @example of nothing",
    ].join("\n");
    expect(extractExamples(source)).toEqual(["const sum = add(1, 2);\nif (sum === 3) {\n  done();\n}\n", "take();\n"]);
  });
});

describe("isLabelled", () => {
  const labelled = (label: string): boolean | undefined =>
    extractBlocks("a.md", `\`\`\`${label}\na\n\`\`\``).map(isLabelled)[0];

  it.each([
    "ts run",
    "ts deno",
    "ts bun",
    "ts test",
    "ts worker",
    "ts page",
    "ts before",
    "ts after",
    "sh",
    "text",
    "conf",
    "cfg",
    "json",
    "yaml",
    "mermaid",
  ])("accepts the label %j [R34]", (label) => {
    expect(labelled(label)).toBe(true);
  });

  it.each([
    "",
    "ts",
    "ts check",
    "ts sketch",
    "ts later",
    "typescript run",
    "js",
    "javascript",
    "tsx run",
    "ts run fast",
  ])("rejects the label %j [R34]", (label) => {
    expect(labelled(label)).toBe(false);
  });
});

const snippet = (code: string) => ({ code });

describe("a program", () => {
  it("that only prints its result does not assert anything [R34]", () => {
    expect(assertsSomething(snippet("await connect(url).catch(console.error);"))).toBe(false);
    expect(assertsSomething(snippet('if (data !== "hello") throw new Error(data);'))).toBe(true);
  });

  it("that echoes messages is tried with both kinds [R33]", () => {
    const echo = "socket.onmessage = ({ data }) => socket.send(data);\n";
    expect(triesTextAndBytes(snippet(echo))).toBe(false);
    expect(triesTextAndBytes(snippet(`${echo}client.send("hello");`))).toBe(false);
    expect(triesTextAndBytes(snippet(`${echo}client.send(Uint8Array.of(1));`))).toBe(false);
    expect(triesTextAndBytes(snippet(`${echo}client.send("hello"); client.send(Uint8Array.of(1));`))).toBe(true);
    expect(triesTextAndBytes(snippet('socket.onmessage = () => socket.send("noted");'))).toBe(true);
  });

  it.each(['import { a } from "#";', 'import "#";', 'export * from "#";', 'await import("#");', 'require("#");'])(
    "that uses the package of a runtime imports none of those that this one exports again: %s",
    (load) => {
      const code = (...names: string[]): string => names.map((name) => load.replace("#", `@hybi/${name}`)).join("\n");
      expect(importsOnePackage(code("node", "testing/wire"))).toBe(true);
      expect(importsOnePackage(code("core/frame", "websocket"))).toBe(true);
      expect(importsOnePackage(code("node", "core/frame"))).toBe(false);
    },
  );
});
