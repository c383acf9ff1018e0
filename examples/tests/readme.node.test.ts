import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

const examples = new URL("../", import.meta.url);

it("the page of the examples names all their programs, and no others", () => {
  const table = readFileSync(new URL("README.md", examples), "utf8")
    .split("\n")
    .filter((line) => line.startsWith("| `"));
  const named = table.flatMap((line) => [...(line.split("|")[1] ?? "").matchAll(/`([^`]+)`/g)].map(([, name]) => name));
  const folders = readdirSync(examples, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const files = folders.flatMap(({ name }) => readdirSync(new URL(name, examples)).map((file) => `${name}/${file}`));
  const programs = files.filter((file) => /\/(main|server|client)\.ts$/.test(file));
  // Parts of programs: the server of `echo/main.ts`, its client for tests, and the client of `demo/main.ts`.
  const parts = ["echo/server.ts", "echo/client.ts", "demo/client.ts"];
  expect(named.sort()).toEqual(programs.filter((file) => !parts.includes(file)).sort());
});
