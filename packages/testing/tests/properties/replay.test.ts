/** A run of the simulator consists of its steps: its transcript, parsed again, is the same run to the byte. */
import { Connection, Endpoint, type EndpointEvent, plainAgreement } from "@hybi/core";
import {
  arb,
  type Cast,
  type Command,
  conversationScript,
  describeBytes,
  formatEvents,
  parseTranscript,
  replay,
  type Script,
  ScriptedPeer,
  Simulation,
  type Subject,
  sampleRandom,
  scaledRuns,
  simulate,
  withTranscript,
} from "@hybi/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const deadlines = { ping: 25_000, pong: 20_000, closing: 10_000 };

function endpoints(): Cast<Endpoint, Endpoint> {
  return {
    first: { subject: Endpoint.client({ url: "ws://example.com/", random: sampleRandom() }), deadlines },
    second: {
      subject: Endpoint.server(),
      react: (event, endpoint) => (event.type === "request" ? endpoint.accept() : undefined),
      deadlines,
    },
  };
}

function connections(): Cast<Connection, Connection> {
  return {
    first: { subject: new Connection(plainAgreement("client"), { random: sampleRandom() }) },
    second: { subject: new Connection(plainAgreement("server")) },
  };
}

describe("a run of two endpoints", () => {
  it("is the same when replayed from its transcript, whatever its steps", () => {
    fc.assert(
      fc.property(arb.script(), (script) => {
        const run = simulate(endpoints(), script);
        const again = replay(`a test failed\n${run.transcript}\nat a.ts:1, caused by\n${run.transcript}`, endpoints());
        expect(again.transcript.toString()).toBe(run.transcript.toString());
        expect(formatEvents(again.first.events)).toEqual(formatEvents(run.first.events));
        expect(formatEvents(again.second.events)).toEqual(formatEvents(run.second.events));
      }),
      scaledRuns(40),
    );
  });

  it("ends cleanly for both, over any link, whichever closes", () => {
    fc.assert(
      fc.property(arb.conversation(300), (conversation) => {
        const run = simulate(connections(), conversationScript(conversation));
        withTranscript(run, () => {
          const { statusCode = 1005 } = conversation.closes.content;
          const end = { type: "end", clean: true, statusCode };
          expect(run.first.events.at(-1)).toMatchObject(end);
          expect(run.second.events.at(-1)).toMatchObject(end);
          const count = (by: string): number =>
            conversation.turns.filter((turn) => turn.by === by && /message|stream/.test(turn.command.type)).length;
          const messages = (events: readonly EndpointEvent[]): number =>
            events.filter(({ type }) => type === "text" || type === "binary").length;
          expect(messages(run.second.events)).toBe(count("client"));
          expect(messages(run.first.events)).toBe(count("server"));
        });
      }),
      scaledRuns(50),
    );
  });
});

describe("a run against a scripted peer", () => {
  const cast = (): Cast<ScriptedPeer, Connection> => ({
    first: { subject: new ScriptedPeer() },
    second: { subject: new Connection(plainAgreement("server")), deadlines },
  });

  it("replays every byte that the peer sent and received, legal or not", () => {
    const streams = fc.oneof(arb.legalStream("client", { most: 300 }), arb.illegalStream("client"));
    fc.assert(
      fc.property(streams, arb.link(), fc.boolean(), ({ bytes }, way, ends) => {
        const script: Script = {
          names: ["peer", "server"],
          links: [way, {}],
          steps: [
            { type: "send", by: "peer", bytes },
            ...(ends ? [{ type: "end", by: "peer" } as const] : []),
            { type: "run", milliseconds: 50_000 },
          ],
        };
        const run = simulate(cast(), script);
        const again = replay(String(run.transcript), cast());
        expect(String(again.transcript)).toBe(String(run.transcript));
        expect(describeBytes(again.first.subject.received)).toBe(describeBytes(run.first.subject.received));
        expect(parseTranscript(String(run.transcript)).steps).toEqual(script.steps);
      }),
      scaledRuns(40),
    );
  });

  it("replays what a test did to the peer and the links directly, before and during the run", () => {
    const peer = new ScriptedPeer();
    peer.send(Uint8Array.of(0x89, 0x80, 0, 0, 0, 0));
    const run = new Simulation({ ...cast(), names: ["peer", "server"], first: { subject: peer } });
    run.first.link.stall();
    run.run();
    expect(run.second.events).toEqual([]);
    run.first.link.resume();
    run.run(5);
    peer.end();
    run.run(5);
    run.cut();
    run.run(1);
    expect(run.second.events).toMatchObject([{ type: "ping" }, { type: "end" }]);
    expect(String(replay(String(run.transcript), cast()).transcript)).toBe(String(run.transcript));
  });
});

