import { describe, expect, it } from "vitest";
import { formatDiagram, replaceDiagram } from "./closing-diagram.ts";
import { formatErrorsPage } from "./errors-page.ts";
import { replaceKinds } from "./hostile-kinds.ts";
import { checkLinks } from "./links.ts";
import { replaceShownFiles } from "./shown-files.ts";

describe("formatErrorsPage", () => {
  it("gives every code a heading, its sentence, its section and the response", () => {
    const page = formatErrorsPage(
      {
        "frame/a": { message: "A.", section: "RFC 1 §2", statusCode: 1002 },
        "opening/b": { message: "B.", section: "RFC 3 §4", httpStatus: 400 },
        "opening/c": { message: "C.", section: "RFC 5 §6" },
      },
      { "send/d": "D." },
    );
    expect(page).toContain("### frame/a\n\nA. The response is a Close frame with status code 1002. (RFC 1 §2)\n");
    expect(page).toContain("### opening/b\n\nB. The response of a server is HTTP status 400. (RFC 3 §4)\n");
    expect(page).toContain("### opening/c\n\nC. There is no response: the client ends the transport. (RFC 5 §6)\n");
    expect(page).toContain("### send/d\n\nD.\n");
  });
});

describe("formatDiagram", () => {
  it("draws one arrow per transition of the table", () => {
    expect(formatDiagram({ open: { fail: "close-sent" }, "close-sent": {} })).toBe(
      "```mermaid\nstateDiagram-v2\n  [*] --> open\n  open --> close_sent: fail\n  ended --> [*]\n```",
    );
  });
});

describe("replaceDiagram", () => {
  const marked = (text: string) =>
    `a\n<!-- begin: written by \`pnpm check:docs --write\` from packages/core/src/closing/states.ts -->${text}<!-- end -->\nz`;

  it("replaces the text between the marks and nothing else", () => {
    expect(replaceDiagram(marked("old"), "new")).toBe(marked("\n\nnew\n\n"));
  });

  it("throws for a page without marks", () => {
    expect(() => replaceDiagram("a page", "new")).toThrow("marks");
  });
});

describe("replaceShownFiles", () => {
  const begin = (path: string) => `<!-- begin: written by \`pnpm check:docs --write\` from ${path} -->`;

  it("shows each file between its marks and leaves the rest unchanged", () => {
    const page = `a\n${begin("x/a.conf")}old<!-- end -->\nb\n${begin("b.cfg")}<!-- end -->\nc`;
    expect(replaceShownFiles(page, (path) => `file ${path}\n`)).toBe(
      `a\n${begin("x/a.conf")}\n\n\`\`\`conf\nfile x/a.conf\n\`\`\`\n\n<!-- end -->\nb\n${begin("b.cfg")}\n\n\`\`\`cfg\nfile b.cfg\n\`\`\`\n\n<!-- end -->\nc`,
    );
  });
});

describe("replaceKinds", () => {
  const page = (text: string) =>
    `a\n<!-- begin: kinds, written by \`pnpm check:docs --write\` -->${text}<!-- end -->\nz`;

  it("writes a row for each kind of hostile client", () => {
    const kinds = [{ name: "silence", title: "says nothing", opening: () => new Uint8Array(0) }];
    const table = "| Kind | A client that |\n| --- | --- |\n| `silence` | says nothing |";
    expect(replaceKinds(page("old"), kinds)).toBe(page(`\n\n${table}\n\n`));
  });
});

describe("checkLinks", () => {
  const places = {
    repositoryUrl: "https://h.example/hybi",
    besideDocument: (path: string) => path === "a.md",
    belowRoot: (path: string) => path === "docs/a.md",
  };

  it("finds links to files that do not exist, but neither other links nor code", () => {
    const page =
      "[a](a.md#part) [b](../b.ts) [c](#here) [d](https://d.example/) `[e](e.md)`\n```text\n[f](f.md)\n```\n[g](g.md)";
    expect(checkLinks("docs/page.md", page, places)).toEqual([
      "docs/page.md links to ../b.ts, which does not exist",
      "docs/page.md links to g.md, which does not exist",
    ]);
  });

  it("finds absolute links into the repository to files that do not exist", () => {
    const [file, folder] = ["https://h.example/hybi/blob/main", "https://h.example/hybi/tree/main"];
    const page = `[a](${file}/docs/a.md#part) [b](${file}/docs/b.md) [c](${folder}/c) [d](https://h.example/hybi#readme)`;
    expect(checkLinks("README.md", page, places)).toEqual([
      `README.md links to ${file}/docs/b.md, which does not exist`,
      `README.md links to ${folder}/c, which does not exist`,
    ]);
  });
});
