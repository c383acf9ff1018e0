/** The property of every server: it understands a legal stream in any chunks. In a test runner, this is the test. */
import {
  type Chunking,
  chunking,
  deliver,
  eventTexts,
  legalStream,
  type Stream,
  type Subject,
  tell,
} from "@hybi/testing";
import fc from "fast-check";
import type { EchoEvent } from "./echo-server.ts";

/** Tests the servers created by `makeServer`, a new one for each run. */
export function understandsLegalStreams(
  makeServer: () => Subject<EchoEvent>,
): fc.IProperty<[stream: Stream, where: Chunking]> {
  return fc.property(legalStream("client", { most: 300 }), chunking(), (stream, where) => {
    const run = deliver(stream.bytes, makeServer(), where);
    tell(run, () => {
      const told = eventTexts(run.second.events).join(", ");
      const owed = eventTexts(stream.events).join(", ");
      if (told !== owed) throw new Error(`the server told: ${told}; the stream says: ${owed}`);
    });
  });
}
