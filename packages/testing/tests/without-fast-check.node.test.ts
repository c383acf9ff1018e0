import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

const source = new URL("../src/", import.meta.url);

/** Returns the modules reachable from `path`, including itself; packages by name. */
function reachable(path: URL, seen: Set<string> = new Set()): Set<string> {
  if (seen.has(path.href)) return seen;
  seen.add(path.href);
  const text = readFileSync(path, "utf8");
  for (const [, typeOnly, specifier = ""] of text.matchAll(/^(?:import|export) (type )?[^;]*?from "([^"]+)";/gms)) {
    if (typeOnly !== undefined) continue;
    if (specifier.startsWith(".")) reachable(new URL(specifier, path), seen);
    else seen.add(specifier);
  }
  return seen;
}

it("only arbitraries need fast-check: every entry point except the root works without it", () => {
  expect(reachable(new URL("index.ts", source))).toContain("fast-check");
  const folders = readdirSync(source, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const needy = folders.flatMap(({ name }) =>
    readdirSync(new URL(name, source), { recursive: true })
      .map(String)
      .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
      .filter((file) => reachable(new URL(`${name}/${file}`, source)).has("fast-check"))
      .map(() => name),
  );
  expect([...new Set(needy)].sort()).toEqual(["arbitraries", "model"]);
});
