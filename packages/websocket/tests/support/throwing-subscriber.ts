/** A conversation over an adapter, on whose channels one subscriber listens and another throws. */
import { channel } from "node:diagnostics_channel";
import process from "node:process";
import type { WebSocket } from "../../src/client/websocket.ts";
import type { OpeningHandler } from "../../src/server/server.ts";
import { until } from "./clock.ts";

const names = [
  "hybi:client:request",
  "hybi:server:request",
  "hybi:server:accepted",
  "hybi:websocket:open",
  "hybi:websocket:ping",
  "hybi:websocket:pong",
  "hybi:websocket:close",
] as const;

/** What came of it. */
export interface Outcome {
  /** How often each channel was heard, by name. */
  readonly heard: Readonly<Record<string, number>>;
  /** Messages of the errors that the runtime reported as uncaught. */
  readonly uncaught: readonly string[];
  readonly echo: unknown;
  readonly code: number;
  /** Whether a channel has subscribers, before they came and after they left. */
  readonly isWatched: readonly boolean[];
}

/** Subscribes, sends a message there and back, and closes. */
export async function converse(adapter: {
  readonly connect: (url: string) => Promise<WebSocket>;
  readonly listen: (
    handler: OpeningHandler,
    options: { readonly host: string },
  ) => Promise<{ readonly url: string; close(): Promise<void> }>;
}): Promise<Outcome> {
  const heard: Record<string, number> = {};
  const uncaught: string[] = [];
  const throwing = (_: unknown, name: string | symbol): void => {
    throw new Error(`subscriber of ${String(name)}`);
  };
  const counting = (_: unknown, name: string | symbol): void => {
    heard[String(name)] = (heard[String(name)] ?? 0) + 1;
  };
  const isWatched = (): boolean => names.some((name) => channel(name).hasSubscribers);
  const before = isWatched();
  const others = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException");
  process.on("uncaughtException", (error) => uncaught.push(error.message));
  for (const name of names) for (const subscriber of [throwing, counting]) channel(name).subscribe(subscriber);
  try {
    const server = await adapter.listen(
      (opening) => {
        const socket = opening.accept();
        socket.onmessage = ({ data }) => socket.send(data);
      },
      { host: "127.0.0.1" },
    );
    const socket = await adapter.connect(server.url);
    socket.ping();
    socket.send("still here");
    const echo = await new Promise((resolve) => {
      socket.onmessage = ({ data }) => resolve(data);
    });
    await until(() => heard["hybi:websocket:pong"] === 1);
    socket.close(1000);
    const code = await new Promise<number>((resolve) => {
      socket.onclose = (event) => resolve(event.code);
    });
    await server.close();
    await until(() => uncaught.length === Object.values(heard).reduce((sum, count) => sum + count, 0));
    return { heard, uncaught, echo, code, isWatched: [before, isWatched()] };
  } finally {
    for (const name of names) for (const subscriber of [throwing, counting]) channel(name).unsubscribe(subscriber);
    process.removeAllListeners("uncaughtException");
    for (const other of others) process.on("uncaughtException", other);
  }
}

/** What `converse` must return. */
export const expected = {
  heard: {
    "hybi:client:request": 1,
    "hybi:server:request": 1,
    "hybi:server:accepted": 1,
    "hybi:websocket:open": 2,
    "hybi:websocket:ping": 1,
    "hybi:websocket:pong": 1,
    "hybi:websocket:close": 2,
  },
  echo: "still here",
  code: 1000,
  isWatched: [false, true],
};
