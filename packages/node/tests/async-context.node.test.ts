import { AsyncLocalStorage } from "node:async_hooks";
import { connect, listen, type Server, type WebSocket } from "@hybi/node";
import { systemClock } from "@hybi/websocket";
import { afterEach, describe, expect, it } from "vitest";
import { atRest } from "./support/turns.ts";

const storage = new AsyncLocalStorage<string>();

let server: Server | undefined;
afterEach(() => server?.close({ timeout: 0 }));

/** Returns both ends of `count` connections. */
async function opened(count: number, options: object = {}): Promise<{ clients: WebSocket[]; accepted: WebSocket[] }> {
  const accepted: WebSocket[] = [];
  const own = await listen((opening) => void accepted.push(opening.accept()), {
    host: "127.0.0.1",
    port: 0,
    ...options,
  });
  server = own;
  const clients: WebSocket[] = [];
  for (let index = 0; index < count; index++) clients.push(await connect(own.url));
  return { clients, accepted };
}

describe("the asynchronous context of events", () => {
  it("is that of the listener's own connection when messages and the end have waited for it", async () => {
    const { clients, accepted } = await opened(3);
    for (const socket of accepted) {
      socket.send("kept");
      socket.close();
    }
    // The server's ends close after those of the clients have, which then wait for the messages to be taken.
    await Promise.all(accepted.map((socket) => new Promise((resolve) => socket.addEventListener("close", resolve))));
    await atRest(() => clients.reduce((sum, { statistics }) => sum + statistics.messagesReceived, 0));
    const seen: string[] = [];
    const ended = clients.map(
      (client, index) =>
        new Promise<void>((resolve) => {
          storage.run(`user ${index}`, () => {
            client.onmessage = () => void seen.push(`message ${index} in ${storage.getStore()}`);
            client.onclose = () => {
              seen.push(`close ${index} in ${storage.getStore()}`);
              resolve();
            };
          });
        }),
    );
    await Promise.all(ended);
    const expected = [0, 1, 2].flatMap((n) => [`message ${n} in user ${n}`, `close ${n} in user ${n}`]);
    expect(seen.sort()).toEqual(expected.sort());
  });
});

describe("a broadcast", () => {
  it("ends the turn of all its connections together", async () => {
    let calls = 0;
    const defer = (task: () => void): void => {
      calls++;
      queueMicrotask(task);
    };
    const { clients, accepted } = await opened(5, { runtime: { clock: { ...systemClock, defer } } });
    await expect.poll(() => accepted.length).toBe(5);
    const arrived = clients.map((client) => new Promise((resolve) => client.addEventListener("message", resolve)));
    calls = 0;
    expect(server?.broadcast("to all")).toBe(5);
    expect(calls).toBe(1);
    await Promise.all(arrived);
  });
});
