import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { packageFolders, repositoryUrl, root } from "../repository.ts";
import { asCommonJs, asModule, asWorker, checkReadme, firstProgram, programFor } from "./readme.ts";

const fence = "```";
const program = `import { strictEqual } from "node:assert";
import { connect } from "@hybi/node";
const one: number = await connect();
if (one !== 1) throw new Error("not one");`;
const readme = `# @hybi/node

WebSocket connections, as [documented](https://example.com/hybi/blob/main/docs/guide/node.md).

${fence}sh
npm install @hybi/node
${fence}

${fence}ts run
${program}
${fence}
`;

const check = (markdown: string): string[] => checkReadme("@hybi/node", markdown, "https://example.com/hybi");

describe("checkReadme", () => {
  it("accepts a README that says what the package is and how to install it, with a program and links", () => {
    expect(check(readme)).toEqual([]);
  });

  it.each<[string, string, RegExp]>([
    ["nothing", "", /title/],
    ["another title", readme.replace("# @hybi/node", "# hybi"), /title/],
    ["no introduction", readme.replace(/^WebSocket.*\n\n/m, ""), /what the package is/],
    ["no command that installs it", readme.replace("install @", "see @"), /no command/],
    ["no program", readme.replace("ts run", "text"), /no program/],
    ["a long program", readme.replace(program, `${program}\n`.repeat(7)), /has 28 lines/],
    ["a program of uninstalled packages", readme.replace('"@hybi/node";', '"pako";'), /imports pako/],
    ["a relative link", `${readme}\n[core](../core)\n`, /link to \.\.\/core is not absolute/],
    ["a relative picture", `${readme}\n![chart](chart.svg)\n`, /chart\.svg/],
    ["no link to the documents", readme.replace("/docs/", "/"), /documents/],
  ])("rejects %s", (_, markdown, finding) => {
    expect(check(markdown).join()).toMatch(finding);
  });
});

describe("the README of a package", () => {
  it.each(packageFolders())("is ready to be published: %s", (folder) => {
    const read = (file: string): string => readFileSync(join(root, folder, file), "utf8");
    expect(checkReadme(JSON.parse(read("package.json")).name, read("README.md"), repositoryUrl)).toEqual([]);
  });
});

describe("the first program", () => {
  const snippet = firstProgram(readme);
  if (snippet === undefined) throw new Error("no program");

  it("becomes a module without types", async () => {
    const text = await asModule(snippet);
    expect(text).toContain('import { connect } from "@hybi/node";');
    expect(text).toContain("const one = await connect();");
  });

  it("becomes a CommonJS program, with require before an asynchronous function", async () => {
    const text = await asCommonJs(snippet);
    expect(text).toContain('require("@hybi/node")');
    expect(text).toMatch(/\(async \(\) => \{[\s\S]*await [\s\S]*\}\)\(\);/);
    expect(text).not.toMatch(/^import /m);
  });

  it("becomes a Worker that runs it for each request and responds with what that contains", async () => {
    const text = await asWorker(snippet);
    expect(text).toMatch(/^import \{ connect \} from "@hybi\/node";\n/);
    expect(text).toMatch(/async fetch\(request\) \{[\s\S]*await connect\(\)[\s\S]*await request\.text\(\)/);
  });
});

describe("the program for a page or a Worker", () => {
  const own = `${readme}\n${fence}ts worker\nexport default { fetch() {} };\n${fence}\n`;

  it("is the one that is made for it, unchanged, and otherwise the first", async () => {
    expect(programFor("page", own)).toEqual(firstProgram(readme));
    const worker = programFor("worker", own);
    expect(worker?.treatment).toBe("worker");
    if (worker !== undefined) expect(await asWorker(worker)).not.toContain("request.text()");
  });
});
