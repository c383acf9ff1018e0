/** What is done to a program of a document, and what it must do. */
import { StartedProgram } from "./started-program.ts";

/** Starts the program, with these variables of the environment. */
export type Start = (env?: Record<string, string | number>) => StartedProgram;

export interface Scenario {
  /** What the program does, in the words of a raw peer, and the lines that it prints. */
  readonly expected: readonly unknown[];
  /** Plays the peer of the program, and returns what that has done. */
  play(start: Start): Promise<readonly unknown[]>;
}

/** Plays a scenario with the program at `path`, and returns what that has done. */
export async function runScenario(scenario: Scenario, path: string): Promise<readonly unknown[]> {
  const started: StartedProgram[] = [];
  try {
    return await scenario.play((env = {}) => {
      const variables = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, String(value)]));
      const program = new StartedProgram(path, variables);
      started.push(program);
      return program;
    });
  } catch (error) {
    const printed = started.map(({ errors }) => errors).join("");
    throw new Error(`${error instanceof Error ? error.message : error}\n${printed}`, { cause: error });
  } finally {
    await Promise.all(started.map((program) => program.stop()));
  }
}
