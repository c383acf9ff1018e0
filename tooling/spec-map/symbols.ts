/** Whether a source file declares a symbol: `name`, or `Class.member`. */

import ts from "typescript";

export function declaresSymbol(text: string, symbol: string): boolean {
  const [name, member] = symbol.split(".");
  const file = ts.createSourceFile("source.ts", text, ts.ScriptTarget.ESNext);
  return file.statements.some((statement) =>
    declarations(statement).some((declaration) => {
      if (nameOf(declaration) !== name) return false;
      return member === undefined || membersOf(declaration).some((candidate) => nameOf(candidate) === member);
    }),
  );
}

function declarations(statement: ts.Statement): ts.NamedDeclaration[] {
  if (ts.isVariableStatement(statement)) return [...statement.declarationList.declarations];
  const declares =
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement);
  return declares ? [statement] : [];
}

function membersOf(declaration: ts.NamedDeclaration): readonly ts.NamedDeclaration[] {
  if (ts.isClassDeclaration(declaration) || ts.isInterfaceDeclaration(declaration)) return declaration.members;
  if (!ts.isVariableDeclaration(declaration) || declaration.initializer === undefined) return [];
  let value = declaration.initializer;
  while (ts.isAsExpression(value) || ts.isSatisfiesExpression(value)) value = value.expression;
  return ts.isObjectLiteralExpression(value) ? value.properties : [];
}

function nameOf(declaration: ts.NamedDeclaration): string | undefined {
  const { name } = declaration;
  if (name === undefined) return undefined;
  return ts.isIdentifier(name) || ts.isPrivateIdentifier(name) || ts.isStringLiteral(name) ? name.text : undefined;
}
