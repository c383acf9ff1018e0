/**
 * Proves that a set of built files import nothing but each other and use no globals except the allowed ones.
 *
 * TypeScript's binder decides which names are free: the files are bound without any library, so a name without a
 * declaration is a global.
 */

import { posix } from "node:path";
import ts from "typescript";
import { allowedGlobals, commonJsNames, forbiddenMembers, localeMethods, reasons } from "./allowed-globals.ts";

/** `built` maps paths such as "dist/index.js" to their text. */
export function checkPurity(built: ReadonlyMap<string, string>): string[] {
  const program = bind(built);
  const checker = program.getTypeChecker();
  const findings: string[] = [];
  for (const path of built.keys()) {
    const file = program.getSourceFile(path);
    if (file === undefined) throw new Error(`bug: ${path} was not parsed`);
    for (const problem of syntaxErrors(program, file)) findings.push(`${path} ${problem}`);
    const visit = (node: ts.Node): void => {
      const problem = checkNode(node, { path, built, checker });
      const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
      if (problem !== undefined) findings.push(`${path}:${line + 1} ${problem}`);
      ts.forEachChild(node, visit);
    };
    visit(file);
  }
  return findings;
}

interface Context {
  readonly path: string;
  readonly built: ReadonlyMap<string, string>;
  readonly checker: ts.TypeChecker;
}

function bind(built: ReadonlyMap<string, string>): ts.Program {
  const options: ts.CompilerOptions = {
    allowJs: true,
    noLib: true,
    noResolve: true,
    types: [],
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.Node20,
    moduleDetection: ts.ModuleDetectionKind.Force,
  };
  const host: ts.CompilerHost = {
    fileExists: (path) => built.has(path),
    readFile: (path) => built.get(path),
    getSourceFile: (path) => {
      const text = built.get(path);
      const languageVersion = ts.ScriptTarget.ESNext;
      return text === undefined ? undefined : ts.createSourceFile(path, text, languageVersion, true, ts.ScriptKind.JS);
    },
    getDefaultLibFileName: () => "",
    writeFile: () => {},
    getCurrentDirectory: () => "",
    getCanonicalFileName: (path) => path,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => "\n",
  };
  return ts.createProgram([...built.keys()], options, host);
}

function syntaxErrors(program: ts.Program, file: ts.SourceFile): string[] {
  return program
    .getSyntacticDiagnostics(file)
    .map(({ messageText }) => `cannot be parsed: ${ts.flattenDiagnosticMessageText(messageText, " ")}`);
}

function checkNode(node: ts.Node, context: Context): string | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
    return node.moduleSpecifier && checkSpecifier(node.moduleSpecifier, context);
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return checkSpecifier(node.arguments[0], context);
  }
  if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword) return "uses import.meta";
  if (ts.isPropertyAccessExpression(node) && localeMethods.has(node.name.text)) return depends(node.name.text);
  if (ts.isElementAccessExpression(node) && ts.isStringLiteralLike(node.argumentExpression)) {
    const name = node.argumentExpression.text;
    if (localeMethods.has(name)) return depends(name);
  }
  return ts.isIdentifier(node) && isFree(node, context.checker) ? checkGlobal(node, context) : undefined;
}

function depends(method: string): string {
  return `calls ${method}, whose outcome depends on the locale`;
}

function checkSpecifier(specifier: ts.Expression | undefined, { path, built }: Context): string | undefined {
  if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return "imports a module whose name is computed";
  const target = posix.join(posix.dirname(path), specifier.text);
  return specifier.text.startsWith(".") && built.has(target) ? undefined : `imports ${specifier.text}`;
}

/** Whether this identifier refers to a variable that no scope of the file declares. */
function isFree(node: ts.Identifier, checker: ts.TypeChecker): boolean {
  if (!isReference(node)) return false;
  if (node.text === "arguments" && ts.findAncestor(node, isFunctionWithArguments) !== undefined) return false;
  const { parent } = node;
  const symbol =
    ts.isShorthandPropertyAssignment(parent) && parent.name === node
      ? checker.getShorthandAssignmentValueSymbol(parent)
      : ts.isExportSpecifier(parent)
        ? checker.getExportSpecifierLocalTargetSymbol(parent)
        : checker.getSymbolAtLocation(node);
  return !symbol?.declarations?.some(declaresVariable);
}

