/** Draws the diagram of the closing handshake from the state table that the code uses. */

type Transitions = Readonly<Record<string, Readonly<Partial<Record<string, string>>>>>;

const begin = "<!-- begin: written by `pnpm check:docs --write` from packages/core/src/closing/states.ts -->";
const end = "<!-- end -->";

/** Formats the table as a Mermaid state diagram. */
export function formatDiagram(transitions: Transitions): string {
  const lines = Object.entries(transitions).flatMap(([state, steps]) =>
    Object.entries(steps).map(([trigger, next]) => `  ${name(state)} --> ${name(next ?? "")}: ${trigger}`),
  );
  return ["```mermaid", "stateDiagram-v2", "  [*] --> open", ...lines, "  ended --> [*]", "```"].join("\n");
}

/** Replaces the diagram between the two marks of `page`. */
export function replaceDiagram(page: string, diagram: string): string {
  const from = page.indexOf(begin);
  const to = page.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error("The page lacks the marks of the diagram.");
  return `${page.slice(0, from)}${begin}\n\n${diagram}\n\n${page.slice(to)}`;
}

// Names in Mermaid must not contain a hyphen.
function name(state: string): string {
  return state.replaceAll("-", "_");
}
