/** Ownership of bytes: the application's arrays, received chunks, output handed out, and the data of events. */
import {
  Connection,
  type ConnectionEvent,
  Endpoint,
  type EndpointEvent,
  plainAgreement,
  prepareBinary,
  prepareText,
  type Role,
} from "@hybi/core";
import { ServerHandshake } from "@hybi/core/opening";
import {
  arb,
  concatBytes,
  cutIntoChunks,
  describeBytes,
  formatEvents,
  hasIntactMargins,
  isolateBytes,
  patternBytes,
  peerRole,
  performCommand,
  sampleRandom,
  scaledRuns,
  turningExtension,
  utf8Bytes,
} from "@hybi/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const roles: readonly Role[] = ["client", "server"];
const newConnection = (role: Role, fragmentSize = 65_536): Connection =>
  new Connection(plainAgreement(role), { random: sampleRandom(), fragmentSize });

/** A chunk that was taken, and its contents at that time. */
interface Taken {
  readonly chunk: Uint8Array;
  readonly contents: string;
}

/** The actions of application and transport, in turn. */
type Turn =
  | { readonly type: "send"; readonly connection: 0 | 1; readonly size: number; readonly count: number }
  | { readonly type: "take"; readonly connection: 0 | 1; readonly budget: number }
  /** The oldest chunks of a connection were written; most transports hand them back, some never do. */
  | { readonly type: "written"; readonly connection: 0 | 1; readonly count: number; readonly release: boolean };

function turn(): fc.Arbitrary<Turn> {
  const connection = fc.constantFrom<0 | 1>(0, 1);
  return fc.oneof(
    fc.record({
      type: fc.constant("send" as const),
      connection,
      size: fc.constantFrom(10, 1000, 4000, 4096, 4097, 9000),
      count: fc.constantFrom(1, 20, 40),
    }),
    fc.record({ type: fc.constant("take" as const), connection, budget: fc.constantFrom(100, 30_000, 1_000_000) }),
    fc.record({
      type: fc.constant("written" as const),
      connection,
      count: fc.integer({ min: 1, max: 6 }),
      release: fc.constantFrom(true, true, true, false),
    }),
  );
}

/** Performs the turns; returns whether any block was reused. */
function transport(role: Role, turns: readonly Turn[], text: boolean, extension: boolean): boolean {
  const name = "x-turning";
  const agreement = { ...plainAgreement(role), extensions: extension ? [{ name, parameters: [] }] : [] };
  const extensions = [turningExtension({ every: 2 })];
  const both = [0, 1].map(() => ({
    connection: new Connection(agreement, { random: sampleRandom(), fragmentSize: 5000, extensions }),
    underWay: [] as Taken[],
    sent: [] as string[],
    wire: [] as Uint8Array[],
  }));
  const released = new Set<ArrayBufferLike>();
  let reused = false;
  for (const [index, turn] of turns.entries()) {
    const { connection, underWay, sent, wire } = both[turn.connection] ?? both[0] ?? fail();
    if (turn.type === "send") {
      for (let round = 0; round < turn.count; round++) {
        const data = String.fromCharCode(97 + ((index + round) % 26)).repeat(turn.size);
        if (text) connection.sendText(data);
        else connection.sendBinary(utf8Bytes(data));
        sent.push(data);
      }
    } else if (turn.type === "take") {
      for (const chunk of connection.takeOutput(turn.budget)) {
        reused ||= released.has(chunk.buffer);
        wire.push(chunk.slice());
        underWay.push({ chunk, contents: describeBytes(chunk) });
      }
    } else {
      for (const { chunk, contents } of underWay.splice(0, turn.count)) {
        expect(describeBytes(chunk)).toBe(contents);
        if (!turn.release) continue;
        released.add(chunk.buffer);
        connection.releaseOutput([chunk]);
      }
    }
    for (const { underWay } of both) {
      for (const { chunk, contents } of underWay) expect(describeBytes(chunk)).toBe(contents);
    }
  }
  // The output must also be correct at first: a block must not return while part of it is still to be taken.
  for (const { connection, sent, wire } of both) {
    wire.push(...connection.takeOutput());
    const receiver = new Connection({ ...agreement, role: peerRole(role) }, { random: sampleRandom(), extensions });
    const told = receiver.receive(concatBytes(wire)).map((event) => {
      if (event.type === "text") return event.data;
      return event.type === "binary" ? String.fromCharCode(...event.data) : event.type;
    });
    expect(told.map((data) => describeBytes(utf8Bytes(data)))).toEqual(
      sent.map((data) => describeBytes(utf8Bytes(data))),
    );
  }
  return reused;
}

