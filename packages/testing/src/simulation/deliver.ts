/** Feeds bytes to a subject in one call. */
import { type Chunking, inOneChunk } from "../bytes/chunking.ts";
import type { PartyOptions } from "./party.ts";
import { simulate } from "./replay.ts";
import { ScriptedPeer } from "./scripted-peer.ts";
import type { Simulation } from "./simulation.ts";
import type { Subject } from "./subject.ts";

/**
 * Runs a simulation in which a peer sends `bytes` to `subject`, split as `where` says: `run.second.events` are the
 * subject's events, `run.first.subject.received` its output, and `run.transcript` the whole run.
 *
 * @example
 * const understands = fc.property(arb.legalStream("client"), arb.chunking(), (stream, where) => {
 *   const run = deliverBytes(stream.bytes, new MyServer(), where);
 *   withTranscript(run, () => expect(run.second.events).toEqual(stream.events));
 * });
 * fc.assert(understands);
 */
export function deliverBytes<S extends Subject>(
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
