/** How the transport cuts the bytes affects nothing: no event, no output, no offset of a fault. */
import {
  Connection,
  type ConnectionOptions,
  Endpoint,
  type EndpointEvent,
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
  latin1Bytes,
  peerRole,
  sampleRandom,
  scaledRuns,
  turningExtension,
} from "@hybi/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const roles: readonly Role[] = ["client", "server"];

/** What a receiver reports and outputs. Output is taken at the end, because when Pongs leave is up to the transport. */
interface Outcome {
  readonly events: readonly string[];
  readonly output: string;
  readonly state: string;
  readonly statistics: unknown;
}

function connectionOutcome(role: Role, bytes: Uint8Array, where: Chunking, options: ConnectionOptions = {}): Outcome {
  const connection = new Connection(plainAgreement(role), { random: sampleRandom(), ...options });
  const events: EndpointEvent[] = [];
  for (const chunk of cutIntoChunks(bytes, where)) events.push(...connection.receive(chunk));
  const output = describeBytes(concatBytes(connection.takeOutput()));
  const { bytesReceived, ...statistics } = connection.statistics;
  const texts = options.delivery === "pieces" ? formatJoinedEvents(events) : formatEvents(events);
  return { events: texts, output, state: connection.state, statistics };
}

function endpointOutcome(role: Role, bytes: Uint8Array, where: Chunking): Outcome {
  const endpoint =
    role === "server"
      ? // A client may send a whole chunk too early. Another test covers the limit on early data.
        Endpoint.server({ limits: { earlyData: 1_000_000 } })
      : Endpoint.client({ url: "ws://example.com/", random: sampleRandom() });
  const events: EndpointEvent[] = [];
  for (const chunk of cutIntoChunks(bytes, where)) {
    for (const event of endpoint.receive(chunk)) {
      events.push(event);
      if (event.type === "request") events.push(...endpoint.accept());
    }
  }
  return {
    events: formatEvents(events),
    output: describeBytes(concatBytes(endpoint.takeOutput())),
    state: endpoint.state,
    statistics: 0,
  };
}

