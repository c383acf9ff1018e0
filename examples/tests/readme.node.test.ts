import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

const examples = new URL("../", import.meta.url);

it("the page of the examples names the main program of each, and no file that does not exist", () => {
  const table = readFileSync(new URL("README.md", examples), "utf8")
    .split("\n")
    .filter((line) => line.startsWith("| `"));
  const named = table.flatMap((line) =>
    [...(line.split("|")[1] ?? "").matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name),
  );
  const folders = readdirSync(examples, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const programs = folders.map(({ name }) => `${name}/main.ts`).filter((file) => existsSync(new URL(file, examples)));
  expect(programs.filter((file) => !named.includes(file))).toEqual([]);
  expect(named.filter((file) => !existsSync(new URL(file, examples)))).toEqual([]);
  expect(named).toContain("chat/server.ts");
});
