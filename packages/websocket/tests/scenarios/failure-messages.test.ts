/** The message of a failed connection: whatever a transport fails with, every client API reports a text. */
import { describe, expect, it } from "vitest";
import { createWebSocketClass, createWebSocketStreamClass } from "../../src/client/create-websocket-class.ts";
import { whenOpen } from "../../src/client/when-open.ts";
import type { FailureEvent } from "../../src/dom/socket-events.ts";
import type { WebSocket } from "../../src/socket/websocket.ts";
import { createTransportPair } from "../../src/transport/pair.ts";
import { World } from "../support/link.ts";

const refused = (address: string) => new Error(`connect ECONNREFUSED ${address}`);
const bothRefused = new AggregateError([refused("127.0.0.1:9"), refused("[::1]:9")], "");
const nothing = "The transport failed, and no reason was given.";

const failures: readonly [what: string, error: unknown, expected: string][] = [
  ["an error for each address", bothRefused, "connect ECONNREFUSED 127.0.0.1:9; connect ECONNREFUSED [::1]:9"],
  ["an empty error", new RangeError(""), "RangeError"],
  ["an empty error with a cause", new Error("", { cause: bothRefused.errors[0] }), "connect ECONNREFUSED 127.0.0.1:9"],
  ["an empty DOMException", new DOMException("", "NetworkError"), "NetworkError"],
  ["a string", "no route", "no route"],
  ["an empty string", "", "no reason was given"],
  ["undefined", undefined, nothing],
  ["null", null, nothing],
];

function failureEvent(socket: WebSocket): Promise<FailureEvent> {
  return new Promise((resolve) => {
    socket.onerror = resolve;
  });
}

describe("a transport that cannot be opened", () => {
  it.each(failures)(
    "fails an opening with %s, and every kind of client reports the reason [R22]",
    async (_, error, expected) => {
      for (const connect of [() => Promise.reject(error), () => fail(error)]) {
        const Socket = createWebSocketClass(connect);
        const Stream = createWebSocketStreamClass(connect);
        expect((await failureEvent(new Socket("ws://example.com/"))).message).toBe(expected);
        await expect(whenOpen(new Socket("ws://example.com/"))).rejects.toMatchObject({
          name: "OpeningError",
          message: `ws://example.com/: ${expected}`,
          cause: error ?? new Error(nothing),
          failure: { kind: "transport", error: error ?? new Error(nothing) },
        });
        const stream = new Stream("ws://example.com/");
        await expect(stream.opened).rejects.toMatchObject({ name: "WebSocketError", message: expected });
        await expect(stream.closed).rejects.toMatchObject({ message: expected });
      }
    },
  );

  it.each(failures)(
    "is lost before the response with %s, and the client reports the reason [R22]",
    async (_, error, expected) => {
      const connect = () => {
        const [near] = createTransportPair();
        queueMicrotask(() => near.lose(error ?? null));
        return near;
      };
      const Socket = createWebSocketClass(connect);
      const { message } = await failureEvent(new Socket("ws://example.com/"));
      expect(message).toBe(error === undefined ? nothing : expected);
    },
  );
});

describe("a transport that is lost", () => {
  it.each(failures.slice(0, -2))(
    "ends an open connection with %s, and the reason is reported [R22]",
    async (_, error, expected) => {
      const world = new World();
      const { client } = await world.connected();
      const failed = failureEvent(client);
      world.near[0]?.lose(error);
      expect((await failed).message).toBe(expected);
      const again = (await world.connected()).client;
      const loop = (async () => {
        for await (const _message of again);
      })();
      world.near[1]?.lose(error);
      await expect(loop).rejects.toMatchObject({ message: expected });
    },
  );
});

function fail(error: unknown): never {
  throw error;
}
