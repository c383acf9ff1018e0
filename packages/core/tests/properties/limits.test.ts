/** Every quantity that a peer can make grow: input at the limit is accepted, anything beyond is not. */
import {
  Connection,
  type ConnectionEvent,
  Endpoint,
  type EndpointEvent,
  type Limits,
  plainAgreement,
  type Role,
  UsageError,
} from "@hybi/core";
import { encodeFrame, opcodes } from "@hybi/core/frame";
import {
  arb,
  concatBytes,
  cutIntoChunks,
  cutIntoFragments,
  formatEvents,
  latin1Bytes,
  messageFrames,
  patternBytes,
  peerRole,
  sampleAccept,
  sampleKey,
  sampleRandom,
  scaledRuns,
  turningExtension,
} from "@hybi/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const roles: readonly Role[] = ["client", "server"];
const connection = (role: Role, limits: Partial<Limits>): Connection =>
  new Connection(plainAgreement(role), { random: sampleRandom(), limits });
const keyFrom = (sender: Role): number | undefined => (sender === "client" ? 0x1234_5678 : undefined);

/** The codes of the failures among `events`. */
function failures(events: readonly EndpointEvent[]): string[] {
  return events.flatMap((event) => (event.type === "failure" ? [event.violation.code] : []));
}

describe.each(roles)("a %s", (role) => {
  const peer = peerRole(role);

  it("accepts a frame of limits.frame bytes and fails for one of a byte more, by its header alone [X19]", () => {
    fc.assert(
      fc.property(fc.constantFrom(0, 1, 125, 126, 127, 4096, 65_535), arb.chunking(), (frame, where) => {
        const send = (length: number): ConnectionEvent[] => {
          const receiver = connection(role, { frame });
          const bytes = encodeFrame({
            opcode: opcodes.binary,
            payload: patternBytes(length),
            maskingKey: keyFrom(peer),
          });
          const seen = length > frame ? bytes.subarray(0, bytes.length - length) : bytes;
          return cutIntoChunks(seen, where).flatMap((chunk) => receiver.receive(chunk));
        };
        expect(formatEvents(send(frame))).toEqual(formatEvents([{ type: "binary", data: patternBytes(frame) }]));
        expect(formatEvents(send(frame + 1))).toEqual(["failure frame/too-big at 0"]);
      }),
      scaledRuns(20),
    );
  });

  it("accepts a message of limits.message bytes and fails for one of a byte more, however it is fragmented [X19]", () => {
    fc.assert(
      fc.property(fc.nat(300), arb.fragmentation(), arb.chunking(), fc.boolean(), (message, cuts, where, text) => {
        const send = (length: number): ConnectionEvent[] => {
          const receiver = connection(role, { message });
          const payload = new Uint8Array(length).fill(0x61);
          const parts = cutIntoFragments(payload, cuts);
          const frames = messageFrames(text ? "text" : "binary", parts, [keyFrom(peer)]);
          return cutIntoChunks(concatBytes(frames.map(encodeFrame)), where).flatMap((chunk) => receiver.receive(chunk));
        };
        expect(send(message)).toMatchObject([{ type: text ? "text" : "binary" }]);
        expect(failures(send(message + 1))).toEqual(["message/too-big"]);
      }),
      scaledRuns(80),
    );
  });

  it("limits a message to limits.message after decoding by an extension, while it is being decoded [E26] [E27]", () => {
    const agreement = { ...plainAgreement(role), extensions: [{ name: "x-turning", parameters: [] }] };
    fc.assert(
      fc.property(fc.nat(100), fc.integer({ min: 1, max: 40 }), arb.chunking(), (message, fragmentSize, where) => {
        const extensions = [turningExtension()];
        const send = (length: number): ConnectionEvent[] => {
          const sender = new Connection(
            { ...agreement, role: peer },
            { extensions, fragmentSize, random: sampleRandom() },
          );
          const receiver = new Connection(agreement, { extensions, limits: { message }, random: sampleRandom() });
          sender.sendBinary(patternBytes(length));
          return cutIntoChunks(concatBytes(sender.takeOutput()), where).flatMap((chunk) => receiver.receive(chunk));
        };
        expect(formatEvents(send(message))).toEqual(formatEvents([{ type: "binary", data: patternBytes(message) }]));
        expect(failures(send(message + 1))).toEqual(["message/too-big"]);
      }),
      scaledRuns(60),
    );
  });

  it("accepts a message of limits.fragments frames and fails for one of a frame more, also of empty frames [F16]", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.nat(1), arb.chunking(), (limit, size, where) => {
        const send = (count: number): ConnectionEvent[] => {
          const receiver = connection(role, { fragments: limit });
          const parts = Array.from({ length: count }, () => patternBytes(size));
          const frames = messageFrames("binary", parts, [keyFrom(peer)]);
          return cutIntoChunks(concatBytes(frames.map(encodeFrame)), where).flatMap((chunk) => receiver.receive(chunk));
        };
        expect(send(limit)).toMatchObject([{ type: "binary" }]);
        expect(failures(send(limit + 1))).toEqual(["message/too-many-fragments"]);
      }),
      scaledRuns(60),
    );
  });

  it("throws when sending beyond limits.queuedOutput, and sends again once output was taken", () => {
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 5000 }), fc.integer({ min: 1, max: 300 }), (queuedOutput, size) => {
        const sender = connection(role, { queuedOutput });
        const send = (): string | undefined => {
          try {
            sender.sendBinary(patternBytes(size));
            return undefined;
          } catch (error) {
            return error instanceof UsageError ? error.code : String(error);
          }
        };
        while (sender.outputLength <= queuedOutput) expect(send()).toBeUndefined();
        const before = sender.outputLength;
        expect(send()).toBe("send/queue-full");
        expect(sender.outputLength).toBe(before);
        sender.takeOutput();
        expect(send()).toBeUndefined();
      }),
      scaledRuns(40),
    );
  });
});

