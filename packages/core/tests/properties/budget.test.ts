/** The work budget of `receiveInto` affects no outcome: the rest of a chunk continues where decoding stopped. */
import {
  Connection,
  type ConnectionEvent,
  type ConnectionOptions,
  type ConnectionSink,
  plainAgreement,
  type Role,
} from "@hybi/core";
import {
  arb,
  byteByByte,
  type Chunking,
  concatBytes,
  cutIntoChunks,
  describeBytes,
  formatEvents,
  formatJoinedEvents,
  inOneChunk,
  peerRole,
  sampleRandom,
  scaledRuns,
  turningExtension,
} from "@hybi/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const roles: readonly Role[] = ["client", "server"];

/** A sink that collects the same events as `receive` returns. */
function collecting(events: ConnectionEvent[]): ConnectionSink {
  return {
    text: (data) => void events.push({ type: "text", data }),
    binary: (bytes, start, end) => void events.push({ type: "binary", data: bytes.subarray(start, end) }),
    piece: (kind, bytes, start, end, final) =>
      void events.push({ type: "piece", kind, data: bytes.subarray(start, end), final }),
    ping: (payload) => void events.push({ type: "ping", payload }),
    pong: (payload) => void events.push({ type: "pong", payload }),
    close: (statusCode, reason) => void events.push({ type: "close", statusCode, reason }),
    failure: (violation) => void events.push({ type: "failure", violation }),
    end: () => undefined,
  };
}

/** Passes `chunk` to `connection` with one budget after another until all of it was taken; returns the number of calls. */
function receiveInParts(connection: Connection, chunk: Uint8Array, sink: ConnectionSink, budget: () => number): number {
  let calls = 0;
  let rest = chunk;
  do {
    const taken = connection.receiveInto(rest, sink, budget());
    if (taken === 0 && rest.length > 0) throw new Error("no progress");
    rest = rest.subarray(taken);
    calls++;
  } while (rest.length > 0);
  return calls;
}

interface Outcome {
  readonly events: readonly string[];
  readonly output: string;
  readonly state: string;
  readonly statistics: unknown;
}

function finish(connection: Connection, events: readonly ConnectionEvent[], parts: boolean): Outcome {
  // Without a budget, bytes after a fault count as received, because they share its chunk.
  const { bytesReceived, ...statistics } = connection.statistics;
  return {
    events: parts ? formatJoinedEvents(events) : formatEvents(events),
    output: describeBytes(concatBytes(connection.takeOutput())),
    state: connection.state,
    statistics,
  };
}

function atOnce(connection: Connection, bytes: Uint8Array, where: Chunking, parts = false): Outcome {
  const events = cutIntoChunks(bytes, where).flatMap((chunk) => connection.receive(chunk));
  return finish(connection, events, parts);
}

function inParts(
  connection: Connection,
  bytes: Uint8Array,
  where: Chunking,
  budgets: readonly number[],
  parts = false,
): Outcome {
  const events: ConnectionEvent[] = [];
  const sink = collecting(events);
  let calls = 0;
  const budget = (): number => budgets[calls++ % budgets.length] ?? 1;
  for (const chunk of cutIntoChunks(bytes, where)) receiveInParts(connection, chunk, sink, budget);
  return finish(connection, events, parts);
}

/** Budgets from less than a frame to the whole stream. */
const budgets = fc.array(fc.oneof(fc.integer({ min: 1, max: 1_000 }), fc.integer({ min: 1, max: 100_000 })), {
  minLength: 1,
  maxLength: 6,
});

describe.each(roles)("a %s's connection, receiving with a budget of work", (role) => {
  const open = (options: ConnectionOptions = {}): Connection =>
    new Connection(plainAgreement(role), { random: sampleRandom(), ...options });

  it("reports the same for a legal stream as without one, for any chunking and any budgets [A08] [A09]", () => {
    fc.assert(
      fc.property(
        arb.legalStream(peerRole(role), { most: 5000 }),
        arb.chunking(),
        budgets,
        fc.boolean(),
        (stream, where, all, parts) => {
          const options: ConnectionOptions = { delivery: parts ? "pieces" : "messages" };
          expect(inParts(open(options), stream.bytes, where, all, parts)).toEqual(
            atOnce(open(options), stream.bytes, where, parts),
          );
        },
      ),
      scaledRuns(80),
    );
  });

  it("finds the same fault at the same byte as without one [A08] [A09]", () => {
    fc.assert(
      fc.property(
        arb.illegalStream(peerRole(role)),
        arb.chunking(),
        budgets,
        fc.boolean(),
        (stream, where, all, tight) => {
          const options: ConnectionOptions = { limits: tight ? { message: 20, frame: 12, fragments: 3 } : {} };
          expect(inParts(open(options), stream.bytes, where, all)).toEqual(atOnce(open(options), stream.bytes, where));
        },
      ),
      scaledRuns(120),
    );
  });

  it("does the same as without one with arbitrary bytes [A08] [A09]", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), arb.chunking(), budgets, (bytes, where, all) => {
        expect(inParts(open(), bytes, where, all)).toEqual(atOnce(open(), bytes, where));
      }),
      scaledRuns(120),
    );
  });

  it("decodes an extension as without one, also within a frame, under the same limits [A08]", () => {
    const agreement = { ...plainAgreement(role), extensions: [{ name: "x-turning", parameters: [] }] };
    const peer = { ...agreement, role: peerRole(role) };
    const messages = fc.array(
      fc.integer({ max: 20_000, min: 0 }).map((length) => Uint8Array.from({ length }, (_, index) => index * 7)),
      { maxLength: 3 },
    );
    const limits = fc.constantFrom(
      {},
      { message: 9_000 },
      { encodedMessage: 5_000 },
      { message: 9_000, encodedMessage: 8_900 },
    );
    fc.assert(
      fc.property(
        messages,
        fc.integer({ min: 1_000, max: 40_000 }),
        arb.chunking(),
        budgets,
        limits,
        (all, size, where, some, limits) => {
          const extensions = [turningExtension({ every: 2, hold: 3 })];
          const sender = new Connection(peer, { extensions, fragmentSize: size, random: sampleRandom() });
          for (const data of all) sender.sendBinary(data);
          const bytes = concatBytes(sender.takeOutput());
          const receiver = (): Connection => new Connection(agreement, { extensions, random: sampleRandom(), limits });
          const whole = atOnce(receiver(), bytes, inOneChunk);
          expect(inParts(receiver(), bytes, where, some)).toEqual(whole);
          if (bytes.length < 5_000) expect(atOnce(receiver(), bytes, byteByByte)).toEqual(whole);
        },
      ),
      scaledRuns(60),
    );
  });

  it("exceeds the budget by at most one step, and counts its work [A08] [A09]", () => {
    fc.assert(
      fc.property(
        arb.legalStream(peerRole(role), { most: 300 }),
        fc.integer({ min: 1, max: 5_000 }),
        ({ bytes }, budget) => {
          const connection = open();
          const whole = open();
          whole.receive(bytes.slice());
          let work = 0;
          const calls = receiveInParts(connection, bytes.slice(), collecting([]), () => {
            work += connection.work;
            return budget;
          });
          // One step: a frame of 300 bytes, plus the message that it ends, which may have been fragmented.
          expect(connection.work).toBeLessThan(budget + 20_000);
          expect(calls).toBeLessThanOrEqual(Math.ceil(whole.work / budget) + 1);
          expect(work + connection.work).toBe(whole.work);
        },
      ),
      scaledRuns(80),
    );
  });
});