function fail(): never {
  throw new Error("no such connection");
}

/** What a faulty transport hands back. */
type Misuse =
  | { readonly type: "send" | "take" | "close"; readonly connection: number; readonly size: number }
  /** A written chunk, in any order, one or more times. */
  | { readonly type: "written"; readonly connection: number; readonly at: number; readonly times: number }
  /** Chunks written long ago. */
  | { readonly type: "again"; readonly connection: number; readonly at: number }
  /** Chunks that another connection handed out, written or not. */
  | { readonly type: "other"; readonly connection: number; readonly at: number }
  /** A view of a chunk, possibly extending beyond it. */
  | { readonly type: "view"; readonly connection: number; readonly at: number; readonly beside: boolean }
  /** Its own output as the payload of another connection's message, as a tunnel does. */
  | { readonly type: "tunnel"; readonly connection: number; readonly at: number };

const connections = 3;

function misuse(): fc.Arbitrary<Misuse> {
  const connection = fc.nat(connections - 1);
  const at = fc.nat(20);
  const size = fc.constantFrom(40, 1000, 4000, 4097, 9000, 60_000);
  return fc.oneof(
    fc.record({ type: fc.constantFrom("send", "send", "take", "take", "close"), connection, size }),
    fc.record({ type: fc.constant("written" as const), connection, at, times: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ type: fc.constantFrom("again", "other", "tunnel"), connection, at }),
    fc.record({ type: fc.constant("view" as const), connection, at, beside: fc.boolean() }),
  ) as fc.Arbitrary<Misuse>;
}

/** Performs the steps, and checks that whatever is handed back, chunks still to be written do not change. */
function buggyTransport(role: Role, steps: readonly Misuse[]): void {
  const all = Array.from({ length: connections }, () => ({
    connection: newConnection(role),
    underWay: [] as Taken[],
    written: [] as Uint8Array[],
  }));
  for (const [index, step] of steps.entries()) {
    const { connection, underWay, written } = all[step.connection] ?? fail();
    const other = all[(step.connection + 1) % connections] ?? fail();
    const isOpen = connection.state === "open";
    switch (step.type) {
      case "send":
        for (let count = 0; count < 20 && isOpen; count++)
          connection.sendBinary(patternBytes(step.size, index + count));
        break;
      case "take":
        for (const chunk of connection.takeOutput(step.size * 10))
          underWay.push({ chunk, contents: describeBytes(chunk) });
        break;
      case "close":
        if (step.size === 40) connection.sendClose();
        break;
      case "written":
        for (const { chunk } of underWay.splice(step.at % (underWay.length + 1), 1)) {
          written.push(chunk);
          for (let count = 0; count < step.times; count++) connection.releaseOutput([chunk, chunk]);
        }
        break;
      case "again":
        connection.releaseOutput(written.slice(step.at % (written.length + 1)));
        break;
      case "other":
        connection.releaseOutput([...other.written, ...other.underWay.map(({ chunk }) => chunk)]);
        break;
      case "view": {
        const { chunk } = underWay[step.at % (underWay.length + 1)] ?? {};
        if (chunk === undefined) break;
        const end = step.beside ? chunk.buffer.byteLength : chunk.byteOffset + chunk.length;
        connection.releaseOutput([new Uint8Array(chunk.buffer, chunk.byteOffset, end - chunk.byteOffset)]);
        connection.releaseOutput([chunk.subarray(0, chunk.length >> 1), chunk.subarray(chunk.length >> 1)]);
        break;
      }
      case "tunnel": {
        const { chunk } = underWay[step.at % (underWay.length + 1)] ?? {};
        // The carrier has written the chunk; its producer does not know that yet.
        if (chunk === undefined || other.connection.state !== "open") break;
        other.connection.sendBinary(chunk);
        if (isOpen) connection.sendBinary(chunk.subarray(1));
        other.connection.releaseOutput(other.connection.takeOutput());
        for (const sent of connection.takeOutput()) {
          if (sent.buffer === chunk.buffer) connection.releaseOutput([sent]);
          else underWay.push({ chunk: sent, contents: describeBytes(sent) });
        }
        break;
      }
      default:
        step satisfies never;
    }
    // New output would overwrite a block that came back too early.
    const last = newConnection("server");
    for (let count = 0; count < 40; count++) last.sendBinary(new Uint8Array(4000).fill(0xee));
    last.takeOutput();
    for (const { underWay } of all)
      for (const { chunk, contents } of underWay) expect(describeBytes(chunk)).toBe(contents);
  }
}

