import type { Fields, StreamAnswer } from "@hybi/core/opening";
import { describe, expect, it } from "vitest";
import { TestClock, turn, until } from "../../tests/support/clock.ts";
import { codeOf } from "../../tests/support/failures.ts";
import { createTransportPair, type PairedTransport } from "../transport/pair.ts";
import type { IncomingOpening } from "./incoming-opening.ts";
import type { ConnectStream } from "./pending-connect.ts";
import { type ServerOptions, WebSocketServer } from "./server.ts";

const request: Fields = [
  [":method", "CONNECT"],
  [":protocol", "websocket"],
  [":scheme", "https"],
  [":path", "/chat"],
  [":authority", "example.com"],
  ["origin", "https://example.com"],
  ["sec-websocket-version", "13"],
];

/** A stream without a network: records how it was answered, and exposes the client's end of the accepted transport. */
class TestStream implements ConnectStream {
  onLost: (() => void) | undefined;
  readonly calls: string[] = [];
  near: PairedTransport | undefined;

  accept({ status }: StreamAnswer): PairedTransport {
    this.calls.push(`accept ${status}`);
    const [near, far] = createTransportPair();
    this.near = near;
    return far;
  }
  reject({ status }: StreamAnswer): void {
    this.calls.push(`reject ${status}`);
  }
  abort(): void {
    this.calls.push("abort");
  }
}

function setUp(handler: (opening: IncomingOpening) => unknown, options: ServerOptions = {}) {
  const clock = new TestClock();
  const server = new WebSocketServer(handler, { runtime: { clock }, ...options });
  const stream = new TestStream();
  return { clock, server, stream };
}

