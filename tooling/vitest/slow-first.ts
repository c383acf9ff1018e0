/**
 * The order of test files. Those that take longest begin first: at the end, one of them would leave a core idle. The others run
 * project by project, since files of one project can share a process.
 */
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Ends of the paths of files that take ten seconds or more, the slowest first. */
const slow = [
  "tooling/snippets/snippets.node.test.ts",
  "tooling/snippets/docstrings.node.test.ts",
  "packages/ws/tests/differential/differential.node.test.ts",
  "tooling/moving/moving.node.test.ts",
  "packages/permessage-deflate/tests/properties/held.node.test.ts",
  "packages/websocket/tests/scenarios/held.node.test.ts",
  "packages/core/tests/properties/held.node.test.ts",
  "packages/core/tests/properties/memory.node.test.ts",
  "packages/node/tests/contract.node.test.ts",
  "packages/websocket/tests/scenarios/errors.node.test.ts",
  "packages/websocket/tests/scenarios/fences.test.ts",
];

function rankOf({ moduleId }: TestSpecification): number {
  const at = slow.findIndex((path) => moduleId.endsWith(path));
  return at === -1 ? slow.length : at;
}

export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort(
      (one, other) => rankOf(one) - rankOf(other) || one.project.name.localeCompare(other.project.name),
    );
  }
}