const requestLines = [
  "Host: example.com",
  "Upgrade: websocket",
  "Connection: Upgrade",
  `Sec-WebSocket-Key: ${sampleKey}`,
  "Sec-WebSocket-Version: 13",
];
const responseLines = ["Upgrade: websocket", "Connection: Upgrade", `Sec-WebSocket-Accept: ${sampleAccept}`];

/** A head with these lines before the required ones, and its length in bytes. */
function head(role: Role, more: readonly string[]): Uint8Array {
  const [start, lines] =
    role === "server" ? ["GET / HTTP/1.1", requestLines] : ["HTTP/1.1 101 Switching Protocols", responseLines];
  return latin1Bytes(`${[start, ...more, ...lines].join("\r\n")}\r\n\r\n`);
}

function open(role: Role, limits: Partial<Limits>, chunks: readonly Uint8Array[]): EndpointEvent[] {
  const endpoint =
    role === "server"
      ? Endpoint.server({ limits })
      : Endpoint.client({ url: "ws://example.com/", random: sampleRandom(), limits });
  return chunks.flatMap((chunk) => [...endpoint.receive(chunk)]);
}

describe.each(roles)("a %s in the opening handshake", (role) => {
  const opened = role === "server" ? "request" : "open";

  it("accepts a head of limits.head bytes and rejects one of a byte more [H20]", () => {
    fc.assert(
      fc.property(fc.nat(300), arb.chunking(), (length, where) => {
        const bytes = head(role, [`X: ${"x".repeat(length + 1)}`]);
        expect(open(role, { head: bytes.length }, cutIntoChunks(bytes, where))).toMatchObject([{ type: opened }]);
        expect(failures(open(role, { head: bytes.length - 1 }, cutIntoChunks(bytes, where)))).toEqual([
          "http/head-too-big",
        ]);
      }),
      scaledRuns(60),
    );
  });

  it("accepts a line of limits.line bytes and rejects one of a byte more [H20]", () => {
    fc.assert(
      fc.property(fc.integer({ min: 60, max: 300 }), arb.chunking(), fc.boolean(), (line, where, isName) => {
        const send = (length: number): EndpointEvent[] => {
          const field = isName ? `${"x".repeat(length - 1)}:` : `X: ${"y".repeat(length - 3)}`;
          return open(role, { line }, cutIntoChunks(head(role, [field]), where));
        };
        expect(send(line)).toMatchObject([{ type: opened }]);
        expect(failures(send(line + 1))).toEqual(["http/line-too-long"]);
      }),
      scaledRuns(60),
    );
  });

  it("accepts limits.fields field lines and rejects one more [H21]", () => {
    fc.assert(
      fc.property(fc.integer({ min: 5, max: 40 }), arb.chunking(), (fields, where) => {
        const own = role === "server" ? requestLines.length : responseLines.length;
        const send = (count: number): EndpointEvent[] =>
          open(
            role,
            { fields },
            cutIntoChunks(
              head(
                role,
                Array.from({ length: count - own }, () => "x:"),
              ),
              where,
            ),
          );
        expect(send(fields)).toMatchObject([{ type: opened }]);
        expect(failures(send(fields + 1))).toEqual(["http/too-many-fields"]);
      }),
      scaledRuns(60),
    );
  });
});

