/** The shortest way from bytes to what a stack makes of them. */
import { type Chunking, inOneChunk } from "../bytes/chunking.ts";
import type { PartyOptions } from "./party.ts";
import { simulate } from "./replay.ts";
import { ScriptedPeer } from "./scripted-peer.ts";
import type { Simulation } from "./simulation.ts";
import type { Subject } from "./subject.ts";

/**
 * A run in which a peer sends `bytes` to `subject`, cut as `where` says: `run.second.events` is what the subject told,
 * `run.first.subject.received` what it answered, `run.transcript` all of it.
 *
 * @example
 * const understands = fc.property(legalStream("client"), chunking(), (stream, where) => {
 *   const run = deliver(stream.bytes, new MyServer(), where);
 *   tell(run, () => expect(run.second.events).toEqual(stream.events));
 * });
 * fc.assert(understands);
 */
export function deliver<S extends Subject>(
  bytes: Uint8Array,
  subject: S,
  where: Chunking = inOneChunk,
  options: Omit<PartyOptions<S>, "subject" | "link"> = {},
): Simulation<ScriptedPeer, S> {
  return simulate(
    { first: { subject: new ScriptedPeer() }, second: { ...options, subject } },
    {
      names: ["peer", "subject"],
      links: [{ chunking: where }, {}],
      steps: [
        { type: "send", by: "peer", bytes },
        { type: "run", milliseconds: 0 },
      ],
    },
  );
}
