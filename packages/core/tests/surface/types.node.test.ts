/** Exported types, which do not exist at run time. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { entryPoints } from "./names.ts";

/** The names that an entry point exports as types. It lists every name explicitly. */
function exportedTypes(path: string): string[] {
  const source = readFileSync(new URL(`../../src/${path}`, import.meta.url), "utf8");
  expect(source).not.toMatch(/export \*/);
  return [...source.matchAll(/export (type )?\{([^}]*)\} from/g)]
    .flatMap(([, all, names = ""]) =>
      names
        .split(",")
        .map((name) => name.trim())
        .filter((name) => name !== "" && (all !== undefined || name.startsWith("type "))),
    )
    .map((name) => name.replace(/^type /, ""))
    .sort();
}

describe.each(Object.entries(entryPoints))("%s", (_name, { file, types }) => {
  it("exports exactly these types", () => {
    expect(exportedTypes(file)).toEqual(types);
  });
});