describe.each(roles)("a %s's connection", (role) => {
  it("reports the events of a legal stream, the same however it is cut [F10] [F15] [F17] [F23] [X27]", () => {
    fc.assert(
      fc.property(arb.legalStream(peerRole(role)), arb.chunking(), ({ bytes, events }, where) => {
        const whole = connectionOutcome(role, bytes, inOneChunk);
        expect(whole.events).toEqual(formatEvents(events));
        expect(connectionOutcome(role, bytes, where)).toEqual(whole);
      }),
      scaledRuns(80),
    );
  });

  it("finds the same fault at the same byte of an illegal stream however it is cut [F18] [F25] [X27]", () => {
    fc.assert(
      fc.property(arb.illegalStream(peerRole(role)), arb.chunking(), ({ bytes, events, code, offset }, where) => {
        const whole = connectionOutcome(role, bytes, inOneChunk);
        expect(whole.events).toEqual([...formatEvents(events), `failure ${code} at ${offset}`]);
        expect(connectionOutcome(role, bytes, where)).toEqual(whole);
      }),
      scaledRuns(150),
    );
  });

  it("delivers the same bytes of fragmented messages however they are cut [F23]", () => {
    fc.assert(
      fc.property(arb.legalStream(peerRole(role), { most: 5000 }), arb.chunking(), ({ bytes }, where) => {
        const options: ConnectionOptions = { delivery: "pieces" };
        expect(connectionOutcome(role, bytes, where, options)).toEqual(
          connectionOutcome(role, bytes, inOneChunk, options),
        );
      }),
      scaledRuns(40),
    );
  });

  it("tolerates and reports the same however it is cut [F03]", () => {
    const lengths = [0x82, 126, 0, 3, 1, 2, 3, 0x82, 127, 0, 0, 0, 0, 0, 0, 0, 2, 4, 5];
    fc.assert(
      fc.property(arb.illegalStream("server"), fc.boolean(), arb.chunking(), ({ bytes }, minimal, where) => {
        const stream = minimal ? bytes : concatBytes([Uint8Array.from(lengths), bytes]);
        const tolerated = (where: Chunking): unknown => {
          const client = new Connection(plainAgreement("client"), {
            random: sampleRandom(),
            tolerate: ["non-minimal-length"],
          });
          const events = cutIntoChunks(stream, where).flatMap((chunk) => client.receive(chunk));
          return [...formatEvents(events), client.tolerated];
        };
        const whole = tolerated(inOneChunk);
        if (!minimal) expect(whole).toMatchObject({ 0: "binary 010203", 1: "binary 0405" });
        expect(tolerated(where)).toEqual(whole);
      }),
      scaledRuns(60),
    );
  });

  it("fails for the same message at the same byte under tight limits however it is cut", () => {
    const options: ConnectionOptions = { limits: { message: 20, frame: 12, fragments: 3 } };
    fc.assert(
      fc.property(arb.legalStream(peerRole(role), { most: 128 }), arb.chunking(), ({ bytes }, where) => {
        expect(connectionOutcome(role, bytes, where, options)).toEqual(
          connectionOutcome(role, bytes, inOneChunk, options),
        );
      }),
      scaledRuns(60),
    );
  });

  it("does the same with arbitrary bytes however they are cut", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), arb.chunking(), (bytes, where) => {
        expect(connectionOutcome(role, bytes, where)).toEqual(connectionOutcome(role, bytes, inOneChunk));
      }),
      scaledRuns(150),
    );
  });

  it("decodes an extension in the same way however the frames are cut", () => {
    const agreement = { ...plainAgreement(role), extensions: [{ name: "x-turning", parameters: [] }] };
    const peer = { ...agreement, role: peerRole(role) };
    const messages = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 4 });
    fc.assert(
      fc.property(
        messages,
        fc.integer({ min: 1, max: 9 }),
        arb.chunking(),
        fc.boolean(),
        (all, fragmentSize, where, tight) => {
          const extensions = [turningExtension({ every: 2, hold: 3 })];
          const sender = new Connection(peer, { extensions, fragmentSize, random: sampleRandom() });
          for (const data of all) sender.sendBinary(data);
          const bytes = concatBytes(sender.takeOutput());
          const receive = (where: Chunking): string[] => {
            const receiver = new Connection(agreement, {
              extensions,
              random: sampleRandom(),
              limits: tight ? { message: 20 } : {},
            });
            return formatEvents(cutIntoChunks(bytes, where).flatMap((chunk) => receiver.receive(chunk)));
          };
          expect(receive(where)).toEqual(receive(inOneChunk));
        },
      ),
      scaledRuns(60),
    );
  });
});