/** A stack independent of core: it echoes its input, and reports it in its own form. */
class Loop implements Subject<{ type: "got"; bytes: Uint8Array }> {
  readonly #output: Uint8Array[] = [];

  receive(chunk: Uint8Array): { type: "got"; bytes: Uint8Array }[] {
    this.#output.push(chunk);
    return [{ type: "got", bytes: chunk }];
  }

  receiveEnd(): [] {
    return [];
  }

  takeOutput(): readonly Uint8Array[] {
    return this.#output.splice(0);
  }

  say(command: Command): void {
    if (command.type === "ping") this.#output.push(command.payload);
  }
}

describe("a stack of another author", () => {
  const cast = (): Cast<ScriptedPeer, Loop> => ({
    first: { subject: new ScriptedPeer() },
    second: { subject: new Loop(), perform: (loop, command) => loop.say(command) },
  });

  it("needs three methods to take part, in any chunking, and can be replayed", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), arb.chunking(), (bytes, chunking) => {
        const run = simulate(cast(), {
          names: ["peer", "loop"],
          links: [{ chunking }, {}],
          steps: [
            { type: "send", by: "peer", bytes },
            { type: "run", milliseconds: 0 },
            { type: "command", by: "loop", command: { type: "ping", payload: Uint8Array.of(7) } },
            { type: "run", milliseconds: 0 },
          ],
        });
        expect(run.first.subject.received).toEqual(Uint8Array.of(...bytes, 7));
        expect(String(replay(String(run.transcript), cast()).transcript)).toBe(String(run.transcript));
      }),
    );
  });

  it("has a transcript like this", () => {
    const run = simulate(cast(), {
      names: ["peer", "loop"],
      links: [{ latency: 10, chunking: { sizes: [1], repeated: false } }, {}],
      steps: [
        { type: "send", by: "peer", bytes: Uint8Array.of(0x81, 0x00) },
        { type: "run", milliseconds: 20 },
      ],
    });
    expect(String(run.transcript).split("\n")).toEqual([
      "link from peer: latency 10 ms, chunks of 1, then the rest",
      "link from loop: nothing in its way",
      "      0 ms  > peer sends bytes 81 00",
      "      0 ms  > runs for 20 ms",
      "      0 ms  peer writes 81 00",
      "     10 ms  loop takes 81",
      "     10 ms  loop emits got 81",
      "     10 ms  loop writes 81",
      "     10 ms  loop takes 00",
      "     10 ms  loop emits got 00",
      "     10 ms  loop writes 00",
      "     10 ms  peer takes 81",
      "     10 ms  peer takes 00",
    ]);
  });

  it("cannot be scripted to send bytes, and there is no third party", () => {
    const run = new Simulation(cast());
    expect(() => run.play([{ type: "send", by: "server", bytes: new Uint8Array(1) }])).toThrow(/not a ScriptedPeer/);
    expect(() => run.play([{ type: "stall", by: "proxy" }])).toThrow(/there is no party named proxy/);
  });
});

describe("parseTranscript", () => {
  it("rejects text that is not a transcript, and a transcript that only code can repeat", () => {
    expect(() => parseTranscript("      0 ms  > runs")).toThrow(/lines that describe its links are missing/);
    const run = new Simulation(connections());
    run.first.do((client) => client.sendText("by hand"));
    expect(() => parseTranscript(String(run.transcript))).toThrow(/a step was a function/);
    const beside = new Simulation({ ...connections(), names: ["front", "back"], beside: run });
    expect(() => parseTranscript(String(beside.transcript))).toThrow(/several simulations/);
  });
});
