/**
 * All connections of a server together stay within one memory budget, however many hostile clients there are: in memory,
 * without a clock.
 */
import type { Extension } from "@hybi/core";
import { encodeFrame, opcodes } from "@hybi/core/frame";
import type { Fields } from "@hybi/core/opening";
import { describe, expect, it } from "vitest";
import { MemoryBudget } from "../../src/load/memory-budget.ts";
import type { IncomingOpening } from "../../src/server/incoming-opening.ts";
import type { ConnectStream } from "../../src/server/pending-connect.ts";
import { type ServerOptions, WebSocketServer } from "../../src/server/server.ts";
import type { WebSocket } from "../../src/socket/websocket.ts";
import { createTransportPair } from "../../src/transport/pair.ts";
import { HandClient, never, UnreadBlob } from "../support/by-hand.ts";
import { TestClock, turn } from "../support/clock.ts";
import { clientRequest } from "../support/http.ts";
import { story } from "../support/link.ts";

const maskingKey = 0x0102_0304;
const head = (path: string): string => new TextDecoder().decode(clientRequest(path));

/** A hand-written client that sends data. It reads nothing while it is paused. */
class Client extends HandClient {
  /** The status code of a Close frame that directly follows the opening response. */
  get closeCode(): number | undefined {
    const [first, , high = 0, low = 0] = this.received.slice(this.text.indexOf("\r\n\r\n") + 4);
    return first === 0x88 ? (high << 8) | low : undefined;
  }

  send(length: number): void {
    this.write(encodeFrame({ opcode: opcodes.binary, payload: new Uint8Array(length), maskingKey }));
  }

  /** Sends a part of a message that never ends. */
  trickle(length: number): void {
    const opcode = this.#begun ? opcodes.continuation : opcodes.binary;
    this.#begun = true;
    this.write(encodeFrame({ opcode, payload: new Uint8Array(length), final: false, maskingKey }));
  }
  #begun = false;
}

/** The handlers by path. */
const handlers: Readonly<Record<string, (opening: IncomingOpening) => unknown>> = {
  "/echo": (opening) => {
    const socket = opening.accept();
    socket.onmessage = ({ data }) => socket.send(data);
  },
  "/loop": async (opening) => {
    const socket = opening.accept();
    const end = new Promise((resolve) => socket.addEventListener("close", resolve));
    for await (const _ of socket) await end;
  },
  "/stuck": async (opening) => {
    for await (const _ of opening.accept()) await never;
  },
  "/unheard": (opening) => opening.accept(),
  "/stream": (opening) => opening.acceptStream(),
  "/blobs": (opening) => {
    const socket = opening.accept();
    socket.onmessage = () => socket.send(new UnreadBlob([new Uint8Array(10_000)]));
  },
  "/thinks": () => never,
};

function setUp(options: ServerOptions = {}) {
  const clock = new TestClock();
  const errors: unknown[] = [];
  const asked: string[] = [];
  const handler = (opening: IncomingOpening): unknown => {
    asked.push(opening.request.resourceName);
    return handlers[opening.request.resourceName]?.(opening);
  };
  const server = new WebSocketServer(handler, {
    runtime: { clock },
    onError: (error) => errors.push(error),
    ...options,
  });
  const come = (): Client => {
    const client = new Client();
    server.receive(client.far);
    return client;
  };
  return { asked, clock, errors, server, come };
}

/** A budget that may be used completely, however fast data arrives. */
function allOf(limit: number, clock?: TestClock): MemoryBudget {
  const budget = new MemoryBudget(limit, clock);
  budget.shareUnderLoad = 1;
  return budget;
}

