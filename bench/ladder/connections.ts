/** A connection for each step of the ladder, over a socket of Node. All hand messages over in the event of the bare program. */
import type { Socket } from "node:net";
import type { Connection, ConnectionSink, DeadlineOptions, Endpoint } from "@hybi/core";
import { FrameDecoder, type FrameSink, type SinkVerdict } from "@hybi/core/frame";
import { NodeTransport, nodeClock, nodeFunctions } from "@hybi/node";
import { type MemoryBudget, Pump, type PumpListener } from "@hybi/websocket";
import { BareConnection, BareMessageEvent } from "../bare/connection.ts";
import { Assembler, type AssemblerSink, resolveLimits } from "../subject.ts";

/** What all steps have in common. */
export interface LadderConnection {
  onmessage: (event: BareMessageEvent) => void;
  send(data: BareMessageEvent["data"]): void;
  /** Sends a Ping without payload. */
  sendPing(): void;
  /** Drops the connection. */
  drop(): void;
}

const pingFrame = Buffer.of(0x89, 0);

class BareStep extends BareConnection implements LadderConnection {
  sendPing(): void {
    this.sendFrame(pingFrame);
  }

  drop(): void {
    this.socket.destroy();
  }
}

/** Frames are decoded strictly. Each is a message, and what a message is longer than its read is gathered without a limit. */
export class FramesConnection extends BareStep implements FrameSink {
  readonly #decoder: FrameDecoder;
  #opcode = 0;
  #frameLength = 0;
  #gathered: Buffer | undefined;
  #gatheredLength = 0;

  constructor(socket: Socket, isClient: boolean) {
    super(socket, isClient, "bytes");
    this.#decoder = new FrameDecoder(this, { role: isClient ? "client" : "server" });
  }

  protected override read(chunk: Buffer): void {
    if (this.#decoder.decode(chunk) !== undefined) this.drop();
  }

  frame(firstByte: number, length: number): SinkVerdict {
    this.#opcode = firstByte & 0x0f;
    this.#frameLength = length;
    return undefined;
  }

  payload(bytes: Uint8Array, start: number, end: number, last: boolean): SinkVerdict {
    if (last && this.#gathered === undefined) this.deliver(this.#opcode, bytes as Buffer, start, end);
    else this.#gather(bytes, start, end, last);
    return undefined;
  }

  #gather(bytes: Uint8Array, start: number, end: number, last: boolean): void {
    this.#gathered ??= Buffer.allocUnsafe(this.#frameLength);
    const gathered = this.#gathered;
    (bytes as Buffer).copy(gathered, this.#gatheredLength, start, end);
    this.#gatheredLength += end - start;
    if (!last) return;
    this.#gathered = undefined;
    this.#gatheredLength = 0;
    this.deliver(this.#opcode, gathered, 0, gathered.length);
  }
}

const assembling = { delivery: "messages", limits: resolveLimits({}), native: nodeFunctions, transforms: [] } as const;

/** Fragments are joined, text is valid, and frames, messages and fragments are within limits. */
export class MessagesConnection extends BareStep implements AssemblerSink {
  readonly takesTextBytes = false;
  readonly #assembler: Assembler;
  readonly #decoder: FrameDecoder;

  constructor(socket: Socket, isClient: boolean) {
    super(socket, isClient, "bytes");
    this.#assembler = new Assembler(this, assembling);
    this.#decoder = new FrameDecoder(this.#assembler, { role: isClient ? "client" : "server" });
  }

  protected override read(chunk: Buffer): void {
    // As all steps from here on, which know only plain arrays.
    const fault = this.#decoder.decode(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length));
    if (fault === undefined) this.#assembler.endChunk();
    else this.drop();
  }

  text(data: string): void {
    this.onmessage(new BareMessageEvent(data));
  }

  textBytes(): void {}

  binary(bytes: Uint8Array, start: number, end: number): void {
    this.onmessage(new BareMessageEvent(viewOf(bytes, start, end)));
  }

  piece(): void {}

  // The call of the other steps has the opcode and the payload too.
  override control(opcode: number, payload: Uint8Array): undefined {
    super.control(opcode, payload);
  }
}

/** Passes messages to `onmessage`. */
abstract class MessageSink implements ConnectionSink {
  onmessage: (event: BareMessageEvent) => void = () => {};

  text(data: string): void {
    this.onmessage(new BareMessageEvent(data));
  }

  binary(bytes: Uint8Array, start: number, end: number): void {
    this.onmessage(new BareMessageEvent(viewOf(bytes, start, end)));
  }

  piece(): void {}
  ping(): void {}
  pong(): void {}
  close(): void {}
  failure(): void {}
  end(): void {}
}

const owner = Symbol("owner");
type OwnedSocket = Socket & { [owner]?: CodecConnection };

/** The connection of core, written to at the end of each read, or of the job. */
export class CodecConnection extends MessageSink implements LadderConnection {
  protected readonly socket: Socket;
  /** Undefined until the opening handshake is over. */
  protected connection: Connection | undefined;
  #isReading = false;
  #isDue = false;

  constructor(socket: Socket, connection: Connection | undefined) {
    super();
    this.socket = socket;
    this.connection = connection;
    (socket as OwnedSocket)[owner] = this;
    socket.on("data", onData);
    socket.on("end", onEnd);
    socket.on("error", onError);
  }

  send(data: BareMessageEvent["data"]): void {
    sendTo(this.connection as Connection, data);
    this.#request();
  }

  sendPing(): void {
    this.connection?.sendPing();
    this.#request();
  }

  drop(): void {
    this.socket.destroy();
  }

  receive(chunk: Uint8Array): void {
    this.#isReading = true;
    this.received(chunk);
    this.#isReading = false;
    this.flush();
  }

  protected received(chunk: Uint8Array): void {
    this.connection?.receiveInto(chunk, this);
  }

  receiveEnd(): void {
    this.connection?.receiveEnd();
    this.socket.end();
  }

  protected get output(): Pick<Connection, "takeOutput" | "releaseOutput" | "outputLength" | "transportAction"> {
    return this.connection as Connection;
  }

  #request(): void {
    if (this.#isReading || this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      this.flush();
    });
  }

  protected flush(): void {
    const { socket, output } = this;
    if (output.outputLength > 0) {
      const chunks = output.takeOutput();
      if (chunks.length > 1) socket.cork();
      for (const chunk of chunks) socket.write(chunk);
      if (chunks.length > 1) socket.uncork();
      if (socket.writableLength === 0) output.releaseOutput(chunks);
    }
    if (output.transportAction === "end") socket.end();
    else if (output.transportAction === "abort") socket.destroy();
  }
}

/** The same with the opening handshake of core, in which a server accepts every request. */
export class EndpointConnection extends CodecConnection {
  readonly #endpoint: Endpoint;
  readonly #opened: (connection: EndpointConnection) => void;

