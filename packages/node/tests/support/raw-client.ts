/** A client on a bare TCP socket, which may break any rule. */
import { once } from "node:events";
import * as net from "node:net";
import { type HeadChanges, requestText } from "@hybi/testing/wire";
import { onTestFinished } from "vitest";
import { host } from "./servers.ts";

/** Returns a valid opening request; a field whose value is undefined is omitted. */
export function openingRequest(changes: HeadChanges = {}): string {
  return requestText({ Host: host, ...changes }, "GET /raw HTTP/1.1");
}

export class RawClient {
  readonly socket: net.Socket;
  received: Buffer = Buffer.alloc(0);
  chunks = 0;
  ended = false;
  closed = false;
  readonly #changed: (() => void)[] = [];

  constructor(port: number) {
    this.socket = net.connect({ port, host, allowHalfOpen: true, noDelay: true });
    this.socket.on("data", (chunk) => {
      this.chunks++;
      this.received = Buffer.concat([this.received, chunk]);
      this.#change();
    });
    this.socket.on("end", () => {
      this.ended = true;
      this.#change();
    });
    this.socket.on("close", () => {
      this.closed = true;
      this.#change();
    });
    this.socket.on("error", () => {});
    onTestFinished(() => void this.socket.destroy());
  }

  /** Returns a client after a successful opening handshake, with the received bytes cleared. */
  static async open(port: number): Promise<RawClient> {
    const client = new RawClient(port);
    client.socket.write(openingRequest());
    await client.until(() => client.text.includes("\r\n\r\n"));
    client.received = client.received.subarray(client.text.indexOf("\r\n\r\n") + 4);
    client.chunks = 0;
    return client;
  }

  get text(): string {
    return this.received.toString("latin1");
  }

  /** Resolves when `condition` holds; it is checked whenever something arrives. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#changed.push(resolve));
  }

  async connected(): Promise<void> {
    if (this.socket.connecting) await once(this.socket, "connect");
  }

  #change(): void {
    for (const resolve of this.#changed.splice(0)) resolve();
  }
}
