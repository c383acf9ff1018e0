/**
 * Code that tells where it went: a call in every block, and a probe at every `===` and `!==`. The text between the
 * parts that are wrapped stays as it is, so that nothing has to be printed from a tree.
 *
 * A block is what runs or does not: a branch, the body of a loop or of a function, a case, the right side of `&&`, `||`
 * and `??`. A body that is one expression has no call of its own: what calls it has. No loop goes round without entering a
 * block, so that `$enter` can end one that would not end by itself: it throws, and throws again wherever that is caught.
 */
import { type AnyNode, type Node, parse } from "acorn";

/** A script that expects `$enter` and `$probe`. */
export interface Instrumented {
  /** `$probe(index, left, right)` is to answer `left === right`. */
  readonly code: string;
  /** `$enter(index)` is called at the beginning of each of so many blocks. */
  readonly blocks: number;
  readonly probes: number;
}

/** Makes the text of a child into one that is counted. */
type Wrap = (node: AnyNode, text: string) => string;

/** Throws `SyntaxError` for what is no script. */
export function instrument(code: string): Instrumented {
  let blocks = 0;
  let probes = 0;
  const enter = (): string => `$enter(${blocks++})`;
  const block: Wrap = (node, text) =>
    node.type === "BlockStatement" ? `{${enter()};${text.slice(1)}` : `{${enter()};${text}}`;
  const expression: Wrap = (_, text) => `(${enter()},${text})`;
  const caseStart: Wrap = (_, text) => `${enter()};${text}`;
  const probe = (left: AnyNode, right: AnyNode): string => `$probe(${probes++},(${render(left)}),(${render(right)}))`;

  const render = (node: AnyNode): string => {
    const wraps = new Map<Node | null | undefined, Wrap>();
    switch (node.type) {
      case "IfStatement":
        wraps.set(node.consequent, block).set(node.alternate, block);
        break;
      case "ForStatement":
      case "ForInStatement":
      case "ForOfStatement":
      case "WhileStatement":
      case "DoWhileStatement":
      case "CatchClause":
        wraps.set(node.body, block);
        break;
      case "FunctionDeclaration":
      case "FunctionExpression":
      case "ArrowFunctionExpression":
        if (node.body.type === "BlockStatement") wraps.set(node.body, block);
        break;
      case "SwitchCase":
        wraps.set(node.consequent[0], caseStart);
        break;
      case "ConditionalExpression":
        wraps.set(node.consequent, expression).set(node.alternate, expression);
        break;
      case "LogicalExpression":
        wraps.set(node.right, expression);
        break;
      case "BinaryExpression":
        // Only `#name in object` has a left side that is no expression.
        if (node.operator === "===") return probe(node.left, node.right);
        if (node.operator === "!==") return `!${probe(node.left, node.right)}`;
        break;
    }
    let text = "";
    let at = node.start;
    for (const child of childrenOf(node)) {
      // The name and the value of `{ name }` are one.
      if (child.start < at) continue;
      const rendered = render(child);
      text += code.slice(at, child.start) + (wraps.get(child)?.(child, rendered) ?? rendered);
      at = child.end;
    }
    return text + code.slice(at, node.end);
  };

  const program = parse(code, { ecmaVersion: "latest", sourceType: "script", allowReturnOutsideFunction: true });
  return { code: render(program), blocks, probes };
}

/** In the order of the text. */
function childrenOf(node: AnyNode): AnyNode[] {
  return Object.values(node)
    .flat()
    .filter((value) => typeof value === "object" && value !== null && typeof value.type === "string")
    .sort((one: Node, other: Node) => one.start - other.start);
}
