/** A host with several addresses, none of which accepts: Node's AggregateError has one error per address, and no message. */
import dns from "node:dns";
import { createServer, type Server } from "node:net";
import { connect, WebSocket, WebSocketStream } from "@hybi/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const { lookup } = dns;
const addresses = ["127.0.0.1", "127.0.0.2"].map((address) => ({ address, family: 4 }));
let port: number;
let expected: string;

beforeAll(async () => {
  // For names reserved for tests (RFC 6761 §6.2). Node resolves names with `dns.lookup`; there is no other place to hook in.
  const both = (_host: string, options: { all?: boolean }, done: (...found: unknown[]) => void) =>
    options.all === true ? done(null, addresses) : done(null, "127.0.0.1", 4);
  dns.lookup = both as typeof dns.lookup;
  port = await freePort();
  expected = `connect ECONNREFUSED 127.0.0.1:${port}; connect ECONNREFUSED 127.0.0.2:${port}`;
});

afterAll(() => {
  dns.lookup = lookup;
});

/** Returns a port on which nothing listens. */
async function freePort(): Promise<number> {
  const server: Server = createServer();
  await new Promise<void>((resolve) => server.listen(0, () => resolve()));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function rejection(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => new Error("it was not rejected"),
    (error: Error) => error,
  );
}

describe("a failure at all addresses of a host", () => {
  it.each(["ws", "wss"])("is reported by connect over %s with each address [R22]", async (scheme) => {
    const error = await rejection(connect(`${scheme}://two-addresses.test:${port}/`));
    expect([error.name, error.message]).toEqual([
      "OpeningError",
      `${scheme}://two-addresses.test:${port}/: ${expected}`,
    ]);
    expect(error.cause).toBeInstanceOf(AggregateError);
  });

  it("is reported by the error event and by a stream [R22]", async () => {
    const socket = new WebSocket(`ws://two-addresses.test:${port}/`);
    const message = await new Promise((resolve) => {
      socket.onerror = (event) => resolve(event.message);
    });
    expect(message).toBe(expected);
    const stream = await rejection(new WebSocketStream(`ws://two-addresses.test:${port}/`).opened);
    expect([stream.name, stream.message]).toEqual(["WebSocketError", expected]);
  });

  it.each([
    ["as a proxy", (host: string) => ({ proxy: `http://${host}` }), "The proxy opened no tunnel: "],
    ["as a proxy over TLS", (host: string) => ({ proxy: `https://${host}` }), "The proxy opened no tunnel: "],
    ["over HTTP/2", () => ({ http2: true }), ""],
  ])("is reported %s as well [R22]", async (_, transport, prefix) => {
    const host = `two-addresses.test:${port}`;
    const { message } = await rejection(connect(`ws://${host}/`, { transportOptions: transport(host) }));
    expect(message).toBe(`ws://${host}/: ${prefix}${expected}`);
  });
});