describe("server.totals", () => {
  it.each<[string, (come: () => Client) => Promise<unknown>, number]>([
    [
      "a head that arrives slowly",
      async (come) => {
        const client = come();
        for (let count = 0; count < 6; count++) client.write(count === 0 ? "GET / HTTP/1.1\r\nX: y" : "x".repeat(600));
      },
      3_000,
    ],
    [
      "a request that a handler is processing",
      async (come) => {
        const client = come();
        client.write(head("/thinks").replace("\r\n\r\n", `\r\nX: ${"x".repeat(3_000)}\r\n\r\n`));
      },
      3_000,
    ],
    [
      "early data",
      async (come) => {
        const client = come();
        client.write(head("/thinks"));
        client.send(3_000);
      },
      3_000,
    ],
    ["a message in progress", async (come) => (await come().open("/echo")).trickle(3_000), 3_000],
    ["messages queued for a loop", async (come) => sendMany(await come().open("/loop")), 3_000],
    ["messages without a listener", async (come) => sendMany(await come().open("/unheard")), 3_000],
    ["messages queued for the reader of a stream", async (come) => sendMany(await come().open("/stream")), 3_000],
    ["messages queued behind a Blob", async (come) => sendMany(await come().open("/blobs")), 30_000],
    [
      "output that the peer does not read",
      async (come) => {
        const client = await come().open("/echo");
        client.near.pause();
        sendMany(client);
      },
      3_000,
    ],
  ])("counts %s, and falls back to zero once the client has left [A18]", async (_, hold, least) => {
    const { server, come, clock } = setUp();
    const clients: Client[] = [];
    expect(server.totals).toMatchObject({
      connections: 0,
      held: 0,
      budget: 268_435_456,
      rested: 0,
      shed: 0,
    });
    await hold(() => {
      const client = come();
      clients.push(client);
      return client;
    });
    await turn();
    expect(server.totals.connections).toBe(1);
    expect(server.totals.held).toBeGreaterThanOrEqual(least);
    // The 64 KiB block that contains queued output is held as a whole.
    expect(server.totals.held).toBeLessThan(4 * least + 66_000);
    clients[0]?.near.abort();
    await turn();
    const closing = server.close({ timeout: 0 });
    await clock.advance(100);
    await closing;
    await turn();
    expect(server.totals).toMatchObject({ connections: 0, held: 0 });
  });

  function sendMany(client: Client): void {
    for (let count = 0; count < 10; count++) client.send(500);
  }

  it("falls as a loop takes queued messages, though nothing is sent or received [A18]", async () => {
    const taken: (() => void)[] = [];
    const slow = new WebSocketServer(
      async (opening) => {
        for await (const _ of opening.accept()) await new Promise<void>((resolve) => taken.push(resolve));
      },
      { runtime: { clock: new TestClock() } },
    );
    const client = new Client();
    slow.receive(client.far);
    await client.open("/");
    for (let count = 0; count < 5; count++) client.send(1_000);
    await turn();
    const before = slow.totals.held;
    expect(before).toBeGreaterThan(3_900);
    for (let count = 0; count < 4; count++) {
      taken.shift()?.();
      await turn();
    }
    expect(slow.totals.held).toBe(0);
  });

  it("covers all servers that share a budget [A18]", async () => {
    const memoryBudget = new MemoryBudget(1_000_000);
    const one = setUp({ memoryBudget });
    const other = setUp({ memoryBudget });
    (await one.come().open("/echo")).trickle(5_000);
    (await other.come().open("/echo")).trickle(5_000);
    await turn();
    expect(one.server.totals.held).toBeGreaterThan(10_000);
    expect(other.server.totals).toMatchObject({ held: one.server.totals.held, budget: 1_000_000, connections: 1 });
  });
});