describe("a server", () => {
  it("rejects a request line of a byte more than limits.line with 414 [H20]", () => {
    for (const [length, events] of [
      [80, ["request"]],
      [81, ["http/request-line-too-long"]],
    ] as const) {
      const target = `/${"x".repeat(length - "GET / HTTP/1.1".length)}`;
      const bytes = latin1Bytes(`GET ${target} HTTP/1.1\r\n${requestLines.join("\r\n")}\r\n\r\n`);
      const told = open("server", { line: 80 }, [bytes]);
      expect(told.map((event) => (event.type === "failure" ? event.violation.code : event.type))).toEqual(events);
    }
  });

  it("keeps limits.earlyData bytes of early data in order, and rejects one more [H22] [H27]", () => {
    fc.assert(
      fc.property(fc.nat(200), arb.chunking(), fc.boolean(), (earlyData, where, withHead) => {
        const early = (): Uint8Array =>
          encodeFrame({ opcode: opcodes.binary, payload: patternBytes(earlyData), maskingKey: 7 });
        const arrivals = (): Uint8Array[] =>
          withHead
            ? [concatBytes([head("server", []), early()])]
            : [head("server", []), ...cutIntoChunks(early(), where)];
        const { length } = early();
        const server = Endpoint.server({ limits: { earlyData: length } });
        expect(arrivals().flatMap((chunk) => [...server.receive(chunk)])).toMatchObject([{ type: "request" }]);
        expect(formatEvents(server.accept()).slice(1)).toEqual(
          formatEvents([{ type: "binary", data: patternBytes(earlyData) }]),
        );

        const told = open("server", { earlyData: length - 1 }, arrivals());
        expect(failures(told)).toEqual(["opening/early-data-too-big"]);
      }),
      scaledRuns(40),
    );
  });
});

describe("a client", () => {
  it("accepts limits.interimResponses interim responses and rejects one more [C02]", () => {
    fc.assert(
      fc.property(fc.nat(6), arb.chunking(), (interimResponses, where) => {
        const send = (count: number): EndpointEvent[] => {
          const interim = latin1Bytes("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n".repeat(count));
          return open("client", { interimResponses }, cutIntoChunks(concatBytes([interim, head("client", [])]), where));
        };
        expect(send(interimResponses)).toMatchObject([{ type: "open" }]);
        expect(failures(send(interimResponses + 1))).toEqual(["opening/too-many-interim-responses"]);
      }),
      scaledRuns(40),
    );
  });

  it("keeps limits.rejectionBody bytes of the body of a rejection and discards the rest [C01]", () => {
    fc.assert(
      fc.property(fc.nat(100), fc.nat(100), fc.boolean(), arb.chunking(), (rejectionBody, length, chunked, where) => {
        const body = patternBytes(length);
        const rest = chunked
          ? [
              latin1Bytes(`Transfer-Encoding: chunked\r\n\r\n${length.toString(16)}\r\n`),
              body,
              latin1Bytes(length === 0 ? "\r\n" : "\r\n0\r\n\r\n"),
            ]
          : [latin1Bytes(`Content-Length: ${length}\r\n\r\n`), body];
        const bytes = concatBytes([latin1Bytes("HTTP/1.1 403 Forbidden\r\n"), ...rest]);
        const [event, ...others] = open("client", { rejectionBody }, cutIntoChunks(bytes, where));
        expect(others).toEqual([]);
        expect(event).toMatchObject({ type: "rejection", body: body.slice(0, rejectionBody) });
      }),
      scaledRuns(60),
    );
  });
});