  constructor(socket: Socket, endpoint: Endpoint, opened: (connection: EndpointConnection) => void) {
    super(socket, undefined);
    this.#endpoint = endpoint;
    this.#opened = opened;
    // The request of a client.
    this.flush();
  }

  protected override get output(): Endpoint {
    return this.#endpoint;
  }

  protected override received(chunk: Uint8Array): void {
    if (this.connection !== undefined) super.received(chunk);
    else for (const { type } of this.#endpoint.receive(chunk, "leave")) this.#handle(type);
  }

  #handle(type: string): void {
    const events = type === "request" ? this.#endpoint.accept({}, "leave") : [{ type }];
    if (events.every((event) => event.type !== "open")) return;
    this.connection = this.#endpoint.connection;
    this.#opened(this);
  }
}

export interface PumpSettings {
  readonly deadlines: DeadlineOptions;
  readonly memory: MemoryBudget | undefined;
}

/** The pump over a transport of Node. */
export class PumpConnection extends MessageSink implements LadderConnection, PumpListener {
  readonly #pump: Pump;
  readonly #opened: (connection: PumpConnection) => void;

  constructor(
    socket: Socket,
    endpoint: Endpoint,
    { deadlines, memory }: PumpSettings,
    opened: (connection: PumpConnection) => void,
  ) {
    super();
    this.#opened = opened;
    const transport = new NodeTransport(socket);
    this.#pump = new Pump({ endpoint, transport, listener: this, clock: nodeClock, deadlines });
    if (memory !== undefined) this.#pump.accountTo(memory);
    this.#pump.start();
  }

  send(data: BareMessageEvent["data"]): void {
    sendTo(this.#pump.endpoint, data);
    this.#pump.requestFlush();
  }

  sendPing(): void {
    this.#pump.ping();
  }

  drop(): void {
    this.#pump.abort();
  }

  request(): void {
    this.#pump.accept();
  }

  open(): void {
    this.#opened(this);
  }

  rejection(): void {}
  flushed(): void {}
}

const never = Number.POSITIVE_INFINITY;

export const noDeadlines: DeadlineOptions = {
  opening: never,
  closing: never,
  ping: never,
  pong: never,
  stalled: never,
  controlFrames: never,
};

function sendTo(to: Endpoint | Connection, data: BareMessageEvent["data"]): void {
  if (typeof data === "string") to.sendText(data);
  else to.sendBinary(data as Uint8Array);
}

function viewOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return new Uint8Array(bytes.buffer as ArrayBuffer, bytes.byteOffset + start, end - start);
}

function onData(this: Socket, chunk: Buffer): void {
  (this as OwnedSocket)[owner]?.receive(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length));
}

function onEnd(this: Socket): void {
  (this as OwnedSocket)[owner]?.receiveEnd();
}

function onError(): void {}