/** In JavaScript, TypeScript also counts `process.x = 1` and `module.exports = 1` as declarations; they are not. */
function declaresVariable(node: ts.Node): boolean {
  return (
    ts.isVariableDeclaration(node) ||
    ts.isBindingElement(node) ||
    ts.isParameter(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isFunctionExpression(node) ||
    ts.isClassLike(node) ||
    ts.isImportClause(node) ||
    ts.isImportSpecifier(node) ||
    ts.isNamespaceImport(node)
  );
}

function isFunctionWithArguments(node: ts.Node): boolean {
  return ts.isFunctionLike(node) && !ts.isArrowFunction(node);
}

/** Names of properties and labels, and the outer names of imports and exports, are not references. */
function isReference(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isPropertyAssignment(parent) || ts.isEnumMember(parent)) return parent.initializer === node;
  if (ts.isBindingElement(parent)) return parent.initializer === node;
  if (ts.isClassElement(parent) || ts.isObjectLiteralElementLike(parent)) {
    return (
      ts.isShorthandPropertyAssignment(parent) || (ts.isPropertyDeclaration(parent) && parent.initializer === node)
    );
  }
  if (ts.isImportSpecifier(parent) || ts.isImportClause(parent) || ts.isNamespaceImport(parent)) return false;
  if (ts.isNamespaceExport(parent)) return false;
  if (ts.isExportSpecifier(parent)) {
    const fromAnotherModule = parent.parent.parent.moduleSpecifier !== undefined;
    return !fromAnotherModule && (parent.propertyName ?? parent.name) === node;
  }
  if (ts.isLabeledStatement(parent) || ts.isBreakOrContinueStatement(parent)) return false;
  return !ts.isMetaProperty(parent);
}

function checkGlobal(node: ts.Identifier, context: Context): string | undefined {
  const name = node.text;
  const isCommonJs = context.path.endsWith(".cjs");
  if (name === "require" && isCommonJs) return checkRequire(node, context);
  if (commonJsNames.has(name) && isCommonJs) return undefined;
  if (name === "globalThis") return checkMembers(node, (member) => checkName(member));
  const members = forbiddenMembers[name];
  if (members !== undefined && allowedGlobals.has(name)) {
    return checkMembers(node, (member) => {
      const reason = Object.hasOwn(members, member) ? members[member] : undefined;
      return reason && `uses ${name}.${member}: ${reason}`;
    });
  }
  return checkName(name);
}

function checkName(name: string): string | undefined {
  if (allowedGlobals.has(name)) return undefined;
  const reason = Object.hasOwn(reasons, name) ? reasons[name] : "it is not among the allowed globals";
  return `names ${name}: ${reason}`;
}

function checkRequire(node: ts.Identifier, context: Context): string | undefined {
  const call = node.parent;
  return ts.isCallExpression(call) && call.expression === node
    ? checkSpecifier(call.arguments[0], context)
    : "uses require other than by calling it";
}

/** Checks that only statically known members of the object are used: `o.x`, `o["x"]`, `const { x } = o`. */
function checkMembers(node: ts.Identifier, checkMember: (member: string) => string | undefined): string | undefined {
  const members = membersRead(node);
  if (members === undefined) return `uses ${node.text} so that its members cannot be known`;
  return members.map(checkMember).find((problem) => problem !== undefined);
}

function membersRead(node: ts.Identifier): string[] | undefined {
  let use: ts.Node = node;
  while (ts.isParenthesizedExpression(use.parent)) use = use.parent;
  const { parent } = use;
  if (ts.isTypeOfExpression(parent)) return [];
  if (ts.isPropertyAccessExpression(parent) && parent.expression === use) return [parent.name.text];
  if (ts.isElementAccessExpression(parent) && parent.expression === use) {
    return ts.isStringLiteralLike(parent.argumentExpression) ? [parent.argumentExpression.text] : undefined;
  }
  if (!ts.isVariableDeclaration(parent) || !ts.isObjectBindingPattern(parent.name)) return undefined;
  const names = parent.name.elements.map(({ dotDotDotToken, propertyName, name }) => {
    const key = propertyName ?? name;
    return dotDotDotToken === undefined && (ts.isIdentifier(key) || ts.isStringLiteralLike(key)) ? key.text : undefined;
  });
  return names.every((name) => name !== undefined) ? names : undefined;
}
