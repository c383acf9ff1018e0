/** Callbacks that throw or return invalid values, in an endpoint without a pump. */
import { describe, expect, it } from "vitest";
import { Connection } from "../../src/connection.ts";
import { Endpoint } from "../../src/endpoint/endpoint.ts";
import { encodeFrame } from "../../src/frame/encode-frame.ts";
import { Deadlines } from "../../src/time/deadlines.ts";
import { plainAgreement } from "../../src/vocabulary/agreement.ts";
import type { Extension, MessageTransform } from "../../src/vocabulary/extension.ts";
import { countingSource } from "../support/connections.ts";

const thrower = () => {
  throw new Error("mine");
};

function extension(changes: Partial<Extension> = {}, transform: Partial<MessageTransform> = {}): Extension {
  return {
    name: "x-own",
    rsv: 0x40,
    offers: () => [[]],
    checkAnswer: () => undefined,
    answer: () => [],
    createTransform: () => ({
      beginDecode: () => true,
      decode: (bytes, start, end, sink) => void sink(bytes, start, end),
      endDecode: () => undefined,
      beginEncode: () => 0x40,
      encode: (bytes, start, end, sink) => void sink(bytes, start, end),
      flushEncode: () => undefined,
      endEncode: () => undefined,
      release: () => undefined,
      ...transform,
    }),
    ...changes,
  };
}

const clientWith = (own: Extension = extension()): Endpoint =>
  Endpoint.client({ url: "ws://example.com/", random: countingSource(), extensions: [own] });

function carry(from: Endpoint, to: Endpoint): string[] {
  return from.takeOutput().flatMap((bytes) => to.receive(bytes.slice()).map(({ type }) => type));
}

function asked(own: Extension, client: Endpoint = clientWith()): Endpoint {
  const server = Endpoint.server({ extensions: [own] });
  expect(carry(client, server)).toEqual(["request"]);
  return server;
}

describe("an extension of a server", () => {
  it.each([
    ["createTransform", { createTransform: thrower }, "mine"],
    ["answer", { answer: thrower }, "mine"],
    ["createTransform", { createTransform: () => undefined as never }, "returned undefined"],
    ["createTransform", { createTransform: () => null as never }, "returned null"],
    ["createTransform", { createTransform: () => Promise.reject(new Error("mine")) as never }, "returned a promise"],
    ["answer", { answer: () => "nonsense" as never }, "returned string"],
    ["answer", { answer: () => ["nonsense"] as never }, "returned a list"],
    ["answer", { answer: () => [[5, undefined]] as never }, "returned a list"],
    ["answer", { answer: () => [["a", 5]] as never }, "returned a list"],
  ] as const)(
    "that fails in %s lets the application still answer the request differently [A04]",
    (_, changes, message) => {
      const client = clientWith();
      const server = asked(extension(changes), client);
      expect(() => server.accept()).toThrow(message);
      expect(server.awaitsAnswer).toBe(true);
      server.reject({ status: 500 });
      expect(carry(server, client)).toEqual(["rejection"]);
    },
  );

  it("that fails on early data does not hold back the response [A04]", () => {
    const client = clientWith();
    const server = asked(extension({}, { decode: thrower }), client);
    // Masked with a zero key.
    server.receive(Uint8Array.of(0xc1, 0x81, 0, 0, 0, 0, 0x21));
    expect(server.accept().map(({ type }) => type)).toEqual(["open"]);
    expect(server.outputLength).toBeGreaterThan(0);
    expect(() => server.takeOutput()).toThrow("mine");
    expect(carry(server, client)).toEqual(["open"]);
  });

  it("that fails on a message sent at once does not hold back the response [A04]", () => {
    const client = clientWith();
    const server = asked(extension({}, { encode: thrower }), client);
    server.accept();
    server.sendText("text");
    expect(carry(server, client)).toEqual(["open"]);
    expect(server.outputLength).toBeGreaterThan(0);
    expect(() => server.takeOutput()).toThrow("mine");
    server.fail(1011);
    expect(carry(server, client)).toEqual(["close"]);
  });

  it.each([
    [{ decode: () => "nonsense" as never }, "decode returned string"],
    [{ endDecode: () => Promise.reject(new Error("mine")) as never }, "endDecode returned a promise"],
    [{ beginDecode: () => 5 as never }, "beginDecode returned number"],
  ])("that returns an invalid value while decoding makes receive throw: %o [A04]", (transform, message) => {
    const client = clientWith();
    const server = asked(extension({}, transform), client);
    server.accept();
    carry(server, client);
    client.sendText("text");
    expect(() => carry(client, server)).toThrow(message);
  });

  it.each([
    [{ beginEncode: () => 0x80 }, "beginEncode returned number"],
    [{ encode: () => ({}) as never }, "encode returned object"],
    [{ endEncode: () => Promise.reject(new Error("mine")) as never }, "endEncode returned a promise"],
  ])("that returns an invalid value while encoding makes sending throw: %o [A04]", (transform, message) => {
    const client = clientWith();
    const server = asked(extension({}, transform), client);
    server.accept();
    carry(server, client);
    expect(() => {
      server.sendText("text");
      server.takeOutput();
    }).toThrow(message);
  });
});

describe("an extension of a client", () => {
  it.each([() => "nonsense", () => ["nonsense"], () => Promise.reject(new Error("mine"))])(
    "that returns invalid offers makes the client throw before anything is sent [A04]",
    (offers) => {
      expect(() => clientWith(extension({ offers: offers as never }))).toThrow("offers returned");
    },
  );

  it("that fails in createTransform makes receive throw, and the opening ends as a failed one [A04]", () => {
    const client = clientWith(extension({ createTransform: thrower }));
    const deadlines = new Deadlines(client);
    deadlines.observe(0);
    const server = asked(extension(), client);
    server.accept();
    expect(() => carry(server, client)).toThrow("mine");
    expect([client.state, client.transportAction, client.connection]).toEqual(["failed", "end", undefined]);
    expect(client.receive(Uint8Array.of(0x81, 0))).toEqual([]);
    expect(deadlines.expire(10_000)).toEqual([]);
    expect(deadlines.expire(20_000)).toEqual([]);
    expect(client.transportAction).toBe("abort");
    expect(client.receiveEnd()).toMatchObject([{ type: "end", statusCode: 1006 }]);
  });

  it("that returns an invalid result from checkAnswer makes receive throw [A04]", () => {
    const client = clientWith(extension({ checkAnswer: () => 5 as never }));
    const server = asked(extension(), client);
    server.accept();
    expect(() => carry(server, client)).toThrow("checkAnswer returned number");
  });
});

describe("a native function", () => {
  it("that returns no digest lets the application still answer the request differently [A04]", () => {
    const server = Endpoint.server({ native: { sha1: () => "nonsense" as never } });
    const client = clientWith();
    carry(client, server);
    expect(() => server.accept()).toThrow("sha1 returned string");
    server.reject({ status: 500 });
    expect(carry(server, client)).toEqual(["rejection"]);
  });
});

describe("a native function", () => {
  it("that unmasks asynchronously is refused with its first long payload, and its promise is handled [A04]", () => {
    const native = { unmask: (() => Promise.reject(new Error("mine"))) as never };
    const connection = new Connection(plainAgreement("server"), { native });
    const frame = encodeFrame({ opcode: 2, payload: new Uint8Array(4096), maskingKey: 5 });
    expect(() => connection.receive(frame)).toThrow(
      expect.objectContaining({
        code: "callback/result",
        message: expect.stringContaining("unmask returned a promise"),
      }),
    );
  });
});
