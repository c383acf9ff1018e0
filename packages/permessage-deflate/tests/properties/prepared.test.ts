/** A message to many connections: each receives what it would by an ordinary send, and equal parameters share one compression. */
import { Endpoint, type EndpointEvent, prepareBinary, prepareText } from "@hybi/core";
import {
  type DeflateCodec,
  type PermessageDeflateOptions,
  permessageDeflate,
  portableCodec,
} from "@hybi/permessage-deflate";
import { patternBytes, readFrames, scaledRuns } from "@hybi/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { content } from "../arbitraries.ts";
import { codecs } from "../codecs.ts";
import { countingSource, open } from "../wire.ts";

/** A codec that counts the messages that it compresses. */
function counting(codec: DeflateCodec): { codec: DeflateCodec; count: () => number } {
  let count = 0;
  return {
    codec: {
      createInflater: (options) => codec.createInflater(options),
      createDeflater(options) {
        const deflater = codec.createDeflater(options);
        return {
          push(bytes, start, end, last, sink) {
            if (last) count++;
            deflater.push(bytes, start, end, last, sink);
          },
          reset: () => deflater.reset(),
          close: () => deflater.close(),
        };
      },
    },
    count: () => count,
  };
}

/** An open connection of a server, and a client that decodes what it sends. */
class Pair {
  readonly server: Endpoint;
  readonly received: string[] = [];
  readonly #client: Endpoint;

  constructor(
    server: PermessageDeflateOptions | undefined,
    extension: ReturnType<typeof permessageDeflate>,
    size: number,
  ) {
    this.#client = Endpoint.client({
      url: "ws://example.com/",
      random: countingSource(),
      extensions: server === undefined ? [] : [permessageDeflate(server)],
    });
    this.server = Endpoint.server({ extensions: [extension], fragmentSize: size });
    for (const bytes of this.#client.takeOutput()) this.server.receive(bytes.slice());
    this.server.accept();
    this.carry();
  }

  carry(): void {
    for (const bytes of this.server.takeOutput()) {
      for (const event of this.#client.receive(bytes.slice()))
        if (event.type !== "open") this.received.push(shown(event));
    }
  }
}

const shown = (event: EndpointEvent): string => {
  if (event.type === "text") return `text ${event.data}`;
  if (event.type === "binary") return `binary ${String(event.data)}`;
  return event.type === "failure" ? `failure ${event.violation.code}` : event.type;
};

const offered = fc.option(
  fc.record({
    serverNoContextTakeover: fc.boolean(),
    serverMaxWindowBits: fc.constantFrom<(9 | 10 | 15)[]>(9, 10, 15),
  }),
  { nil: undefined },
);
const message = fc.record({
  data: fc.oneof(fc.string({ unit: "grapheme", maxLength: 2_000 }), content(5)),
  compress: fc.option(fc.boolean(), { nil: undefined }),
  /** Which connections it is sent to by an ordinary send. */
  only: fc.option(fc.nat(4), { nil: undefined }),
  isCarried: fc.boolean(),
});

describe.each(codecs)("a prepared message, with the codec %s", (_, codec) => {
  it("arrives as sent on every connection, in order with all others", () => {
    fc.assert(
      fc.property(
        fc.array(offered, { minLength: 1, maxLength: 5 }),
        fc.array(message, { maxLength: 8 }),
        fc.record({ threshold: fc.nat(600), fragmentSize: fc.integer({ min: 1, max: 3_000 }) }),
        (clients, messages, { threshold, fragmentSize }) => {
          const extension = permessageDeflate({ codec, threshold });
          const pairs = clients.map((client) => new Pair(client && { ...client, codec }, extension, fragmentSize));
          const expected: string[][] = pairs.map(() => []);
          for (const { data, compress, only, isCarried } of messages) {
            const isText = typeof data === "string";
            const prepared = isText ? prepareText(data) : prepareBinary(data);
            const line = isText ? `text ${data}` : `binary ${String(data)}`;
            for (const [index, { server }] of pairs.entries()) {
              if (only !== undefined && only !== index) continue;
              expected[index]?.push(line);
              if (only === undefined) server.sendPrepared(prepared, { compress });
              else if (isText) server.sendText(data, { compress });
              else server.sendBinary(data, { compress });
            }
            if (isCarried) for (const pair of pairs) pair.carry();
          }
          for (const pair of pairs) pair.carry();
          expect(pairs.map(({ received }) => received)).toEqual(expected);
        },
      ),
      scaledRuns(60),
    );
  });
});

describe("the compressions of a prepared message", () => {
  const long = "it compresses well, ".repeat(200);
  const pairsOf = (options: PermessageDeflateOptions, ...clients: PermessageDeflateOptions[]) => {
    const { codec: counted, count } = counting(portableCodec);
    const extension = permessageDeflate({ ...options, codec: counted });
    return { pairs: clients.map((client) => new Pair({ ...client, codec: portableCodec }, extension, 65_536)), count };
  };
  const broadcast = (pairs: readonly Pair[], text: string, compress?: boolean): void => {
    const prepared = prepareText(text);
    for (const { server } of pairs) server.sendPrepared(prepared, { compress });
    for (const pair of pairs) pair.carry();
    for (const { received } of pairs) expect(received.at(-1)).toBe(`text ${text}`);
  };

  it("are one for equal parameters without context takeover, and one for each window", () => {
    const none = { serverNoContextTakeover: true };
    const { pairs, count } = pairsOf({}, none, none, { ...none, serverMaxWindowBits: 10 }, none, {
      ...none,
      serverMaxWindowBits: 10,
    });
    broadcast(pairs, long);
    expect(count()).toBe(2);
    broadcast(pairs, `${long}!`);
    expect(count()).toBe(4);
    broadcast(pairs, "too short");
    expect(count()).toBe(4);
    broadcast(pairs, "too short", true);
    expect(count()).toBe(6);
    broadcast(pairs, long, false);
    expect(count()).toBe(6);
  });

  it("are one for each connection with context takeover", () => {
    const { pairs, count } = pairsOf({}, {}, {}, { serverNoContextTakeover: true });
    broadcast(pairs, long);
    expect(count()).toBe(3);
    broadcast(pairs, long);
    expect(count()).toBe(6);
  });

  it("go over the wire as one compressed frame, the same array for all", () => {
    const { pairs } = pairsOf({}, { serverNoContextTakeover: true }, { serverNoContextTakeover: true });
    const prepared = prepareText(long);
    const frames = pairs.map(({ server }) => {
      server.sendPrepared(prepared);
      return server.takeOutput();
    });
    expect(frames[0]?.at(-1)).toBe(frames[1]?.at(-1));
    const [frame] = readFrames(frames[0]?.at(-1) ?? new Uint8Array(0));
    expect(frame).toMatchObject({ opcode: 0x1, rsv: 0x40, final: true });
    expect(frame?.payload.length).toBeLessThan(200);
  });

  it("are tried again for the connection when the compressor fails, which ends that connection only", () => {
    let closed = 0;
    const breaking: DeflateCodec = {
      createInflater: (options) => portableCodec.createInflater(options),
      createDeflater: () => ({
        push() {
          throw new Error("no memory");
        },
        reset() {},
        close: () => void closed++,
      }),
    };
    const extension = permessageDeflate({ codec: breaking });
    const connection = open("server", extension, "server_no_context_takeover");
    expect(connection.sendPrepared(prepareBinary(patternBytes(1_000)))).toBe(1_000);
    expect(closed).toBe(1);
    expect(() => connection.takeOutput()).toThrow("no memory");
  });
});
