/** A server and its clients, for the duration of one test. */
import {
  type ClientSocketOptions,
  type CloseEvent,
  type Failure,
  failureText,
  type IncomingOpening,
  type OpeningHandler,
  type Server,
  type WebSocket,
} from "@hybi/websocket";
import { latin1Bytes, sameBytes } from "../bytes/bytes.ts";
import { requestText } from "../wire/heads.ts";
import type { ListenSettings, TestedAdapter } from "./adapter.ts";

/** Loopback only: tests are not reachable from other machines. */
const host = "127.0.0.1";

/** Accepts the opening and echoes every message unchanged. */
export function echo(opening: IncomingOpening): WebSocket {
  const socket = opening.accept();
  socket.onmessage = ({ data }) => socket.send(data);
  return socket;
}

/** Runs `test` with a listening server, and closes the server whether or not the test passes. */
export async function withServer(
  adapter: TestedAdapter,
  handler: OpeningHandler,
  test: (server: Server) => Promise<void>,
  settings: ListenSettings = {},
): Promise<void> {
  const server = await adapter.listen(handler, settings.path === undefined ? { host, ...settings } : settings);
  try {
    await test(server);
  } finally {
    await server.close({ timeout: 0 });
  }
}

/** Runs a test with a client and the socket that the server has accepted for it. */
export async function withSockets(
  adapter: TestedAdapter,
  test: (client: WebSocket, accepted: WebSocket, server: Server) => Promise<void>,
  options: ClientSocketOptions & { transport?: object } = {},
  settings: ListenSettings = {},
): Promise<void> {
  const { promise: accepted, resolve } = deferred<WebSocket>();
  const handler = (opening: IncomingOpening): void => {
    resolve(opening.accept());
  };
  await withServer(
    adapter,
    handler,
    async (server) => {
      const client = await adapter.connect(server.url, { binaryType: "arraybuffer", ...options });
      await test(client, await accepted, server);
    },
    settings,
  );
}

/** A promise with its resolve function. */
export function deferred<Value>(): { promise: Promise<Value>; resolve(value: Value): void } {
  let resolve!: (value: Value) => void;
  const promise = new Promise<Value>((resolver) => {
    resolve = resolver;
  });
  return { promise, resolve };
}

/** Resolves with the next event of a type. */
export function next<Type extends "message" | "close" | "ping" | "pong">(
  socket: WebSocket,
  type: Type,
): Promise<
  Type extends "message" ? { data: string | ArrayBuffer } : Type extends "close" ? CloseEvent : { payload: Uint8Array }
> {
  return new Promise((resolve) => socket.addEventListener(type, (event) => resolve(event as never), { once: true }));
}

/** Resolves with the next `count` messages. */
export function messages(socket: WebSocket, count: number): Promise<(string | ArrayBuffer)[]> {
  return new Promise((resolve, reject) => {
    const taken: (string | ArrayBuffer)[] = [];
    const take = ({ data }: { data: unknown }): void => {
      taken.push(data as string | ArrayBuffer);
      if (taken.length < count) return;
      socket.removeEventListener("message", take);
      socket.removeEventListener("close", fail);
      resolve(taken);
    };
    const fail = ({ code }: { code: number }): void =>
      reject(new Error(`closed with ${code} after ${taken.length} messages`));
    socket.addEventListener("message", take);
    socket.addEventListener("close", fail);
  });
}

/** The properties of a close event as one comparable value. */
export function closed({ code, reason, wasClean }: CloseEvent): [code: number, reason: string, wasClean: boolean] {
  return [code, reason, wasClean];
}

/** An error with what it may say in addition, such as the `failure` of an `OpeningError`. */
interface DetailedError extends Error {
  readonly failure?: Failure | undefined;
  readonly code?: unknown;
}

/** Resolves with the error that `promise` rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<DetailedError> {
  const value = await promise.then(
    () => new Error("the promise was not rejected"),
    (error: unknown) => error,
  );
  return value as DetailedError;
}

/** The HTTP status with which an opening was rejected, or the text of another failure. */
export function rejectionStatus({ failure }: { readonly failure?: Failure | undefined }): number | string {
  if (failure === undefined) return "no failure";
  return failure.kind === "rejected" ? failure.response.status : failureText(failure);
}

/** Whether the data of a message event is an ArrayBuffer of these bytes. */
export function isArrayBufferOf(data: unknown, expected: Uint8Array): boolean {
  return data instanceof ArrayBuffer && sameBytes(new Uint8Array(data), expected);
}

/** A hand-written opening request of a client. */
export const handwrittenRequest: Uint8Array = latin1Bytes(requestText({ Host: host }, "GET / HTTP/1.1"));

/** Makes round trips on a separate connection, as a clock substitute: enough time to fill all buffers several times. */
export async function passTime(adapter: TestedAdapter, url: string): Promise<void> {
  const socket: WebSocket = await adapter.connect(url);
  for (let count = 0; count < 300; count++) {
    const pong = next(socket, "pong");
    socket.ping();
    await pong;
  }
  socket.terminate();
}
