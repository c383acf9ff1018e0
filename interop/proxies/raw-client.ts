/** A client on a plain socket: it can send invalid requests, from any local address. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { onTestFinished } from "vitest";
import type { RunningProxy } from "../../examples/behind-a-proxy/proxy.ts";

const fields = {
  Host: "example.com",
  Upgrade: "websocket",
  Connection: "Upgrade",
  "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
  "Sec-WebSocket-Version": "13",
};

/** Returns an opening request with additional lines, and without the field `missing`. */
export function openingRequest(more: readonly string[] = [], missing?: keyof typeof fields): string {
  const lines = Object.entries(fields).flatMap(([name, value]) => (name === missing ? [] : [`${name}: ${value}`]));
  return ["GET / HTTP/1.1", ...lines, ...more, "", ""].join("\r\n");
}

export interface RawClientOptions {
  readonly secure?: boolean;
  readonly localAddress?: string;
}

export class RawClient {
  readonly socket: Socket;
  received = "";

  constructor(proxy: RunningProxy, { secure = false, localAddress }: RawClientOptions = {}) {
    const { port } = new URL(secure ? proxy.secureUrl : proxy.url);
    const where = { host: "127.0.0.1", port: Number(port), ...(localAddress !== undefined && { localAddress }) };
    this.socket = secure
      ? connectTls({ ...where, ca: proxy.certificate, ALPNProtocols: ["http/1.1"] } as object)
      : connect(where);
    this.socket.on("data", (chunk) => {
      this.received += String(chunk);
    });
    onTestFinished(() => void this.socket.destroy());
  }

  /** Resolves once the received text matches `pattern`. */
  async until(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.received)) await once(this.socket, "data");
  }
}
