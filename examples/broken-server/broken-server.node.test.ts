import { readFileSync } from "node:fs";
import { Connection, plainAgreement } from "@hybi/core";
import { formatEvents, replay, ScriptedPeer } from "@hybi/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type EchoEvent, EchoServer } from "./echo-server.ts";
import { understandsLegalStreams } from "./property.ts";

const guide = readFileSync(new URL("../../docs/guide/testing.md", import.meta.url), "utf8");
/** The transcript shown in the guide. */
const shown = /```text\n(link from [^`]*)\n```/.exec(guide)?.[1] ?? "";

describe("the property", () => {
  it.each([1, 2, 3, 4, 5, 6])(
    "finds the fault of the server and shrinks it to the guide's transcript, seed %i",
    (seed) => {
      const { errorInstance } = fc.check(
        understandsLegalStreams(() => new EchoServer()),
        { seed },
      );
      const [message, transcript] = String((errorInstance as Error).message).split("\n\nTranscript:\n");
      expect(message).toBe('the server delivered: ping , binary ; the stream says: ping , text ""');
      expect(transcript).toBe(shown);
    },
  );

  it("finds no fault in a server that reads fragments correctly", () => {
    fc.assert(
      understandsLegalStreams(() => {
        const connection = new Connection(plainAgreement("server"));
        return {
          receive: (chunk) => connection.receive(chunk) as EchoEvent[],
          receiveEnd: () => connection.receiveEnd() as EchoEvent[],
          takeOutput: () => connection.takeOutput(),
        };
      }),
    );
  });
});

describe("the transcript of the guide", () => {
  it("replays as the same run", () => {
    const run = replay(shown, { first: { subject: new ScriptedPeer() }, second: { subject: new EchoServer() } });
    expect(String(run.transcript)).toBe(shown);
  });

  it("shows whether a repair works", () => {
    const server = new Connection(plainAgreement("server"));
    const run = replay(shown, { first: { subject: new ScriptedPeer() }, second: { subject: server } });
    expect(formatEvents(run.second.events)).toEqual(["ping ", 'text ""']);
  });
});
