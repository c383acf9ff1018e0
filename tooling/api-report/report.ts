/**
 * Lists the public names of an entry point with their signatures, from the declarations that the compiler emits for the sources.
 * Sources have explicit types (`isolatedDeclarations`), so each file is converted by itself and nothing is inferred.
 */

import { posix } from "node:path";
import ts from "typescript";

/** Where a name comes from: a file of this package, or another package. */
interface Origin {
  readonly from: string;
  readonly name: string;
}

/** The declarations, imports and exports of one file. */
interface Module {
  readonly file: ts.SourceFile;
  readonly declared: Map<string, (ts.Statement | ts.VariableDeclaration)[]>;
  readonly imported: Map<string, Origin>;
  readonly exported: Map<string, Origin>;
}

const options: ts.CompilerOptions = { target: ts.ScriptTarget.ES2022, declaration: true, removeComments: true };

/**
 * Formats the report about the entry point `specifier`, whose source is the file `entry`. Unexported types to which public
 * signatures refer are part of it, because they may be changed incompatibly as well. Names are sorted.
 *
 * @throws Error for `export *`, and for a name that is exported but not found
 */
export function formatApiReport(specifier: string, entry: string, readSource: (path: string) => string): string {
  const modules = new Map<string, Module>();
  const moduleOf = (path: string): Module => {
    const known = modules.get(path) ?? parseModule(path, readSource(path));
    modules.set(path, known);
    return known;
  };
  const find = ({ from, name }: Origin): Origin => {
    if (!from.endsWith(".ts") || name === "*") return { from, name };
    const { declared, imported, exported } = moduleOf(from);
    if (declared.has(name)) return { from, name };
    const next = imported.get(name) ?? exported.get(name);
    if (next === undefined || (next.from === from && next.name === name))
      throw new Error(`${from} declares no ${name}`);
    return find(next);
  };

  const seen = new Set<string>();
  const referenced: Origin[] = [];
  const textsOf = (title: string, { from, name }: Origin): string[] => {
    if (!from.endsWith(".ts")) return [`export { ${name === title ? name : `${name} as ${title}`} } from "${from}"`];
    const { file, declared, imported, exported } = moduleOf(from);
    if (name === "*") {
      const members = [...exported].sort(([a], [b]) => compare(a, b));
      const inner = members.flatMap(([member, origin]) => textsOf(member, find(origin)));
      return [`namespace ${title} {`, ...inner.map((text) => text.replaceAll(/^/gm, "  ")), "}"];
    }
    const nodes = declared.get(name) ?? [];
    const renamed = new Set<string>();
    for (const reference of nodes.flatMap(referencesOf)) {
      if (!declared.has(reference) && !imported.has(reference)) continue;
      const origin = find({ from, name: reference });
      referenced.push(origin);
      if (origin.name !== reference && origin.name !== "*")
        renamed.add(`// ${reference}: ${origin.name}${origin.from.endsWith(".ts") ? "" : ` of ${origin.from}`}`);
    }
    const texts = [...renamed, ...nodes.map((node) => signature(node, file))];
    return title === name ? texts : texts.map((text) => text.replace(` ${name}`, ` ${title}`));
  };
  const section = (title: string, origin: Origin): string => formatSection(title, textsOf(title, origin));
  const keyOf = ({ from, name }: Origin): string => `${name} ${from}`;

  const names = [...moduleOf(entry).exported].map(([title, origin]) => ({ title, origin: find(origin) }));
  for (const { origin } of names) seen.add(keyOf(origin));
  names.sort((a, b) => compare(a.title, b.title));
  const own = names.filter(({ origin }) => origin.from.endsWith(".ts"));
  const sections = own.map(({ title, origin }) => section(title, origin));
  // Other packages have reports of their own, so that names suffice here.
  const others = [...new Set(names.map(({ origin }) => origin.from))].filter((from) => !from.endsWith(".ts"));
  const reexports = others.sort(compare).map((from) => {
    const theirs = names.filter(({ origin }) => origin.from === from);
    const lines = theirs.map(({ title, origin: { name } }) => (name === title ? name : `${name} as ${title}`));
    return formatSection(`\`${from}\``, lines);
  });
  const inner: [key: string, text: string][] = [];
  for (const origin of referenced) {
    if (seen.has(keyOf(origin)) || !origin.from.endsWith(".ts") || origin.name === "*") continue;
    seen.add(keyOf(origin));
    inner.push([keyOf(origin), section(origin.name, origin)]);
  }
  const more = inner.sort(([a], [b]) => compare(a, b)).map(([, text]) => text);
  const head = `# \`${specifier}\`\n\n<!-- Written by \`pnpm check:api --write\` from ${entry}. -->\n\n## Public names\n`;
  const middle = reexports.length === 0 ? [] : ["## Exported again, from other packages\n", ...reexports];
  const tail = more.length === 0 ? [] : ["## Not exported, but part of these signatures\n", ...more];
  return [head, ...sections, ...middle, ...tail].join("\n");
}