describe.each(roles)("a %s's connection", (role) => {
  it("never writes to or around the arrays that the application sends [F12]", () => {
    const data = fc.array(arb.messageCommand(9000), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(data, fc.integer({ min: 1, max: 10_000 }), fc.nat(20_000), (commands, fragmentSize, budget) => {
        const connection = newConnection(role, fragmentSize);
        const given: Taken[] = [];
        const give = (bytes: Uint8Array): Uint8Array => {
          const chunk = isolateBytes(bytes, 5);
          given.push({ chunk, contents: describeBytes(chunk) });
          return chunk;
        };
        for (const each of commands) {
          if (each.type === "stream") {
            const pieces = each.pieces.map((piece) => (typeof piece === "string" ? piece : give(piece)));
            expect(performCommand(connection, { ...each, pieces })).toBeUndefined();
          } else if (each.type === "message" && each.message.kind === "binary") {
            const message = { ...each.message, data: give(each.message.data) };
            expect(performCommand(connection, { ...each, message })).toBeUndefined();
          }
        }
        const ping = give(patternBytes(100));
        connection.sendPing(ping);
        while (connection.takeOutput(budget + 1).length > 0);
        for (const { chunk, contents } of given) {
          expect(describeBytes(chunk)).toBe(contents);
          expect(hasIntactMargins(chunk)).toBe(true);
        }
      }),
      scaledRuns(100),
    );
  });

  it("sends a Ping as it was at sendPing, whatever happens to the array afterwards", () => {
    const connection = newConnection(role);
    const payload = patternBytes(20);
    connection.sendPing(payload);
    payload.fill(0xff);
    const events = newConnection(peerRole(role)).receive(concatBytes(connection.takeOutput()));
    expect(events).toEqual([{ type: "ping", payload: patternBytes(20) }]);
  });

  it("never changes a chunk that it has handed out, while blocks are returned and reused", () => {
    fc.assert(
      fc.property(fc.array(turn(), { maxLength: 40 }), fc.boolean(), fc.boolean(), (turns, text, extension) => {
        transport(role, turns, text, extension);
      }),
      scaledRuns(60),
    );
  });

  it("does reuse blocks, so that the property above is meaningful", () => {
    const turns: Turn[] = [];
    for (let round = 0; round < 6; round++) {
      turns.push({ type: "send", connection: 0, size: 4000, count: 40 });
      turns.push({ type: "take", connection: 0, budget: 1_000_000 });
      turns.push({ type: "written", connection: 0, count: 10, release: true });
    }
    expect(transport(role, turns, false, false)).toBe(true);
  });

  it("never changes a chunk still to be written, though its transport hands back chunks twice, in any order, as views, from other connections, and after the end [A14]", () => {
    const send = { type: "send", size: 4000 } as const;
    const take = { type: "take", size: 60_000 } as const;
    const written = { type: "written", connection: 0, at: 0, times: 1 } as const;
    const both: Misuse[] = [0, 1].flatMap((connection): Misuse[] => [
      { ...send, connection },
      { ...take, connection },
    ]);
    const examples: Misuse[][] = [
      // The block is lent again, to another connection, and then handed back a second time by the first.
      [...both.slice(0, 2), written, ...both, { type: "again", connection: 0, at: 0 }],
      [...both.slice(0, 2), written, ...both, { type: "other", connection: 0, at: 0 }],
      [...both, written, { type: "tunnel", connection: 0, at: 0 }, ...both, { type: "tunnel", connection: 1, at: 0 }],
    ];
    fc.assert(
      fc.property(fc.array(misuse(), { maxLength: 30 }), (steps) => buggyTransport(role, steps)),
      { ...scaledRuns(60), examples: examples.map((steps): [Misuse[]] => [steps]) },
    );
  });

  it("never changes a chunk when a view of the same range is handed back first [A14]", () => {
    const filled = (connection: Connection, byte = 1): readonly Uint8Array[] => {
      for (let count = 0; count < 40; count++) connection.sendBinary(new Uint8Array(4000).fill(byte));
      return connection.takeOutput();
    };
    // Leave a few reusable blocks: with none there is nothing to lose, and with many the pool keeps no more.
    for (let count = 0; count < 50; count++) filled(newConnection("server"));
    const busy = newConnection(role);
    for (let round = 0; round < 3; round++) busy.releaseOutput(filled(busy));
    const connection = newConnection(role);
    const waiting = filled(connection).map((chunk) => ({ chunk, contents: describeBytes(chunk) }));
    for (const { chunk } of waiting) {
      connection.releaseOutput([new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length)]);
      filled(newConnection("server"), 2);
    }
    for (const { chunk, contents } of waiting) expect(describeBytes(chunk)).toBe(contents);
  });

  it("touches nothing outside the range of a chunk, at any offset in its buffer [F10]", () => {
    const streams = fc.oneof(arb.legalStream(peerRole(role)), arb.illegalStream(peerRole(role)));
    fc.assert(
      fc.property(streams, arb.chunking(), fc.nat(9), ({ bytes }, where, margin) => {
        const connection = newConnection(role);
        const chunks = cutIntoChunks(bytes, where, margin);
        for (const chunk of chunks) connection.receive(chunk);
        for (const chunk of chunks) expect(hasIntactMargins(chunk)).toBe(true);
      }),
      scaledRuns(80),
    );
  });

  it("never changes the data of an event, whatever it receives and sends afterwards", () => {
    const streams = fc.array(arb.legalStream(peerRole(role), { close: false, most: 5000 }), { maxLength: 3 });
    const commands = fc.array(arb.command(300), { maxLength: 3 });
    fc.assert(
      fc.property(streams, arb.chunking(), commands, fc.boolean(), (all, where, commands, parts) => {
        const connection = new Connection(plainAgreement(role), {
          random: sampleRandom(),
          delivery: parts ? "pieces" : "messages",
        });
        const told: ConnectionEvent[] = [];
        const then: string[] = [];
        for (const { bytes } of all) {
          for (const chunk of cutIntoChunks(bytes, where)) {
            const events = connection.receive(chunk);
            told.push(...events);
            then.push(...formatEvents(events));
          }
          for (const each of commands) performCommand(connection, each);
          connection.releaseOutput(connection.takeOutput());
        }
        expect(formatEvents(told)).toEqual(then);
      }),
      scaledRuns(60),
    );
  });

  it("never changes the ranges passed to a sink", () => {
    fc.assert(
      fc.property(arb.legalStream(peerRole(role), { most: 5000 }), arb.chunking(), ({ bytes }, where) => {
        const connection = newConnection(role);
        const kept: Taken[] = [];
        const keep = (bytes: Uint8Array, start: number, end: number): void => {
          const chunk = bytes.subarray(start, end);
          kept.push({ chunk, contents: describeBytes(chunk) });
        };
        const ignore = (): void => undefined;
        const sink = {
          text: ignore,
          binary: keep,
          piece: ignore,
          ping: (payload: Uint8Array): void => keep(payload, 0, payload.length),
          pong: (payload: Uint8Array): void => keep(payload, 0, payload.length),
          close: ignore,
          failure: ignore,
          end: ignore,
        };
        for (const chunk of cutIntoChunks(bytes, where)) connection.receiveInto(chunk, sink);
        for (const { chunk, contents } of kept) expect(describeBytes(chunk)).toBe(contents);
      }),
      scaledRuns(60),
    );
  });
});

