/**
 * One bad client must not harm another. During the attack the same server keeps serving well-behaved clients, the bad
 * client costs a bounded amount of memory, and in the end it is disconnected. Nothing it does is reported as an
 * application error.
 */
import { type Agreement, Connection, type Extension, plainAgreement } from "@hybi/core";
import { encodeFrame, opcodes } from "@hybi/core/frame";
import { coalesce, type Failure } from "@hybi/websocket";
import { patternBytes } from "../bytes/bytes.ts";
import type { RawConnection, TestedAdapter } from "./adapter.ts";
import { type Neighbourhood, withNeighbours } from "./neighbourhood.ts";
import type { Runner } from "./runner.ts";
import { handwrittenRequest, next } from "./world.ts";

const mebibyte = 1 << 20;

/** Upper bound for a write in progress, the bytes held by the transport, and the queued Pongs. */
const mostBuffered = 262_144;

function frame(opcode: number, payload: Uint8Array, final = true): Uint8Array {
  return encodeFrame({ opcode, payload, final, maskingKey: 0x01020304 });
}

function times(count: number, bytes: Uint8Array): Uint8Array {
  const all = new Uint8Array(count * bytes.length);
  for (let index = 0; index < count; index++) all.set(bytes, index * bytes.length);
  return all;
}

/** Returns `data` as a message compressed by `deflate`. */
function compressed(deflate: Extension, data: Uint8Array): Uint8Array {
  const agreement: Agreement = { ...plainAgreement("client"), extensions: [{ name: deflate.name, parameters: [] }] };
  const client = new Connection(agreement, {
    extensions: [deflate],
    random: (target) => crypto.getRandomValues(target),
  });
  client.sendBinary(data, { compress: true });
  return coalesce(client.takeOutput())[0]!;
}

/** The status code of the HTTP response, and of the Close frame that follows it, if any. */
function answered(bytes: Uint8Array): number[] {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  const status = Number(text.slice(9, 12));
  const close = bytes.subarray(text.indexOf("\r\n\r\n") + 4);
  return status === 101 && close[0] === 0x88 ? [status, close[2]! * 256 + close[3]!] : [status];
}

