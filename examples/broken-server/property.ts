/** The property of every server: it understands a legal stream in any chunks. In a test runner, this is the test. */
import {
  arb,
  type Chunking,
  deliverBytes,
  formatEvents,
  type Stream,
  type Subject,
  withTranscript,
} from "@hybi/testing";
import fc from "fast-check";
import type { EchoEvent } from "./echo-server.ts";

/** Tests the servers created by `makeServer`, a new one for each run. */
export function understandsLegalStreams(
  makeServer: () => Subject<EchoEvent>,
): fc.IProperty<[stream: Stream, where: Chunking]> {
  return fc.property(arb.legalStream("client", { most: 300 }), arb.chunking(), (stream, where) => {
    const run = deliverBytes(stream.bytes, makeServer(), where);
    withTranscript(run, () => {
      const delivered = formatEvents(run.second.events).join(", ");
      const owed = formatEvents(stream.events).join(", ");
      if (delivered !== owed) throw new Error(`the server delivered: ${delivered}; the stream says: ${owed}`);
    });
  });
}
