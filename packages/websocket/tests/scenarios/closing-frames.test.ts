/** A close is clean when both Close frames have been exchanged (RFC 6455 §7.1.4): the peer's was read, and ours was written. */
import { Endpoint, plainAgreement } from "@hybi/core";
import { encodeFrame } from "@hybi/core/frame";
import { describe, expect, it } from "vitest";
import { silentListener } from "../../src/pump/listener.ts";
import { Pump } from "../../src/pump/pump.ts";
import { fromMessagePort } from "../../src/transport/from-message-port.ts";
import { fromStreams } from "../../src/transport/from-streams.ts";
import { createTransportPair } from "../../src/transport/pair.ts";
import type { Transport, TransportSink } from "../../src/transport/transport.ts";
import { TestClock, turn, until } from "../support/clock.ts";
import { story, World } from "../support/link.ts";

const random = (target: Uint8Array) => void crypto.getRandomValues(target as Uint8Array<ArrayBuffer>);

/** A transport that keeps what is written until `flush`. */
class SlowTransport implements Transport {
  readonly calls: string[] = [];
  sink!: TransportSink;
  /** Whether `drain` is called within `write`. */
  isFast = false;

  start(sink: TransportSink): void {
    this.sink = sink;
  }
  write(): void {
    this.calls.push("write");
    if (this.isFast) this.sink.drain();
  }
  end(): void {
    this.calls.push("end");
  }
  abort(): void {
    this.calls.push("abort");
  }
  pause(): void {}
  resume(): void {}
}

function opened(role: "client" | "server" = "server") {
  const transport = new SlowTransport();
  const clock = new TestClock();
  const ends: string[] = [];
  const endpoint = Endpoint.fromAgreement(plainAgreement(role), { random });
  const listener = {
    ...silentListener,
    end: (clean: boolean, code: number, reason: string) =>
      ends.push(`${clean ? "clean" : "unclean"} ${code} ${reason}`),
  };
  const pump = new Pump({ endpoint, transport, listener, clock, deadlines: { closing: 1_000 } });
  pump.start();
  const maskingKey = role === "server" ? 1 : undefined;
  const payload = Uint8Array.of(0x0f, 0xa0, 0x62, 0x79, 0x65);
  const close = (): Uint8Array => encodeFrame({ opcode: 0x8, payload, maskingKey });
  return { transport, sink: transport.sink, clock, ends, endpoint, pump, close };
}

const both = ["server", "client"] as const;

describe("a connection whose Close frame was not written ends unclean with the peer's code", () => {
  it.each(both)("for a %s whose transport takes nothing more, when the deadline aborts it [R18]", async (role) => {
    const { sink, endpoint, pump, ends, close, clock, transport } = opened(role);
    endpoint.sendBinary(new Uint8Array(1_000_000));
    pump.requestFlush();
    await turn();
    sink.data(close());
    await turn();
    expect([endpoint.state, ends]).toEqual(["close-received", []]);
    await clock.advance(1_000);
    expect(transport.calls.at(-1)).toBe("abort");
    expect(ends).toEqual(["unclean 4000 bye"]);
  });

  it.each(both)("for a %s whose last write, which contains it, is never confirmed [R18]", async (role) => {
    for (const peerEnds of [false, true]) {
      const { sink, endpoint, ends, close, clock } = opened(role);
      sink.data(close());
      if (peerEnds) sink.end();
      await turn();
      expect([endpoint.state, ends]).toEqual(["closed", []]);
      await clock.advance(1_000);
      expect(ends).toEqual(["unclean 4000 bye"]);
    }
  });

  it.each(both)("for a %s whose transport is closed or lost before, or that aborts it [R18]", async (role) => {
    const ways: readonly ((world: ReturnType<typeof opened>) => void)[] = [
      ({ sink }) => sink.close(),
      ({ sink }) => {
        sink.error(new Error("reset"));
        sink.close();
      },
      ({ sink }) => {
        sink.end();
        sink.close();
      },
      ({ pump }) => pump.abort(),
    ];
    for (const end of ways) {
      for (const isTaken of [false, true]) {
        const world = opened(role);
        world.sink.data(world.close());
        if (isTaken) await turn();
        end(world);
        await turn();
        expect(world.ends).toEqual(["unclean 4000 bye"]);
      }
    }
  });

  it.each(both)("for a %s that closes itself, when its Close frame crosses the peer's [R18]", async (role) => {
    const { sink, endpoint, pump, ends, close } = opened(role);
    endpoint.sendClose(1000);
    pump.requestFlush();
    await turn();
    sink.data(close());
    sink.end();
    await turn();
    expect(ends).toEqual([]);
    sink.close();
    await turn();
    expect(ends).toEqual(["unclean 4000 bye"]);
  });
});