export function neighbourContract(adapter: TestedAdapter, { describe, it, expect }: Runner): void {
  const open = async (count: number, { server }: Neighbourhood): Promise<RawConnection[]> =>
    Promise.all(Array.from({ length: count }, () => adapter.openRaw(server.port)));

  /** Input that arrives before the accept is also bounded, and would be rejected with 400. */
  const accept = async (raws: readonly RawConnection[], world: Neighbourhood): Promise<void> => {
    for (const raw of raws) raw.write(handwrittenRequest);
    await world.goOn(() => world.bad.length === raws.length);
  };

  describe("a well-behaved client is still served next to a client", () => {
    it("that sends garbage, before the handshake or after it", async () => {
      await withNeighbours(adapter, {}, async (world) => {
        const raws = await open(10, world);
        for (const [index, raw] of raws.entries()) {
          if (index % 2 === 1) raw.write(handwrittenRequest);
          raw.write(new Uint8Array(40_000).fill(0xff));
        }
        await world.goOn(() => world.server.connections === 1);
        const answers = await Promise.all(raws.map(async (raw) => answered(await raw.received)));
        expect(answers).toEqual(raws.map((_, index) => (index % 2 === 1 ? [101, 1002] : [414])));
      });
    });

    it("that sends its request byte by byte and never finishes it", async () => {
      await withNeighbours(adapter, { deadlines: { opening: 1_000 } }, async (world) => {
        const [raw] = (await open(1, world)) as [RawConnection];
        for (let at = 0; at < 100; at++) {
          raw.write(handwrittenRequest.slice(at, at + 1));
          await world.pass(20);
        }
        await world.goOn(() => world.server.connections === 1);
        expect(answered(await raw.received)).toEqual([408]);
      });
    });

    it("that stops in the middle of a frame", async () => {
      await withNeighbours(adapter, { deadlines: { ping: 2_000, pong: 2_000, closing: 2_000 } }, async (world) => {
        const [raw] = (await open(1, world)) as [RawConnection];
        raw.pause();
        raw.write(handwrittenRequest);
        raw.write(frame(opcodes.binary, new Uint8Array(mebibyte)).subarray(0, 1_000));
        await world.goOn(() => world.bad[0]?.statistics.bytesReceived === 1_000);
        await world.pass(8_000);
        await world.goOn(() => world.server.connections === 1);
        expect(world.bad[0]?.readyState).toBe(3);
        raw.drop();
      });
    });

    it("that floods the server with Pings and reads no Pong: it is closed", async () => {
      await withNeighbours(adapter, {}, async (world) => {
        const most = await floodWithPings(world, () => world.bad[0]?.readyState === 2);
        expect(most < mostBuffered).toBe(true);
      });
    });

    it("that floods the server with Pings and reads no Pong: few Pongs are queued, even if the application allows many", async () => {
      await withNeighbours(adapter, { deadlines: { controlFrames: Number.POSITIVE_INFINITY } }, async (world) => {
        const most = await floodWithPings(world, () => world.bad[0]?.statistics.controlFramesReceived === 200_000);
        expect(most < mostBuffered).toBe(true);
      });
    });

    it("that floods the server with short messages: with ten such clients, a bounded number is emitted per turn [A09]", async () => {
      await withNeighbours(adapter, {}, async (world) => {
        const raws = await open(10, world);
        await accept(raws, world);
        const each = 40_000;
        const flood = times(each, frame(opcodes.text, Uint8Array.of(0x61, 0x61)));
        for (const raw of raws) raw.write(flood);
        const most = await mostBetween(world, each * raws.length);
        expect(most < 100_000).toBe(true);
        for (const raw of raws) raw.drop();
        await world.goOn(() => world.server.connections === 1);
      });
    });

    it("that reads nothing of a broadcast: it is dropped at once [R16]", async () => {
      await withNeighbours(
        adapter,
        { deadlines: { stalled: 3_000, closing: Number.POSITIVE_INFINITY } },
        async (world) => {
          const client = await adapter.connect(world.server.url);
          client.pause();
          const bytes = patternBytes(mebibyte);
          let received = 0;
          for (let count = 0; count < 48; count++) {
            const arrived = next(world.good, "message");
            world.server.broadcast(bytes, { maxBuffered: mebibyte });
            received += ((await arrived).data as ArrayBuffer).byteLength;
          }
          expect(received).toBe(48 * mebibyte);
          expect(world.bad[0]!.statistics.bufferedLength < 3 * mebibyte).toBe(true);
          await world.pass(3_500);
          await world.goOn(() => world.server.connections === 1);
          client.terminate();
        },
      );
    });

    it("that reads nothing, however much is sent to it", async () => {
      const limits = { queuedOutput: 4 * mebibyte };
      await withNeighbours(adapter, { limits }, async (world) => {
        const client = await adapter.connect(world.server.url);
        client.pause();
        const socket = world.bad[0]!;
        let failure = "";
        socket.onerror = ({ failure: reported }) => {
          const { error } = reported as Extract<Failure, { kind: "given-up" }>;
          failure = (error as { code?: string }).code ?? "";
        };
        let most = 0;
        for (let count = 0; count < 100 && socket.readyState === 1; count++) {
          socket.send(new Uint8Array(mebibyte));
          most = Math.max(most, socket.statistics.bufferedLength);
          await world.goOn();
        }
        await world.goOn(() => world.server.connections === 1);
        expect([failure, most <= 6 * mebibyte]).toEqual(["send/queue-full", true]);
        client.terminate();
      });
    });

    it("that splits a message into fragments of one byte or of no bytes", async () => {
      await withNeighbours(adapter, { limits: { fragments: 10_000 } }, async (world) => {
        const raws = await open(2, world);
        await accept(raws, world);
        for (const [length, raw] of raws.entries()) {
          raw.write(frame(opcodes.binary, new Uint8Array(length), false));
          raw.write(times(20_000, frame(opcodes.continuation, new Uint8Array(length), false)));
        }
        await world.goOn(() => world.server.connections === 1);
        for (const raw of raws) expect(answered(await raw.received)).toEqual([101, 1008]);
      });
    });

    const { deflate } = adapter;
    if (deflate !== undefined) {
      it("that sends little data that decompresses to a lot", async () => {
        const extensions = [deflate];
        await withNeighbours(adapter, { extensions, limits: { message: mebibyte } }, async (world) => {
          const client = await adapter.connect(world.server.url, { extensions });
          const end = next(client, "close");
          client.send(new Uint8Array(16 * mebibyte));
          await world.goOn(() => world.server.connections === 1);
          expect((await end).code).toBe(1009);
          expect(world.bad[0]!.statistics.bytesReceived < 65_536).toBe(true);
        });
      });
    }

    if (deflate !== undefined) {
      it("that sends little data that decompresses to many messages of 1 MiB: few are emitted per turn [A08]", async () => {
        const extensions = [deflate];
        await withNeighbours(adapter, { extensions }, async (world) => {
          const raws = await open(4, world);
          const offer = new TextEncoder().encode("Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n");
          for (const raw of raws) {
            raw.write(handwrittenRequest.subarray(0, -2));
            raw.write(offer);
          }
          await world.goOn(() => world.bad.length === raws.length);
          expect(world.bad.map((socket) => socket.extensions)).toEqual(raws.map(() => "permessage-deflate"));
          const each = 50;
          for (const raw of raws) raw.write(times(each, compressed(deflate, new Uint8Array(mebibyte))));
          const most = await mostBetween(world, each * raws.length);
          expect(most <= 48).toBe(true);
          for (const raw of raws) raw.drop();
          await world.goOn(() => world.server.connections === 1);
        });
      });
    }

    it("that resets the connection in the middle of a message", async () => {
      await withNeighbours(adapter, {}, async (world) => {
        const raws = await open(10, world);
        const half = frame(opcodes.text, new Uint8Array(1_000)).subarray(0, 500);
        for (const raw of raws) {
          raw.pause();
          raw.write(handwrittenRequest);
          raw.write(half);
        }
        const isHalfway = ({ statistics }: { statistics: { bytesReceived: number } }): boolean =>
          statistics.bytesReceived === half.length;
        await world.goOn(() => world.bad.length === raws.length && world.bad.every(isHalfway));
        const ends = Promise.all(world.bad.map((socket) => next(socket, "close")));
        for (const raw of raws) raw.drop();
        expect((await ends).map(({ code }) => code)).toEqual(raws.map(() => 1006));
        await world.goOn(() => world.server.connections === 1);
      });
    });

    it("that repeatedly opens more connections than allowed, and drops them", async () => {
      await withNeighbours(adapter, { maxConnections: 10 }, async (world) => {
        for (let round = 0; round < 10; round++) {
          const before = world.bad.length;
          let refused = 0;
          const raws = await open(20, world);
          for (const raw of raws) {
            void raw.received.then((bytes) => {
              if (answered(bytes)[0] === 503) refused++;
            });
            raw.write(handwrittenRequest);
          }
          await world.goOn(() => world.bad.length - before + refused === raws.length);
          expect(refused >= 11).toBe(true);
          for (const raw of raws) raw.drop();
          await world.goOn(() => world.server.connections === 1);
        }
      });
    });
  });

  /**
   * The largest number of the bad clients' messages delivered between two replies to the good one, until all `count`
   * have arrived.
   */
  async function mostBetween(world: Neighbourhood, count: number): Promise<number> {
    let last = 0;
    let most = 0;
    await world.goOn(() => {
      const now = world.bad.reduce((sum, { statistics }) => sum + statistics.messagesReceived, 0);
      most = Math.max(most, now - last);
      last = now;
      return last === count;
    });
    return most;
  }

  /** Floods until `isOver()`, and returns the largest number of bytes queued for the client. */
  async function floodWithPings(world: Neighbourhood, isOver: () => boolean): Promise<number> {
    const [raw] = (await open(1, world)) as [RawConnection];
    raw.pause();
    await accept([raw], world);
    const pings = times(1_000, frame(opcodes.ping, new Uint8Array(100)));
    for (let count = 0; count < 200; count++) raw.write(pings);
    let most = 0;
    await world.goOn(() => {
      most = Math.max(most, world.bad[0]?.statistics.bufferedLength ?? 0);
      return isOver();
    });
    raw.drop();
    await world.goOn(() => world.server.connections === 1);
    return most;
  }
}