/** Returns the differences between two reports, one for each name, with the lines that were removed and added. */
export function compareReports(committed: string, current: string): string[] {
  const before = splitReport(committed);
  const after = splitReport(current);
  return [...new Set([...before.keys(), ...after.keys()])].sort(compare).flatMap((title) => {
    const [old = [], now = []] = [before.get(title), after.get(title)];
    if (old.join("\n") === now.join("\n")) return [];
    const removed = old.filter((line) => !now.includes(line)).map((line) => `  - ${line}`);
    const added = now.filter((line) => !old.includes(line)).map((line) => `  + ${line}`);
    return [[title, ...removed, ...added].join("\n")];
  });
}

function splitReport(report: string): Map<string, string[]> {
  const sections = new Map<string, string[]>();
  for (const text of report.split(/^### /m)) {
    const [title = "", ...lines] = text.split("\n");
    const more = lines.filter((line) => line !== "" && !line.startsWith("```"));
    sections.set(title, [...(sections.get(title) ?? []), ...more]);
  }
  return sections;
}

// Internals

function formatSection(title: string, texts: readonly string[]): string {
  return `### ${title}\n\n\`\`\`text\n${texts.join("\n")}\n\`\`\`\n`;
}

function parseModule(path: string, source: string): Module {
  const { outputText } = ts.transpileDeclaration(source, { fileName: path, compilerOptions: options });
  const file = ts.createSourceFile(path, outputText, ts.ScriptTarget.ES2022, true);
  const declared: Module["declared"] = new Map();
  const imported: Module["imported"] = new Map();
  const exported: Module["exported"] = new Map();
  const originOf = (specifier: ts.Expression | undefined, name: string): Origin => {
    if (specifier === undefined) return { from: path, name };
    const from = (specifier as ts.StringLiteral).text;
    return { from: from.startsWith(".") ? posix.join(posix.dirname(path), from) : from, name };
  };
  const declare = (name: string, node: ts.Statement | ts.VariableDeclaration, isExported: boolean): void => {
    declared.set(name, [...(declared.get(name) ?? []), node]);
    if (isExported) exported.set(name, { from: path, name });
  };
  for (const statement of file.statements) {
    if (ts.isImportDeclaration(statement)) {
      const bindings = statement.importClause?.namedBindings;
      if (bindings === undefined) continue;
      const from = statement.moduleSpecifier;
      if (ts.isNamespaceImport(bindings)) imported.set(bindings.name.text, originOf(from, "*"));
      else
        for (const { name, propertyName } of bindings.elements)
          imported.set(name.text, originOf(from, (propertyName ?? name).text));
    } else if (ts.isExportDeclaration(statement)) {
      const { exportClause, moduleSpecifier } = statement;
      if (exportClause === undefined || !ts.isNamedExports(exportClause)) throw new Error(`${path} has an export *`);
      for (const { name, propertyName } of exportClause.elements)
        exported.set(name.text, originOf(moduleSpecifier, (propertyName ?? name).text));
    } else {
      const isExported = /^export\b/.test(statement.getText(file));
      if (ts.isVariableStatement(statement)) {
        for (const node of statement.declarationList.declarations) declare(node.name.getText(file), node, isExported);
      } else {
        const name = (statement as ts.DeclarationStatement).name?.getText(file);
        if (name !== undefined) declare(name, statement, isExported);
      }
    }
  }
  return { file, declared, imported, exported };
}

/** Members that users of a class cannot reach. A private constructor stays: without it, the class could be constructed. */
function hiddenMembers(node: ts.Node): ts.Node[] {
  if (!ts.isClassDeclaration(node)) return [];
  return node.members.filter((member) => {
    if (ts.isConstructorDeclaration(member)) return false;
    const isHash = member.name !== undefined && ts.isPrivateIdentifier(member.name);
    return isHash || (ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Private) !== 0;
  });
}

function signature(node: ts.Statement | ts.VariableDeclaration, file: ts.SourceFile): string {
  if (ts.isVariableDeclaration(node)) return `const ${reindent(node.getText(file))};`;
  const start = node.getStart(file);
  let text = node.getText(file);
  for (const member of hiddenMembers(node).reverse())
    text = text.slice(0, member.getFullStart() - start) + text.slice(member.end - start);
  return reindent(text.replace(/^(export )?(declare )?/, ""));
}

function reindent(text: string): string {
  return text.replaceAll(/^( {4})+/gm, (indent) => " ".repeat(indent.length / 2));
}

/** Returns the names to which the visible part of a declaration refers. */
function referencesOf(node: ts.Node): string[] {
  const hidden = new Set(hiddenMembers(node));
  const names: string[] = [];
  const visit = (child: ts.Node): void => {
    if (hidden.has(child)) return;
    let name: ts.Node | undefined;
    if (ts.isTypeReferenceNode(child)) name = child.typeName;
    else if (ts.isTypeQueryNode(child)) name = child.exprName;
    else if (ts.isExpressionWithTypeArguments(child)) name = child.expression;
    if (name !== undefined && ts.isIdentifier(name)) names.push(name.text);
    ts.forEachChild(child, visit);
  };
  visit(node);
  return names;
}

/** Compares by code units, so that the order depends on no locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
