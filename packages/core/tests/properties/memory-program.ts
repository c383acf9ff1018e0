/**
 * Run in a separate process with `heapFlags` by `memory.node.test.ts`: measures how much memory is held of data that has
 * arrived and not been delivered. Prints one JSON object to standard output.
 */
import { Connection, Endpoint, plainAgreement } from "@hybi/core";
import { encodeFrame, opcodes } from "@hybi/core/frame";
import { byteByByte, concatBytes, cutIntoChunks, latin1Bytes, patternBytes, sampleRandom } from "@hybi/testing";

declare const gc: () => void;

const maskingKey = 0x0102_0304;
const fragment = (index: number, size: number): Uint8Array =>
  encodeFrame({
    opcode: index === 0 ? opcodes.binary : opcodes.continuation,
    payload: patternBytes(size),
    final: false,
    maskingKey,
  });

/** Creates a receiver, fills it and returns it. */
const fillings: Record<string, () => unknown> = {
  "16,000 fragments of one byte, each in a chunk of 64 KiB of its own": () => {
    const server = new Connection(plainAgreement("server"));
    for (let index = 0; index < 16_000; index++) {
      const chunk = new Uint8Array(65_536);
      const bytes = fragment(index, 1);
      chunk.set(bytes, 100);
      server.receive(chunk.subarray(100, 100 + bytes.length));
    }
    return server;
  },
  "a message of 1 MiB in fragments of 1 KiB": () => {
    const server = new Connection(plainAgreement("server"));
    for (let index = 0; index < 1024; index++) server.receive(fragment(index, 1024));
    return server;
  },
  "a message of 1 MiB in one frame, in chunks of 16 KiB": () => {
    const server = new Connection(plainAgreement("server"));
    const frame = fragment(0, 1_048_576 + 1);
    for (const chunk of cutIntoChunks(frame.subarray(0, -1), { sizes: [16_384], repeated: true }, 0))
      server.receive(chunk);
    return server;
  },
  "the header of a frame of 16 MiB": () => {
    const server = new Connection(plainAgreement("server"));
    server.receive(Uint8Array.of(opcodes.binary, 0xff, 0, 0, 0, 0, 1, 0, 0, 0, 1, 2, 3, 4));
    return server;
  },
  "a head of 16 KiB, byte by byte": () => {
    const server = Endpoint.server();
    const lines = Array.from({ length: 20 }, () => `X: ${"x".repeat(800)}`);
    for (const chunk of cutIntoChunks(latin1Bytes(`GET / HTTP/1.1\r\n${lines.join("\r\n")}`), byteByByte))
      server.receive(chunk);
    return server;
  },
  "20,000 Pings": () => {
    const server = new Connection(plainAgreement("server"));
    const pings = concatBytes(
      Array.from({ length: 1000 }, () => encodeFrame({ opcode: opcodes.ping, payload: patternBytes(125), maskingKey })),
    );
    for (let round = 0; round < 20; round++) server.receive(pings.slice());
    return server;
  },
  "10,000 Pings of its own, which nobody answers": () => {
    const server = new Connection(plainAgreement("server"));
    for (let round = 0; round < 10_000; round++) {
      if (round % 2 === 0) server.sendPing(patternBytes(125));
      else server.expire("ping");
      server.releaseOutput(server.takeOutput());
    }
    return server;
  },
  "an idle connection that has sent and received": () => {
    const server = new Connection(plainAgreement("server"));
    const client = new Connection(plainAgreement("client"), { random: sampleRandom() });
    for (let round = 0; round < 10; round++) {
      client.sendBinary(patternBytes(100_000));
      for (const event of server.receive(concatBytes(client.takeOutput()))) {
        if (event.type === "binary") server.sendBinary(event.data);
      }
      client.receive(concatBytes(server.takeOutput()));
    }
    return [server, client];
  },
};

/** The bytes still held after garbage collection. */
async function held(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    gc();
    // Array memory is freed in a later turn.
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** How many to fill at once, so that measurement errors do not matter. The first case is large by itself. */
const copies = (name: string): number => (name.startsWith("16,000 fragments") ? 1 : 8);

/** Measurements of which the median is taken: a table of the engine that grows, or garbage of before, spoils one of them. */
const rounds = 3;

let receivers: unknown[] = [];
const bytes: Record<string, number> = {};
for (const [name, fill] of Object.entries(fillings)) {
  // Warm up, so that compiled code and shared tables do not count.
  receivers = [fill(), fill()];
  const measured: number[] = [];
  for (let round = 0; round < rounds; round++) {
    receivers = [];
    const before = await held();
    for (let index = 0; index < copies(name); index++) receivers.push(fill());
    measured.push(((await held()) - before) / receivers.length);
  }
  bytes[name] = measured.sort((one, other) => one - other)[rounds >> 1] ?? Number.NaN;
}
console.log(JSON.stringify(bytes));
