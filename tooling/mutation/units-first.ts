/** Runs unit tests first: they are fast, and one failing test is enough to kill a mutant. */
import { BaseSequencer, type TestSpecification } from "vitest/node";

export class UnitsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number =>
      moduleId.includes("/src/") ? 0 : moduleId.includes("/spec/") ? 1 : 2;
    return [...files].sort((one, other) => rank(one) - rank(other) || one.moduleId.localeCompare(other.moduleId));
  }
}