describe("an echo", () => {
  it("returns the bytes of the event, though the event references a chunk that the server owns", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(0, 1, 65, 4096, 4097, 70_000), { maxLength: 4 }),
        arb.chunking(),
        (sizes, where) => {
          const client = newConnection("client");
          const server = newConnection("server");
          for (const [index, size] of sizes.entries()) client.sendBinary(patternBytes(size, index));
          for (const chunk of cutIntoChunks(concatBytes(client.takeOutput()), where)) {
            for (const event of server.receive(chunk)) if (event.type === "binary") server.sendBinary(event.data);
          }
          const back = client.receive(concatBytes(server.takeOutput()));
          const expected = sizes.map(
            (size, index): ConnectionEvent => ({ type: "binary", data: patternBytes(size, index) }),
          );
          expect(formatEvents(back)).toEqual(formatEvents(expected));
        },
      ),
      scaledRuns(60),
    );
  });
});

describe("byte arrays passed to the application, most of them empty", () => {
  const request = utf8Bytes(
    "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  );

  /** Performs a conversation without payload. Returns every byte array that the application gets. */
  function converse(): Uint8Array[] {
    const arrays: Uint8Array[] = [];
    const note = (events: readonly EndpointEvent[]): void => {
      for (const event of events) {
        for (const value of Object.values(event)) if (value instanceof Uint8Array) arrays.push(value);
      }
    };
    const handshake = new ServerHandshake();
    handshake.receive(request.slice());
    note(handshake.accept());
    const client = Endpoint.client({ url: "ws://a/", random: sampleRandom() });
    const server = Endpoint.server();
    const carry = (from: Endpoint, to: Endpoint): void => {
      for (const chunk of from.takeOutput()) {
        note(to.receive(chunk.slice()));
        arrays.push(chunk);
      }
    };
    carry(client, server);
    note(server.accept());
    carry(server, client);
    for (const endpoint of [server, client]) {
      arrays.push(endpoint.takeRest(), endpoint.takeRest());
      const prepared = [prepareText(""), prepareBinary(new Uint8Array(0))];
      for (const message of prepared) arrays.push(message.payload, message.frame);
      endpoint.sendText("");
      endpoint.sendBinary(new Uint8Array(0));
      for (const message of prepared) endpoint.sendPrepared(message);
      endpoint.startMessage("binary").end();
      endpoint.sendPing();
      endpoint.sendPong();
    }
    carry(client, server);
    carry(server, client);
    const raw = Endpoint.fromAgreement(plainAgreement("server"));
    arrays.push(raw.takeRest());
    client.sendClose();
    carry(client, server);
    carry(server, client);
    return arrays;
  }

  it("are shared with no other connection, so that each may be transferred", () => {
    const first = converse();
    const second = converse();
    expect(second.map(describeBytes)).toEqual(first.map(describeBytes));
    const buffers = new Set(first.map(({ buffer }) => buffer));
    expect(second.filter(({ buffer }) => buffers.has(buffer))).toEqual([]);
    for (const buffer of buffers) structuredClone(0, { transfer: [buffer as ArrayBuffer] });
    expect(converse().map(describeBytes)).toEqual(second.map(describeBytes));
  });
  it("are one array for all connections in a prepared message, so that receivers of the same process get copies", () => {
    const message = prepareBinary(patternBytes(200));
    const servers = [newConnection("server"), newConnection("server")];
    for (const server of servers) server.sendPrepared(message);
    const received = servers.map((server) => {
      const client = newConnection("client");
      const [event] = server.takeOutput().flatMap((bytes) => client.receive(bytes.slice()));
      if (event?.type !== "binary") return undefined;
      const text = describeBytes(event.data);
      event.data.fill(0xff);
      return text;
    });
    expect(received).toEqual([describeBytes(patternBytes(200)), describeBytes(patternBytes(200))]);
  });
});