describe("a connection whose Close frame was written ends clean", () => {
  it.each(both)(
    "for a %s whose peer ends its half with its Close frame, reported once ours was written [R18]",
    async (role) => {
      const { sink, ends, close, transport, clock } = opened(role);
      sink.data(close());
      sink.end();
      await turn();
      expect([transport.calls[0], ends]).toEqual(["write", []]);
      await clock.advance(999);
      sink.drain();
      await turn();
      expect(ends).toEqual(["clean 4000 bye"]);
      expect(transport.calls).toEqual(["write", "end"]);
      sink.close();
      await turn();
      expect(ends).toHaveLength(1);
      expect(clock.due).toEqual([]);
    },
  );

  it.each(both)(
    "for a %s that has messages queued before it, and whose writes are confirmed within the call [R18]",
    async (role) => {
      const { sink, ends, close, transport, endpoint, pump } = opened(role);
      transport.isFast = true;
      endpoint.sendBinary(new Uint8Array(500_000));
      sink.data(close());
      pump.requestFlush();
      sink.end();
      await turn();
      expect(transport.calls).toEqual(["write", "write", "write", "write", "end"]);
      expect(ends).toEqual(["clean 4000 bye"]);
    },
  );

  it.each(both)("for a %s whose transport is aborted only afterwards [R18]", async (role) => {
    const { sink, ends, close, pump, transport } = opened(role);
    sink.data(close());
    await turn();
    sink.drain();
    pump.abort();
    await turn();
    expect(transport.calls).toContain("abort");
    expect(ends).toEqual(["clean 4000 bye"]);
  });

  it("unless the peer ends its half without a Close frame, which ends it unclean at once [R18]", async () => {
    const { sink, ends, endpoint, pump } = opened();
    endpoint.sendBinary(new Uint8Array(500_000));
    pump.requestFlush();
    await turn();
    sink.end();
    expect(ends).toEqual(["unclean 1006 "]);
  });
});

describe("a transport of this package confirms the write of a Close frame before it reports its close", () => {
  const ports = (): [Transport, Transport] => {
    const { port1, port2 } = new MessageChannel();
    return [fromMessagePort(port1), fromMessagePort(port2)];
  };
  const streams = (): [Transport, Transport] => {
    const there = new TransformStream<Uint8Array, Uint8Array>();
    const back = new TransformStream<Uint8Array, Uint8Array>();
    return [
      fromStreams({ readable: back.readable, writable: there.writable }),
      fromStreams({ readable: there.readable, writable: back.writable }),
    ];
  };
  const kinds: readonly (readonly [string, () => readonly [Transport, Transport]])[] = [
    ["in memory", () => createTransportPair()],
    ["in memory, byte by byte", () => createTransportPair({ chunkSize: 1 })],
    ["over a port", ports],
    ["over streams", streams],
  ];

  for (const [name, make] of kinds) {
    it.each(both)(`${name}, to a %s whose peer has ended its half with its Close frame [R18]`, async (role) => {
      const [near, far] = make();
      const ends: string[] = [];
      const endpoint = Endpoint.fromAgreement(plainAgreement(role), { random });
      const listener = { ...silentListener, end: (clean: boolean, code: number) => ends.push(`${clean} ${code}`) };
      new Pump({ endpoint, transport: near, listener, clock: new TestClock() }).start();
      const received: number[] = [];
      let isOver = false;
      const sink: TransportSink = {
        data: (chunk) => received.push(...chunk),
        drain() {},
        end() {},
        error() {},
        close() {
          isOver = true;
        },
      };
      far.start(sink);
      far.write([
        encodeFrame({ opcode: 0x8, payload: Uint8Array.of(0x03, 0xe8), maskingKey: role === "server" ? 1 : undefined }),
      ]);
      far.end();
      await until(() => isOver && ends.length === 1);
      expect(received[0]).toBe(0x88);
      expect(ends).toEqual(["true 1000"]);
    });
  }
});

describe("a socket", () => {
  it("whose peer stops reading and closes ends unclean with the peer's code, and keeps counting unsent bytes [R18]", async () => {
    const world = new World({ server: { deadlines: { closing: 1_000 } } });
    const { client, server } = await world.connected();
    const events = story(server);
    client.pause();
    await turn();
    server.send(new Uint8Array(3_000_000));
    server.send(new Uint8Array(500_000));
    await turn();
    const { bufferedAmount } = server;
    world.near[0]?.write([encodeFrame({ opcode: 0x8, payload: Uint8Array.of(0x03, 0xe8), maskingKey: 1 })]);
    await until(() => server.readyState === 2);
    await world.clock.advance(1_000);
    expect(events).toEqual(["close 3 1000 unclean"]);
    expect(server.bufferedAmount).toBe(bufferedAmount);
  });
});