describe("a server, from the opening request on", () => {
  it("reports the same for a request and the frames after it however they are cut [H23] [H22]", () => {
    fc.assert(
      fc.property(
        arb.requestHead(),
        arb.legalStream("client", { most: 300 }),
        arb.chunking(),
        (head, stream, where) => {
          const bytes = concatBytes([latin1Bytes(head), stream.bytes]);
          const whole = endpointOutcome("server", bytes, inOneChunk);
          expect(whole.events.slice(2)).toEqual(formatEvents(stream.events));
          expect(endpointOutcome("server", bytes, where)).toEqual(whole);
        },
      ),
      scaledRuns(80),
    );
  });

  it("counts the offset of a fault from the first byte of the transport however it is cut [H23]", () => {
    fc.assert(
      fc.property(arb.requestHead(), arb.illegalStream("client"), arb.chunking(), (head, stream, where) => {
        const bytes = concatBytes([latin1Bytes(head), stream.bytes]);
        const whole = endpointOutcome("server", bytes, inOneChunk);
        expect(whole.events.at(-1)).toBe(`failure ${stream.code} at ${head.length + stream.offset}`);
        expect(endpointOutcome("server", bytes, where)).toEqual(whole);
      }),
      scaledRuns(60),
    );
  });

  it("rejects a broken request with the same violation however it is cut [H23]", () => {
    fc.assert(
      fc.property(arb.illegalRequestHead(), arb.chunking(), ({ code, head }, where) => {
        const whole = endpointOutcome("server", latin1Bytes(head), inOneChunk);
        expect(whole.events).toEqual([expect.stringMatching(`^failure ${code} at `)]);
        expect(endpointOutcome("server", latin1Bytes(head), where)).toEqual(whole);
        expect(endpointOutcome("server", latin1Bytes(head), byteByByte)).toEqual(whole);
      }),
      scaledRuns(100),
    );
  });

  it("does the same with a request with one byte changed however it is cut [H16] [H23]", () => {
    fc.assert(
      fc.property(arb.requestHead(), fc.nat(), fc.nat(255), arb.chunking(), (head, place, byte, where) => {
        const bytes = latin1Bytes(head);
        bytes[place % bytes.length] = byte;
        expect(endpointOutcome("server", bytes, where)).toEqual(endpointOutcome("server", bytes, inOneChunk));
      }),
      scaledRuns(150),
    );
  });
});

describe("a client, from the opening response on", () => {
  it("reports the same for responses and the frames after them however they are cut [H23] [C02] [C13]", () => {
    fc.assert(
      fc.property(
        arb.responseHead(),
        arb.legalStream("server", { most: 300 }),
        arb.chunking(),
        (head, stream, where) => {
          const bytes = concatBytes([latin1Bytes(head), stream.bytes]);
          const whole = endpointOutcome("client", bytes, inOneChunk);
          expect(whole.events.slice(1)).toEqual(formatEvents(stream.events));
          expect(endpointOutcome("client", bytes, where)).toEqual(whole);
        },
      ),
      scaledRuns(80),
    );
  });

  it("does the same with a response with one byte changed however it is cut [H23]", () => {
    fc.assert(
      fc.property(arb.responseHead(), fc.nat(), fc.nat(255), arb.chunking(), (head, place, byte, where) => {
        const bytes = latin1Bytes(head);
        bytes[place % bytes.length] = byte;
        expect(endpointOutcome("client", bytes, where)).toEqual(endpointOutcome("client", bytes, inOneChunk));
      }),
      scaledRuns(150),
    );
  });

  it("counts the offset of a fault over interim responses too, however they are cut [C02]", () => {
    const interim = "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n";
    fc.assert(
      fc.property(fc.nat(3), fc.constantFrom("", "HTTP/1.1 101 \r\n"), arb.chunking(), (count, start, where) => {
        const bytes = latin1Bytes(`${interim.repeat(count)}${start}\u0000`);
        const { events } = endpointOutcome("client", bytes, where);
        expect(events).toEqual([expect.stringMatching(`^failure http/[a-z-]+ at ${bytes.length - 1}$`)]);
      }),
      scaledRuns(40),
    );
  });

  it("reads a rejection and its body in the same way however they are cut [C01]", () => {
    const framing = fc.constantFrom(
      "Content-Length: 5\r\n\r\nhello, and what follows",
      "Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nTrailer: t\r\n\r\nrest",
      "Content-Length: 0\r\n\r\n",
    );
    fc.assert(
      fc.property(fc.constantFrom(200, 302, 401, 503), framing, arb.chunking(), (status, rest, where) => {
        const bytes = latin1Bytes(`HTTP/1.1 ${status} No\r\n${rest}`);
        const whole = endpointOutcome("client", bytes, inOneChunk);
        expect(whole.events).toHaveLength(1);
        expect(endpointOutcome("client", bytes, where)).toEqual(whole);
      }),
      scaledRuns(60),
    );
  });
});
