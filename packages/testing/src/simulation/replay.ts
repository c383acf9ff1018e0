/** Replays a run, from its script or from its transcript. */
import { Simulation, type SimulationOptions } from "./simulation.ts";
import type { Script } from "./step.ts";
import type { Subject } from "./subject.ts";
import { parseTranscript } from "./transcript.ts";

/** The parties of a run: new ones, created like those of the run being repeated. */
export type Cast<First extends Subject, Second extends Subject> = Omit<SimulationOptions<First, Second>, "names">;

/** Plays `script` with `cast`, over the links that the script describes. */
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
 * Replays the run whose transcript is in `text`, for instance the output of a failed test, with a cast created like
 * the original one: the same bytes are sent both ways at the same times, and the transcript is identical.
 *
 * @throws SyntaxError where `parseTranscript` does
 */
export function replay<First extends Subject, Second extends Subject>(
  text: string,
  cast: Cast<First, Second>,
): Simulation<First, Second> {
  return simulate(cast, parseTranscript(text));
}
