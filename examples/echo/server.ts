/** A server that sends back what it is sent, at the level of the pump. */
import { once } from "node:events";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { Endpoint, type Extension } from "@hybi/core";
import { NodeTransport, nodeClock, nodeHost } from "@hybi/node";
import { Pump, type PumpListener } from "@hybi/websocket";

export interface EchoOptions {
  /** 0 takes a free one. */
  readonly port: number;
  readonly tls: { readonly key: string; readonly cert: string } | undefined;
  /** Bytes of the longest message that is taken; longer ones are answered with 1009. */
  readonly maxMessage: number;
  readonly extensions: readonly Extension[];
}

/** Bytes that wait for a client above which nothing more is read from it. */
const highWaterMark = 1_048_576;

/** Listens on 127.0.0.1 until the process ends. Answers the port. */
export async function openEchoServer({ port, tls, maxMessage, extensions }: EchoOptions): Promise<number> {
  const limits = { message: maxMessage, queuedOutput: Math.max(268_435_456, 2 * maxMessage) };
  const accept = (socket: Socket): void => {
    const endpoint = Endpoint.server({ limits, extensions, host: nodeHost });
    new Echo(endpoint, new NodeTransport(socket)).pump.start();
  };
  const server =
    tls === undefined
      ? createTcpServer({ allowHalfOpen: true, noDelay: true }, accept)
      : createTlsServer({ ...tls, ALPNProtocols: ["http/1.1"] }, accept);
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** One connection. */
class Echo implements PumpListener {
  readonly pump: Pump;
  readonly #endpoint: Endpoint;
  #isPaused = false;

  constructor(endpoint: Endpoint, transport: NodeTransport) {
    this.#endpoint = endpoint;
    this.pump = new Pump({ endpoint, transport, listener: this, clock: nodeClock });
  }

  request(): void {
    this.pump.accept();
  }

  // The pump asks for what was sent at the end of each chunk: no `touch` for each message.

  text(data: string): void {
    if (this.#endpoint.state !== "open") return;
    this.#endpoint.sendText(data);
    this.#slowDown();
  }

  binary(bytes: Uint8Array, start: number, end: number): void {
    if (this.#endpoint.state !== "open") return;
    this.#endpoint.sendBinary(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end));
    this.#slowDown();
  }

  pong(payload: Uint8Array): void {
    this.pump.pongReceived(payload);
  }

  settled(): void {
    if (!this.#isPaused || this.pump.bufferedLength > highWaterMark) return;
    this.#isPaused = false;
    this.pump.resume();
  }

  open(): void {}
  rejection(): void {}
  fragment(): void {}
  ping(): void {}
  close(): void {}
  failure(): void {}
  end(): void {}

  #slowDown(): void {
    if (this.#isPaused || this.pump.bufferedLength <= highWaterMark) return;
    this.#isPaused = true;
    this.pump.pause();
  }
}