describe("a server that is short of memory", () => {
  it("rejects new clients before it closes existing ones, and admits them again once there is room [A18]", async () => {
    const { server, come } = setUp({ memoryBudget: allOf(1_000_000) });
    const clients = await Promise.all(Array.from({ length: 8 }, () => come().open("/echo")));
    for (const client of clients) client.trickle(100_000);
    await turn();
    expect(server.totals.held).toBeGreaterThan(750_000);
    const late = await come().open("/echo");
    expect(late.status).toBe("503");
    expect(server.totals).toMatchObject({ refusals: { memory: 1 }, shed: 0, connections: 8 });
    clients[0]?.near.abort();
    clients[1]?.near.abort();
    await turn();
    expect((await come().open("/echo")).status).toBe("101");
  });

  it("pauses the connections that hold most and move least, and resumes once others have released memory [A18]", async () => {
    const { server, come, clock } = setUp({ memoryBudget: allOf(1_000_000) });
    const large = await come().open("/echo");
    const others = await Promise.all(Array.from({ length: 7 }, () => come().open("/echo")));
    large.trickle(400_000);
    await turn();
    for (const other of others) other.trickle(70_000);
    await turn();
    expect(server.totals).toMatchObject({ rested: 1, shed: 0 });
    const before = server.totals.held;
    large.trickle(100_000);
    await turn();
    expect(server.totals.held).toBeLessThan(before + 70_000);
    expect(large.far.bytesInFlight + large.near.bytesInFlight).toBeGreaterThan(90_000);
    for (const other of others.slice(0, 4)) other.near.abort();
    await turn();
    expect(large.near.bytesInFlight).toBe(0);
    expect(server.totals.held).toBeGreaterThan(500_000);
    expect(server.totals.shed).toBe(0);
    expect(clock.reported).toEqual([]);
  });

  it("uses half of its budget while much data arrives, and all of it again afterwards [A18]", async () => {
    const clock = new TestClock();
    const { server, come } = setUp({ runtime: { clock }, memoryBudget: 1_000_000 });
    const clients = await Promise.all(Array.from({ length: 4 }, () => come().open("/echo")));
    for (const client of clients) client.trickle(100_000);
    await turn();
    expect(server.totals.held).toBeGreaterThan(375_000);
    expect((await come().open("/echo")).status).toBe("503");
    await clock.advance(2_000);
    expect((await come().open("/echo")).status).toBe("101");
    for (const client of clients.slice(0, 3)) {
      await clock.advance(2_000);
      client.trickle(100_000);
      await turn();
    }
    expect(server.totals).toMatchObject({ rested: 0, shed: 0, refusals: { memory: 1 } });
    expect(server.totals.held).toBeGreaterThan(650_000);
    expect((await come().open("/echo")).status).toBe("101");
  });

  it("resumes paused connections when less data arrives [A18]", async () => {
    const clock = new TestClock();
    const { server, come } = setUp({ runtime: { clock }, memoryBudget: 1_000_000 });
    const clients = await Promise.all(Array.from({ length: 5 }, () => come().open("/echo")));
    for (const client of clients) client.trickle(95_000);
    await turn();
    expect(server.totals).toMatchObject({ shed: 0 });
    expect(server.totals.rested).toBeGreaterThan(0);
    await clock.advance(2_000);
    clients[0]?.near.abort();
    await turn();
    for (const client of clients.slice(1)) client.write(encodeFrame({ opcode: opcodes.continuation, maskingKey }));
    await turn();
    expect(clients.slice(1).map(({ received }) => received.length > 90_000)).toEqual([true, true, true, true]);
  });

  it("reads no further of those who hold most, before load that others bring ends anybody [A18]", async () => {
    const clock = new TestClock();
    const { server, come } = setUp({ runtime: { clock }, memoryBudget: new MemoryBudget(1_000_000, clock) });
    const quiet = await Promise.all(Array.from({ length: 3 }, () => come().open("/echo")));
    const lively = await come().open("/echo");
    for (const client of quiet) {
      await clock.advance(3_000);
      client.trickle(180_000);
      await turn();
    }
    await clock.advance(3_000);
    expect(server.totals).toMatchObject({ rested: 0, shed: 0 });
    lively.near.pause();
    for (let count = 0; count < 8; count++) {
      for (let message = 0; message < 10; message++) lively.send(4_000);
      await turn();
      lively.near.resume();
      await turn();
      lively.near.pause();
    }
    expect(server.totals).toMatchObject({ shed: 0, connections: 4 });
    expect(server.totals.rested).toBeGreaterThan(0);
  });

  it("drops a connection that has ended and whose output nobody reads, and counts it until then [A18]", async () => {
    const { server, come, clock } = setUp({ memoryBudget: 1_000_000 });
    const half = await Promise.all(Array.from({ length: 2 }, () => come().open("/echo")));
    for (const client of half) {
      client.near.pause();
      for (let count = 0; count < 3; count++) client.send(50_000);
    }
    await turn();
    for (const client of half) client.near.end();
    await turn();
    expect(server.sockets.size).toBe(0);
    expect(server.totals).toMatchObject({ connections: 2 });
    expect(server.totals.held).toBeGreaterThan(200_000);
    const hungry = await Promise.all(Array.from({ length: 3 }, () => come().open("/echo")));
    for (const client of hungry) client.trickle(150_000);
    await turn();
    for (const client of hungry) client.trickle(150_000);
    await turn();
    expect(half.map(({ isClosed }) => isClosed)).toEqual([true, true]);
    for (const client of hungry) client.near.abort();
    await turn();
    expect(server.totals).toMatchObject({ connections: 0, held: 0 });
    expect(clock.reported).toEqual([]);
  });

  it("sheds connections that stagnate below their share, and not those that move above it [A18]", async () => {
    const clock = new TestClock();
    const deadlines = { ping: 3_600_000, message: 3_600_000 };
    const { server, come } = setUp({
      runtime: { clock },
      memoryBudget: allOf(1_000_000, clock),
      deadlines,
      openingsPerAddress: 1_000,
    });
    const moving = await Promise.all(Array.from({ length: 3 }, () => come().open("/echo")));
    const stagnant = await Promise.all(Array.from({ length: 30 }, () => come().open("/echo")));
    for (const client of stagnant) client.trickle(22_000);
    await turn();
    const begun = moving.map(({ received }) => received.length);
    const last = encodeFrame({ opcode: opcodes.continuation, maskingKey });
    for (let round = 0; round < 20; round++) {
      const length = round < 8 ? 20_000 : 120_000;
      await clock.advance(1_000);
      for (const client of moving)
        client.write(encodeFrame({ opcode: 2, payload: new Uint8Array(length), final: false, maskingKey }));
      await turn();
      for (const client of moving) client.write(last);
      await turn();
    }
    expect(moving.map(({ received }, index) => received.length - (begun[index] ?? 0) > 12 * 120_000)).toEqual([
      true,
      true,
      true,
    ]);
    expect(moving.map(({ isClosed }) => isClosed)).toEqual([false, false, false]);
    expect(stagnant.some(({ closeCode }) => closeCode === 1013)).toBe(true);
    expect(server.totals.shed).toBeLessThan(30);
  });

  it("counts messages that a loop has not taken when its client has left, and discards them when memory is short [A01] [A18]", async () => {
    const { server, come, errors } = setUp({ memoryBudget: allOf(1_000_000) });
    for (let count = 0; count < 3; count++) {
      const client = await come().open("/stuck");
      client.send(1);
      client.send(200_000);
      await turn();
      client.near.abort();
      await turn();
    }
    expect(server.totals.connections).toBe(0);
    expect(server.totals.held).toBeGreaterThan(600_000);
    const late = await come().open("/stuck");
    late.trickle(450_000);
    await turn();
    expect(server.totals.shed).toBeGreaterThan(0);
    expect(server.totals.held).toBeLessThanOrEqual(750_000);
    late.near.abort();
    await turn();
    expect(errors).toEqual([]);
  });

  it("drops at the timeout of close() a connection that has ended and whose output nobody reads [A10]", async () => {
    const { server, come, clock } = setUp();
    const client = await come().open("/echo");
    client.near.pause();
    for (let count = 0; count < 3; count++) client.send(50_000);
    await turn();
    client.near.end();
    await turn();
    let isOver = false;
    void server.close({ timeout: 300 }).then(() => (isOver = true));
    await turn();
    expect(isOver).toBe(false);
    await clock.advance(301);
    await turn();
    expect([isOver, client.isClosed]).toEqual([true, true]);
  });

  it("goes on when what ends a connection throws, and ends that one [A04] [A18]", async () => {
    const broken: Extension = {
      ...{ name: "x-broken", rsv: 0x40, offers: () => [], checkAnswer: () => undefined, answer: () => [] },
      createTransform: () => ({
        beginDecode: () => false,
        decode: () => undefined,
        endDecode: () => undefined,
        beginEncode: () => undefined,
        encode: () => {},
        endEncode: () => {},
        release: () => {
          throw new Error("it cannot be released");
        },
      }),
    };
    const { server, come, errors } = setUp({ memoryBudget: allOf(1_000_000), extensions: [broken] });
    const offered = head("/unheard").replace("\r\n\r\n", "\r\nSec-WebSocket-Extensions: x-broken\r\n\r\n");
    for (let round = 0; round < 3; round++) {
      const clients = Array.from({ length: 4 }, () => come());
      for (const client of clients) client.write(offered);
      await turn();
      for (const client of clients) client.trickle(300_000);
      await turn();
      expect(server.totals.held).toBeLessThanOrEqual(1_000_000);
      expect(clients.some(({ isClosed, closeCode }) => isClosed || closeCode === 1013)).toBe(true);
      for (const client of clients) client.near.abort();
      await turn();
      expect(server.totals).toMatchObject({ connections: 0, held: 0 });
    }
    expect(errors.length).toBeGreaterThan(0);
  });

  it("is not deceived by a buffer that a listener transfers while it waits for a loop [A01]", async () => {
    const handler = async (opening: IncomingOpening): Promise<void> => {
      const socket = opening.accept();
      socket.onmessage = ({ data }) => structuredClone(data, { transfer: [data as ArrayBuffer] });
      for await (const _ of socket.messages()) await turn();
    };
    const server = new WebSocketServer(handler, { runtime: { clock: new TestClock() } });
    const client = new Client();
    server.receive(client.far);
    await client.open("/");
    for (let count = 0; count < 50; count++) client.send(4_000);
    for (let count = 0; count < 60; count++) await turn();
    expect([...server.sockets][0]?.statistics.messagesReceived).toBe(50);
    expect(server.totals.held).toBe(0);
    expect(client.near.bytesInFlight).toBe(0);
  });

  it("keeps a place from nobody for an upgrade that it has refused [A18]", async () => {
    const { server, come } = setUp({ maxConnections: 1 });
    const open = await come().open("/echo");
    const refused = new Client();
    server.receiveUpgrade(refused.far, { method: "GET", target: "/", httpVersion: "HTTP/1.1", fields: [] } as never);
    await turn();
    expect(refused.status).toBe("503");
    expect(server.totals.connections).toBe(1);
    open.near.abort();
    await turn();
    expect((await come().open("/echo")).status).toBe("101");
  });

  it("requests a garbage collection for each 64th of its budget that arrives, if the host can collect [A18]", async () => {
    const memoryBudget = new MemoryBudget(640_000);
    let collections = 0;
    memoryBudget.collect = () => void collections++;
    const { come } = setUp({ memoryBudget });
    const client = await come().open("/echo");
    for (let count = 1; count <= 10; count++) {
      client.trickle(11_000);
      await turn();
      expect(collections).toBe(count);
    }
  });

  it("pauses no connection forever: those that hold memory and cannot move make room for others [A18]", async () => {
    const clock = new TestClock();
    const { server, come } = setUp({
      runtime: { clock },
      memoryBudget: allOf(1_000_000, clock),
      deadlines: { ping: 3_600_000, opening: 3_600_000 },
    });
    const clients = await Promise.all(Array.from({ length: 9 }, () => come().open("/echo")));
    for (const client of clients) client.trickle(100_000);
    await turn();
    expect(server.totals.rested).toBeGreaterThan(0);
    await clock.advance(11_000);
    await turn();
    expect(server.totals.shed).toBeGreaterThan(0);
    expect(server.totals.held).toBeLessThanOrEqual(750_000);
    const left = clients.filter(({ closeCode }) => closeCode === undefined);
    expect(left.length).toBeGreaterThan(3);
    // The remaining connections are read again.
    for (const client of left) client.write(encodeFrame({ opcode: opcodes.continuation, maskingKey }));
    await turn();
    expect(left.filter(({ received }) => received.length > 90_000)).toEqual(left);
  });

  it("closes connections that read with 1013 and an error with the reason, and aborts the others [A18]", async () => {
    const { server, come } = setUp({ memoryBudget: 300_000 });
    const trickling = await come().open("/unheard");
    const events = story([...server.sockets][0] as WebSocket);
    trickling.trickle(320_000);
    await turn();
    expect(trickling.closeCode).toBe(1013);
    expect(server.totals).toMatchObject({ shed: 1 });
    expect(server.totals.held).toBeLessThan(1_000);
    trickling.near.abort();
    await turn();
    expect(events).toEqual([expect.stringMatching(/^error 3 The server's memory budget/), "close 3 1006 unclean"]);

    const deaf = await come().open("/echo");
    deaf.near.pause();
    for (let count = 0; count < 8; count++) deaf.send(50_000);
    await turn();
    expect(deaf.isClosed).toBe(true);
    expect(server.totals).toMatchObject({ connections: 0, held: 0, shed: 2 });
  });

  it.each(["/loop", "/stream", "/blobs"])("releases what is queued at %s [A18]", async (path) => {
    const { server, come, errors } = setUp({ memoryBudget: 30_000 });
    const client = await come().open(path);
    for (let count = 0; count < 10; count++) client.send(5_000);
    await turn();
    expect(server.totals.shed).toBe(1);
    expect(client.closeCode).toBe(1013);
    expect(server.totals.held).toBeLessThan(1_000);
    client.near.abort();
    await turn();
    expect(server.totals).toMatchObject({ connections: 0, held: 0 });
    expect(errors).toEqual([]);
  });

  it("rejects an opening that holds too much with 503, and aborts one whose head is incomplete [A18]", async () => {
    const { server, come, clock } = setUp({ memoryBudget: 10_000 });
    const asking = come();
    asking.write(head("/thinks").replace("\r\n\r\n", `\r\nX: ${"x".repeat(5_000)}\r\n\r\n`));
    asking.send(6_000);
    await turn();
    expect(asking.status).toBe("503");
    const other = setUp({ memoryBudget: 10_000 });
    const trickling = other.come();
    for (let count = 0; count < 24; count++) {
      trickling.write(count === 0 ? "GET / HTTP/1.1\r\n" : `X: ${"x".repeat(600)}\r\n`);
    }
    await turn();
    expect(trickling.isClosed).toBe(true);
    expect(other.server.totals).toMatchObject({ connections: 0, held: 0, shed: 1 });
    const closing = server.close({ timeout: 0 });
    await clock.advance(100);
    await closing;
    expect(server.totals.held).toBe(0);
  });

  it("stays within its budget and serves well-behaved clients among many hostile clients of every kind [A18]", async () => {
    const budget = 1_000_000;
    const limits = { message: 200_000, queuedOutput: 200_000, earlyData: 60_000 };
    const { server, come, clock, errors } = setUp({ memoryBudget: budget, limits, openingsPerAddress: 1_000 });
    const innocents = await Promise.all(Array.from({ length: 10 }, () => come().open("/echo")));
    const answered = innocents.map(({ received }) => received.length);
    const kinds: readonly (() => (round: number) => void)[] = [
      () => {
        const client = come();
        client.write(head("/echo"));
        return (round) => {
          if (round === 1) client.near.pause();
          client.send(round % 2 === 0 ? 3_000 : 1);
        };
      },
      () => {
        const client = come();
        client.write(head("/echo"));
        return () => client.trickle(2_000);
      },
      () => {
        const client = come();
        client.write(head("/echo"));
        return () => {
          for (let count = 0; count < 20; count++) client.trickle(1);
        };
      },
      ...["/loop", "/unheard", "/stream", "/blobs"].map((path) => () => {
        const client = come();
        client.write(head(path));
        return (round: number) => {
          for (let count = 0; count < 10; count++) client.send(round % 3 === 0 ? 0 : 700);
        };
      }),
      () => {
        const client = come();
        client.write("GET / HTTP/1.1\r\n");
        return (round) => client.write(`X-${round}: ${"x".repeat(100)}\r\n`);
      },
      () => {
        const client = come();
        client.write(head("/thinks"));
        return () => client.send(500);
      },
    ];
    const begin = (): ((round: number) => void) => (kinds[hostile.length % kinds.length] as (typeof kinds)[number])();
    const hostile: ((round: number) => void)[] = [];
    const rounds = 50;
    let most = 0;
    for (let round = 0; round < rounds; round++) {
      for (let count = 0; count < 5; count++) hostile.push(begin());
      for (const attack of hostile) attack(round);
      for (const client of innocents) client.send(100);
      await new Promise((resolve) => setTimeout(resolve));
      most = Math.max(most, server.totals.held);
    }
    await turn();
    // What all of them send in one turn may come on top, until it is counted at the end of the turn.
    expect(most).toBeLessThan((budget / 2) * 1.1);
    expect(most).toBeGreaterThan(budget / 4);
    expect(server.totals.refusals.memory).toBeGreaterThan(0);
    expect(server.totals.shed).toBeGreaterThan(0);
    innocents.forEach(({ received, isClosed }, index) => {
      expect([received.length - (answered[index] ?? 0), isClosed]).toEqual([rounds * 102, false]);
    });
    const closing = server.close({ timeout: 0 });
    await clock.advance(100);
    await closing;
    await turn();
    expect(server.totals).toMatchObject({ connections: 0, held: 0 });
    expect(errors).toEqual([]);
  });
});

describe("an HTTP/2 request that a handler is processing", () => {
  const fields: Fields = [
    [":method", "CONNECT"],
    [":protocol", "websocket"],
    [":scheme", "https"],
    [":path", "/thinks"],
    [":authority", "a"],
    ["sec-websocket-version", "13"],
    ["x", "x".repeat(5_000)],
  ];
  const statuses: number[] = [];
  const requestStream = (): ConnectStream => ({
    accept: () => createTransportPair()[0],
    reject: ({ status }) => statuses.push(status),
    abort: () => {},
    onLost: undefined,
  });

  it("counts, and no longer once the client has left [A18]", () => {
    const { server } = setUp();
    const stream = requestStream();
    server.receiveStream(stream, fields);
    expect(server.totals.held).toBeGreaterThan(5_000);
    expect(server.totals.held).toBeLessThan(8_000);
    stream.onLost?.();
    expect(server.totals).toMatchObject({ connections: 0, held: 0 });
  });

  it("is rejected with 503 when it is too large, and the handler is not called [A18]", () => {
    const { server, asked } = setUp({ memoryBudget: 4_000 });
    server.receiveStream(requestStream(), fields);
    expect(statuses).toEqual([503]);
    expect(asked).toEqual([]);
    expect(server.totals).toMatchObject({ connections: 0, held: 0, shed: 1 });
  });
});

describe("the memoryBudget option", () => {
  it("is a number of bytes of at least 1, or a MemoryBudget; nothing else [A18]", () => {
    for (const memoryBudget of [0, -1, "1", null, {}]) {
      expect(() => setUp({ memoryBudget: memoryBudget as number })).toThrow(
        expect.objectContaining({ name: "UsageError" }),
      );
    }
    for (const limit of [0, -1, Number.NaN, "1", null]) {
      expect(() => new MemoryBudget(limit as number)).toThrow(expect.objectContaining({ name: "UsageError" }));
    }
    for (const clock of [null, 5, "5", {}, () => {}, { now: () => 0 }]) {
      expect(() => new MemoryBudget(7, clock as never)).toThrow(expect.objectContaining({ name: "UsageError" }));
    }
    expect(setUp({ memoryBudget: Number.POSITIVE_INFINITY }).server.totals.budget).toBe(Number.POSITIVE_INFINITY);
    expect(setUp({ memoryBudget: new MemoryBudget(7) }).server.totals.budget).toBe(7);
  });
});
