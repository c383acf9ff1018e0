/**
 * Instruments code to record its path: a call in every block, and a probe at every `===` and `!==`. The text between the
 * wrapped parts stays unchanged, so no syntax tree has to be printed.
 *
 * A block is code that runs conditionally: a branch, the body of a loop or function, a case, the right side of `&&`, `||`
 * and `??`. A body that is a single expression has no call of its own; its caller has one. Every iteration of a loop enters
 * a block, so `$enter` can stop code that would not terminate: it throws, and throws again wherever that is caught.
 */
import { type AnyNode, type Node, parse } from "acorn";

/** A script that requires `$enter` and `$probe`. */
export interface Instrumented {
  /** `$probe(index, left, right)` must return `left === right`. */
  readonly code: string;
  /** Number of blocks. `$enter(index)` is called at the beginning of each. */
  readonly blocks: number;
  readonly probes: number;
}

/** Instruments the text of a child node. */
type Wrap = (node: AnyNode, text: string) => string;

/** Instruments `code`. @throws SyntaxError if it is not a script */
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
        // Only in `#name in object` is the left side not an expression.
        if (node.operator === "===") return probe(node.left, node.right);
        if (node.operator === "!==") return `!${probe(node.left, node.right)}`;
        break;
    }
    let text = "";
    let at = node.start;
    for (const child of childrenOf(node)) {
      // In the shorthand `{ name }`, key and value are the same text.
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

/** Returns the children in source order. */
function childrenOf(node: AnyNode): AnyNode[] {
  return Object.values(node)
    .flat()
    .filter((value) => typeof value === "object" && value !== null && typeof value.type === "string")
    .sort((one: Node, other: Node) => one.start - other.start);
}
