/** Behind the one import of @hybi/isomorphic is a file for each runtime. All export the same names with the same types. */
import { join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { root } from "../repository.ts";
import { originOf, readModules } from "./modules.ts";

const folder = "packages/isomorphic/src";
const entries = ["index", "node", "deno", "bun"].map((name) => join(root, folder, `${name}.ts`));
/** Returns, by the names that a module exports, where the declaration of their types is; a value also has the type of the value. */
function typesIn(path: string, { checker, exportsOf }: ReturnType<typeof readModules>): Record<string, string> {
  const placeOf = ({ symbol, aliasSymbol = symbol }: ts.Type): string =>
    (aliasSymbol.declarations ?? [])
      .map((node) => `${node.getSourceFile().fileName.replace(`${root}/`, "")}#${aliasSymbol.name}`)
      .join();
  const places = exportsOf(path).map((symbol) => {
    const origin = originOf(symbol, checker);
    const type = placeOf(checker.getDeclaredTypeOfSymbol(origin));
    const isValue = (origin.flags & ts.SymbolFlags.Value) !== 0;
    return [symbol.name, isValue ? `${placeOf(checker.getTypeOfSymbol(origin))} and ${type}` : type];
  });
  return Object.fromEntries(places.sort());
}

describe("the entries of @hybi/isomorphic", () => {
  const modules = readModules(entries);
  const [first = "", ...others] = entries;
  const wanted = typesIn(first, modules);

  it("export the class, and types", () => {
    expect(wanted).toMatchObject({
      WebSocket: `${folder}/websocket.ts#WebSocketClass and ${folder}/websocket.ts#WebSocket`,
      MessageData: `${folder}/websocket.ts#MessageData`,
    });
  });

  it.each(others)("export the same names with the same types: %s", (entry) => {
    expect(typesIn(entry, modules)).toEqual(wanted);
  });
}, 60_000);