describe("a request from an Extended CONNECT", () => {
  it("is accepted with 200, and its socket exchanges messages over the stream [B04]", async () => {
    const { server, stream } = setUp((opening) => {
      expect(opening.url).toBe("wss://example.com/chat");
      opening.accept().send("hi");
    });
    server.receiveStream(stream, request, { secure: true });
    expect(server.sockets.size).toBe(1);
    const received: number[] = [];
    let ended = false;
    stream.near?.start({
      data: (chunk) => received.push(...chunk),
      drain() {},
      end: () => (ended = true),
      error() {},
      close() {},
    });
    await until(() => received.length > 0);
    expect([...stream.calls, ...received]).toEqual(["accept 200", 0x81, 2, 0x68, 0x69]);
    const closed = server.close();
    stream.near?.write([Uint8Array.of(0x88, 0x80, 0, 0, 0, 0)]);
    await until(() => ended);
    stream.near?.end();
    await closed;
    expect(server.connections).toBe(0);
  });

  it("is rejected with 500 when checkOrigin throws, and the error goes to onError [R03]", async () => {
    const told: unknown[] = [];
    let asked = 0;
    const checkOrigin = () => {
      throw new Error("mine");
    };
    const { server, stream } = setUp(() => asked++, { checkOrigin, onError: (error) => told.push(error) });
    server.receiveStream(stream, request);
    await until(() => told.length === 1);
    expect([stream.calls, asked, String(told[0]), server.connections]).toEqual([["reject 500"], 0, "Error: mine", 0]);
  });

  it("occupies a place in its session until it ends, in whatever way [A16]", async () => {
    const session = {};
    const handlers: ((opening: IncomingOpening) => unknown)[] = [
      (opening) => opening.accept(),
      (opening) => opening.acceptStream(),
      (opening) => opening.reject({ status: 404 }),
      () => new Promise(() => {}),
      () => Promise.reject(new Error("mine")),
    ];
    for (const handler of handlers) {
      const { server } = setUp(handler, { streamsPerSession: 1, onError: () => {} });
      const ask = (): TestStream => {
        const stream = Object.assign(new TestStream(), { session });
        server.receiveStream(stream, request);
        return stream;
      };
      const first = ask();
      if (server.connections === 1) {
        const refused = ask();
        await until(() => refused.calls.length > 0);
        expect(refused.calls).toEqual(["reject 503"]);
      }
      first.near?.abort();
      first.onLost?.();
      await until(() => server.connections === 0);
      const again = ask();
      expect(again.calls).not.toEqual(["reject 503"]);
      again.near?.abort();
      again.onLost?.();
      await until(() => server.connections === 0);
    }
    // A stream without a session, from an adapter that does not report sessions, has no such limit.
    const { server } = setUp((opening) => opening.accept(), { streamsPerSession: 1 });
    for (let count = 0; count < 3; count++) server.receiveStream(new TestStream(), request);
    expect(server.sockets.size).toBe(3);
  });

  it("can be accepted as a WebSocketStream too", async () => {
    const { server, stream } = setUp((opening) => opening.acceptStream());
    server.receiveStream(stream, request);
    expect([stream.calls, server.sockets.size, server.connections]).toEqual([["accept 200"], 0, 1]);
    stream.near?.abort();
    await until(() => server.connections === 0);
  });

  it.each([
    ["breaks a rule", request.slice(1), {}, 405, "opening/method-not-connect"],
    ["has a forbidden origin", request, { origins: ["https://other.example"] }, 403, "opening/origin-refused"],
  ] as const)("is rejected when it %s, and the failure is reported [B05]", (_, fields, options, status, code) => {
    const failures: unknown[] = [];
    const { server, stream } = setUp(() => expect.unreachable(), {
      ...options,
      onFailure: (failure) => failures.push(codeOf(failure)),
    });
    server.receiveStream(stream, fields);
    expect(stream.calls).toEqual([`reject ${status}`]);
    expect(failures).toEqual([code]);
    expect(server.connections).toBe(0);
  });

  it.each([
    ["does not respond", () => {}, 404, 0],
    ["fails", () => Promise.reject(new Error("oops")), 500, 1],
    ["rejects", (opening: IncomingOpening) => opening.reject({ status: 410 }), 410, 0],
  ])("is rejected when the handler %s [B06]", async (_, handler, status, reported) => {
    const { server, stream, clock } = setUp(handler);
    server.receiveStream(stream, request);
    await until(() => server.connections === 0);
    expect(stream.calls).toEqual([`reject ${status}`]);
    expect(clock.reported).toHaveLength(reported);
    expect(clock.due).toEqual([]);
  });

  it("is rejected with 503 when the handler takes too long, and a late response has no effect [R02]", async () => {
    let asked: IncomingOpening | undefined;
    const { server, stream, clock } = setUp((opening) => new Promise(() => (asked = opening)));
    server.receiveStream(stream, request);
    await clock.advance(10_000);
    expect(stream.calls).toEqual(["reject 503"]);
    expect(asked?.accept().readyState).toBe(2);
    expect(stream.calls).toEqual(["reject 503"]);
    expect(() => asked?.reject({ status: 404 })).toThrow(
      expect.objectContaining({ code: "endpoint/not-awaiting-answer" }),
    );
  });

  it("is closed with 1011 when the handler fails after accepting", async () => {
    const { server, stream, clock } = setUp((opening) => {
      opening.accept();
      throw new Error("oops");
    });
    server.receiveStream(stream, request);
    const received: number[] = [];
    stream.near?.start({ data: (chunk) => received.push(...chunk), drain() {}, end() {}, error() {}, close() {} });
    await until(() => received.length > 0);
    expect(received).toEqual([0x88, 2, 0x03, 0xf3]);
    expect(clock.reported).toMatchObject([{ message: "oops" }]);
  });

  it("whose client leaves before a response is removed, and may still be accepted", async () => {
    let asked: IncomingOpening | undefined;
    const { server, stream } = setUp((opening) => new Promise(() => (asked = opening)));
    server.receiveStream(stream, request);
    expect(server.connections).toBe(1);
    stream.onLost?.();
    expect(server.connections).toBe(0);
    const socket = asked?.accept();
    await until(() => socket?.readyState === 3);
    expect(server.sockets.size).toBe(0);
  });

  it("is rejected with 503 by a closed server [R30]", async () => {
    const { server, stream, clock } = setUp((opening) => opening.accept());
    await server.close();
    server.receiveStream(stream, request);
    await turn();
    expect([stream.calls, server.connections, clock.due]).toEqual([["reject 503"], 0, []]);
  });
});
