/** Finds the types that users of an entry point meet in its signatures, but cannot import from it. */

import ts from "typescript";
import { originOf, readModules } from "./modules.ts";

/** A type that public signatures name, and the exported name whose signature does. */
export interface MissingType {
  readonly name: string;
  readonly usedBy: string;
}

/**
 * Returns, for each entry point, the types of this repository to which its signatures refer, directly or through another such
 * type, and that it does not export under any name. A type counts as exported, too, if the entry point exports another one of
 * its name, as adapters do with `ConnectOptions`. `isOurs` tells the files of this repository from others. Types named by a
 * missing type follow once that one is exported.
 */
export function missingTypes(
  entries: readonly string[],
  isOurs: (path: string) => boolean,
): ReadonlyMap<string, readonly MissingType[]> {
  const { checker, exportsOf } = readModules(entries);
  return new Map(
    entries.map((entry) => {
      const exports = exportsOf(entry);
      const names = new Set(exports.map(({ name }) => name));
      const seen = new Set(exports.map((symbol) => originOf(symbol, checker)));
      const missing: MissingType[] = [];
      for (const used of seen) {
        for (const symbol of (used.declarations ?? []).flatMap((node) => typesIn(node, checker))) {
          if (seen.has(symbol) || !symbol.declarations?.some((node) => isOurs(node.getSourceFile().fileName))) continue;
          // Its own signature is read as well: the set grows while the loop goes through it.
          if (names.has(symbol.name)) seen.add(symbol);
          else if (!missing.some(({ name }) => name === symbol.name))
            missing.push({ name: symbol.name, usedBy: used.name });
        }
      }
      return [entry, missing];
    }),
  );
}

// Internals

/** Returns the types that the visible part of a declaration names. */
function typesIn(declaration: ts.Node, checker: ts.TypeChecker): ts.Symbol[] {
  const found: ts.Symbol[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isBlock(node) || (ts.isClassElement(node) && isHidden(node))) return;
    // Sources name the type of each value that is exported, so nothing is to be found in the value.
    if (ts.isVariableDeclaration(node) || ts.isPropertyDeclaration(node) || ts.isParameter(node)) {
      if (node.type !== undefined) visit(node.type);
      return;
    }
    const named = ts.isTypeReferenceNode(node)
      ? node.typeName
      : ts.isExpressionWithTypeArguments(node)
        ? node.expression
        : undefined;
    const symbol = named && checker.getSymbolAtLocation(named);
    if (symbol !== undefined) {
      const origin = originOf(symbol, checker);
      if (origin.flags & ts.SymbolFlags.Type && !(origin.flags & ts.SymbolFlags.TypeParameter)) found.push(origin);
    }
    ts.forEachChild(node, visit);
  };
  visit(declaration);
  return found;
}

function isHidden(member: ts.ClassElement): boolean {
  const isHash = member.name !== undefined && ts.isPrivateIdentifier(member.name);
  return isHash || (ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Private) !== 0;
}
