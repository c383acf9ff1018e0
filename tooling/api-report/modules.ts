/** Modules of the sources, as the compiler sees them. */
import ts from "typescript";

const options: ts.CompilerOptions = {
  noEmit: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  customConditions: ["@hybi/source"],
  allowImportingTsExtensions: true,
  types: [],
};

/** Returns a function that returns what one of the modules `entries` exports, and the checker of their types. */
export function readModules(entries: readonly string[]): {
  readonly checker: ts.TypeChecker;
  readonly exportsOf: (entry: string) => readonly ts.Symbol[];
} {
  const program = ts.createProgram([...entries], options);
  const checker = program.getTypeChecker();
  const exportsOf = (entry: string): readonly ts.Symbol[] => {
    const file = program.getSourceFile(entry);
    const module = file && checker.getSymbolAtLocation(file);
    if (module === undefined) throw new Error(`${entry} is not a module`);
    return checker.getExportsOfModule(module);
  };
  return { checker, exportsOf };
}

/** Returns what an exported name stands for, wherever it is declared. */
export function originOf(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}
