/** A run again, from its script or from its transcript. */
import { Simulation, type SimulationOptions } from "./simulation.ts";
import type { Script } from "./step.ts";
import type { Subject } from "./subject.ts";
import { parseTranscript } from "./transcript.ts";

/** The parties of a run: new ones, made as they were made for the run that is repeated. */
export type Cast<First extends Subject, Second extends Subject> = Omit<SimulationOptions<First, Second>, "names">;

/** Plays `script` with `cast`, whose links are those of the script. */
export function simulate<First extends Subject, Second extends Subject>(
  cast: Cast<First, Second>,
  { names, links, steps }: Script,
): Simulation<First, Second> {
  const simulation = new Simulation({
    ...cast,
    names,
    first: { ...cast.first, link: links[0] },
    second: { ...cast.second, link: links[1] },
  });
  simulation.play(steps);
  return simulation;
}

/**
 * Repeats the run whose transcript stands in `text`, a failed test's output for instance, with a cast like that of then:
 * the same bytes go both ways at the same instants, and its transcript is the same text. Throws `SyntaxError` where
 * `parseTranscript` does.
 */
export function replay<First extends Subject, Second extends Subject>(
  text: string,
  cast: Cast<First, Second>,
): Simulation<First, Second> {
  return simulate(cast, parseTranscript(text));
}
