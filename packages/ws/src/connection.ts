/** A connection from its opening to its end: over a stream that a client's opening gives, a server has accepted, or a program passes. */
import type { Buffer } from "node:buffer";
import type { ClientRequest } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { type Agreement, createOpenEndpoint, type Extension, plainAgreement } from "@hybi/core";
import { NodeTransport, nodeClock } from "@hybi/node";
import { Pump } from "@hybi/websocket";
import { ClientOpening, type OpeningOwner } from "./client-opening.ts";
import { checkClose, reasonText } from "./closing.ts";
import { thresholdOf } from "./deflate.ts";
import { Incoming } from "./incoming.ts";
import type { ClientOptionsFor, ConnectionOptions } from "./options.ts";
import { type ConnectionSetup, clientSetup, serverSetup } from "./setup.ts";
import { closed, closing, connecting, open } from "./state.ts";

/** Reading, sending and writing are in its base classes. */
export class Connection extends Incoming implements OpeningOwner {
  /** Of a client: also that of a redirect. */
  url = "";
  /** The stream below, from the opening on. */
  stream: Duplex | undefined;
  #opening: ClientOpening | undefined;

  // Opening

  get isConnecting(): boolean {
    return this.state === connecting;
  }

  /** What the opening handshake has agreed on; undefined before its end. */
  get agreement(): Agreement | undefined {
    return this.pump?.endpoint.agreement;
  }

  /** The opening request of a client, until the connection is open. */
  get openingRequest(): ClientRequest | undefined {
    return this.#opening?.request;
  }

  /** @throws RangeError, TypeError, SyntaxError for a wrong version, timeout, address or subprotocol */
  openAsClient(address: string | URL, protocols: readonly string[], options: ClientOptionsFor<never>): void {
    this.#opening = new ClientOpening(this, address, protocols, options);
    // Functions of the application that run in here may close the socket.
    this.#opening.start();
  }

  located(url: string): void {
    this.url = url;
  }

  opened(
    stream: Duplex,
    head: Buffer,
    agreement: Agreement,
    extensions: readonly Extension[],
    options: ClientOptionsFor<never>,
  ): void {
    let setup: ConnectionSetup;
    try {
      setup = clientSetup(options, extensions);
    } catch (error) {
      stream.destroy();
      this.failed(error as Error);
      return;
    }
    this.openOver(stream, head, agreement, setup);
  }

  override failed(error: Error): void {
    this.#opening = undefined;
    super.failed(error);
  }

  /** Opens over a stream whose opening handshake was done elsewhere, without extensions and without a subprotocol. */
  openPlainly(stream: Duplex, head: Buffer, options: ConnectionOptions): void {
    const isServer = this.socket._isServer;
    const setup = isServer ? serverSetup(options, []) : clientSetup(options as ClientOptionsFor<never>, []);
    this.openOver(stream, head, plainAgreement(isServer ? "server" : "client"), setup);
  }

  openOver(stream: Duplex, head: Buffer, agreement: Agreement, setup: ConnectionSetup): void {
    this.#opening = undefined;
    this.stream = stream;
    const { config, deadlines, options } = setup;
    if (options.allowSynchronousEvents === false) this.deferEvents();
    this.threshold = compressionThreshold(agreement, options);
    const endpoint = createOpenEndpoint(agreement, config);
    // Back to the stream, where it rests while a listener of `open` or `connection` pauses. A copy: a short Buffer may share its memory.
    const hasRest = head.length > 0 && !stream.readableEnded;
    if (hasRest) stream.unshift(new Uint8Array(head));
    this.pump = new Pump({
      endpoint,
      transport: new NodeTransport(stream),
      listener: this,
      clock: nodeClock,
      deadlines,
      writeBudget: mostWritten,
    });
    // Undocumented streams in place of sockets have no timeout.
    if ("setTimeout" in stream) (stream as Socket).setTimeout(0);
    this.state = open;
    this.pump.start();
    if (hasRest) {
      // Code that awaits the opening adds its listeners a few microtasks later.
      this.pump.pauseAtOnce("opening");
      nodeClock.defer!(() => this.pump!.resume("opening"));
    }
    this.socket.emit("open");
  }

  // Pausing

  pause(): void {
    // Without a pump it closes because nothing has come of its opening.
    if (this.pump === undefined || this.state === closed) return;
    const stream = this.stream!;
    if (!stream.listeners("close").includes(readRest)) {
      Object.assign(stream, { [pumpOf]: this.pump });
      stream.prependListener("close", readRest);
    }
    this.isPaused = true;
    // What came with the opening handshake would be delivered before the end of the turn.
    this.pump.pauseAtOnce();
  }

  resume(): void {
    if (this.pump === undefined || this.state === closed || !this.isPaused) return;
    this.isPaused = false;
    this.pump.resume();
  }

  // Closing

  /** @throws TypeError for a status code that may not be sent, RangeError for a reason of more than 123 bytes */
  startClosing(code: number | undefined, reason: string | Uint8Array | undefined): void {
    if (this.state === connecting) this.abortOpening();
    if (this.state !== open) return;
    // Without a code there is no place for a reason (RFC 6455 §5.5.1).
    const text = code === undefined ? "" : reasonText(reason);
    checkClose(this.socket._isServer ? "server" : "client", code, text);
    this.sendClose(code, text);
  }

  terminate(): void {
    if (this.state === connecting) {
      this.abortOpening();
      return;
    }
    // Without a pump it closes because nothing has come of its opening.
    if (this.pump === undefined || this.state === closed) return;
    this.state = closing;
    // What was sent before it in this turn may still arrive.
    this.writeNow();
    if (!this.isPaused) this.pump.abort();
    // What the paused stream has read is delivered when it is closed.
    else this.stream!.destroy();
  }

  abortOpening(): void {
    if (this.#opening === undefined) return;
    this.state = closing;
    this.#opening.abort(new Error("WebSocket was closed before the connection was established"));
  }
}

/** All that there is, in one write. The largest integer that V8 has no object for. */
const mostWritten = 2 ** 31 - 1;

/** Returns from how many bytes on messages are compressed; undefined without the extension. */
function compressionThreshold(agreement: Agreement, options: ConnectionSetup["options"]): number | undefined {
  const { extensions, role } = agreement;
  if (extensions.length === 0) return undefined;
  const own = role === "server" ? "server_no_context_takeover" : "client_no_context_takeover";
  const withoutTakeover = extensions.some(({ parameters }) => parameters.some(([name]) => name === own));
  return thresholdOf(options.perMessageDeflate, withoutTakeover);
}

const pumpOf = Symbol("pump");

/** A stream that is closed while it is paused: passes on what the runtime has read. It emits no `data` any more. */
function readRest(this: Duplex & { [pumpOf]?: Pump }): void {
  const rest: Buffer | null = this.read();
  if (rest !== null) this[pumpOf]?.data(new Uint8Array(rest));
}
