/** One connection that echoes messages, at the level of the pump, in any runtime. */
import { Endpoint, type Extension, type NativeFunctions } from "@hybi/core";
import { type Clock, Pump, type PumpListener, type Transport } from "@hybi/websocket";

export interface EchoOptions {
  /** 0 selects a free port. */
  readonly port: number;
  readonly tls: { readonly key: string; readonly cert: string } | undefined;
  /** Maximum length in bytes of a message; longer ones are failed with 1009. */
  readonly maxMessage: number;
  readonly extensions: readonly Extension[];
}

/** Functions that a runtime provides. */
export interface EchoRuntime {
  readonly native?: NativeFunctions | undefined;
  readonly clock?: Clock | undefined;
}

/** Bytes waiting for a client above which reading from it is paused. */
const highWaterMark = 1_048_576;

/** Serves `transport` until it is closed. */
export function echo(transport: Transport, { maxMessage, extensions }: EchoOptions, runtime: EchoRuntime = {}): void {
  const limits = { message: maxMessage, queuedOutput: Math.max(268_435_456, 2 * maxMessage) };
  const endpoint = Endpoint.server({ limits, extensions, native: runtime.native });
  new Echo(endpoint, transport, runtime.clock).pump.start();
}

class Echo implements PumpListener {
  readonly pump: Pump;
  readonly #endpoint: Endpoint;
  #isPaused = false;

  constructor(endpoint: Endpoint, transport: Transport, clock: Clock | undefined) {
    this.#endpoint = endpoint;
    this.pump = new Pump({ endpoint, transport, listener: this, clock });
  }

  request(): void {
    this.pump.accept();
  }

  // The pump collects output at the end of each chunk, so no `requestFlush` is needed per message.

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

  pong(): void {}

  flushed(): void {
    if (!this.#isPaused || this.pump.bufferedLength > highWaterMark) return;
    this.#isPaused = false;
    this.pump.resume();
  }

  open(): void {}
  rejection(): void {}
  piece(): void {}
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
