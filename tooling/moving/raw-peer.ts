/**
 * A peer on a bare socket, client or server, that writes and reads bytes by hand: what two programs do is compared by what they
 * send to it. It knows no rule of the protocol that it does not need for that, and depends on neither of the stacks compared.
 */
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, createServer, type NetConnectOpts, type Server, type Socket } from "node:net";
import { inflateRawSync } from "node:zlib";

const opcodes = { text: 0x1, binary: 0x2, close: 0x8, ping: 0x9, pong: 0xa } as const;

/** The head of an HTTP request or response, with field names in lower case. */
export interface Head {
  readonly firstLine: string;
  readonly fields: ReadonlyMap<string, string>;
}

/** Longer payloads are described by their length. */
const longest = 64;

/** How long a peer waits for what it asks for: a test that needs it has failed. */
const patience = 10_000;

export class RawPeer {
  readonly #socket: Socket;
  /** Clients mask their frames (RFC 6455 §5.3). */
  readonly #masks: boolean;
  #input: Buffer = Buffer.alloc(0);
  #head: Head | undefined;
  /** The message in progress, or undefined. */
  #message: { opcode: number; isCompressed: boolean; parts: Buffer[] } | undefined;
  /** What has arrived and was not asked for yet. */
  readonly #arrived: string[] = [];
  #waiting: (() => void) | undefined;
  answersPings = true;

  private constructor(socket: Socket, masks: boolean) {
    this.#socket = socket;
    this.#masks = masks;
    socket.on("data", (chunk) => {
      this.#input = Buffer.concat([this.#input, chunk]);
      this.#read();
    });
    socket.on("error", () => {});
    // An orderly end and a reset are the same for whoever was cut off.
    socket.once("close", () => this.#arrive("gone"));
    socket.once("end", () => socket.end());
  }

  /** Opens a connection, as soon as there is a server, and asks for an upgrade to `target`. */
  static async open(where: NetConnectOpts, target = "/", fields: Record<string, string> = {}): Promise<RawPeer> {
    const socket = await patientlyConnected(where);
    const peer = new RawPeer(socket, true);
    const lines = {
      Host: "localhost",
      Upgrade: "websocket",
      Connection: "Upgrade",
      "Sec-WebSocket-Key": randomBytes(16).toString("base64"),
      "Sec-WebSocket-Version": "13",
      ...fields,
    };
    socket.write(`GET ${target} HTTP/1.1\r\n${format(lines)}\r\n`);
    return peer;
  }

  /** A peer for a connection of a server, which has yet to answer the request. */
  static accepted(socket: Socket): RawPeer {
    return new RawPeer(socket, false);
  }

  /** The address from which the other side has connected. */
  get remoteAddress(): string | undefined {
    return this.#socket.remoteAddress;
  }

  /** The head that the other side has sent. */
  async head(): Promise<Head> {
    await this.#until(() => this.#head !== undefined || this.#arrived.includes("gone"));
    if (this.#head === undefined) throw new Error("the connection ended before the end of a head");
    return this.#head;
  }

  /** The status of the response. */
  async status(): Promise<string> {
    return (await this.head()).firstLine.split(" ")[1] ?? "";
  }

  async field(name: string): Promise<string | undefined> {
    return (await this.head()).fields.get(name);
  }

  /** Answers the opening request of a client with 101. */
  async accept(fields: Record<string, string> = {}): Promise<void> {
    const key = await this.field("sec-websocket-key");
    const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
    const lines = { Upgrade: "websocket", Connection: "Upgrade", "Sec-WebSocket-Accept": accept, ...fields };
    this.#socket.write(`HTTP/1.1 101 Switching Protocols\r\n${format(lines)}\r\n`);
  }

  /** Answers an opening request with another status. */
  reject(status: string, fields: Record<string, string> = {}): void {
    this.#socket.end(`HTTP/1.1 ${status}\r\n${format({ Connection: "close", "Content-Length": "0", ...fields })}\r\n`);
  }

  send(data: string | Uint8Array): void {
    this.frame(typeof data === "string" ? opcodes.text : opcodes.binary, Buffer.from(data as Uint8Array));
  }

  ping(payload: string): void {
    this.frame(opcodes.ping, Buffer.from(payload));
  }

  close(code: number, reason = ""): void {
    this.frame(opcodes.close, Buffer.concat([Buffer.of(code >> 8, code & 0xff), Buffer.from(reason)]));
  }

  /** Writes one frame, which is the last of its message. */
  frame(opcode: number, payload: Buffer): void {
    const mask = this.#masks ? 0x80 : 0;
    const { length } = payload;
    const head =
      length < 126
        ? [0x80 | opcode, mask | length]
        : length < 65_536
          ? [0x80 | opcode, mask | 126, length >> 8, length & 0xff]
          : [
              0x80 | opcode,
              mask | 127,
              0,
              0,
              0,
              0,
              length >>> 24,
              (length >> 16) & 0xff,
              (length >> 8) & 0xff,
              length & 0xff,
            ];
    const key = this.#masks ? randomBytes(4) : Buffer.alloc(0);
    const masked = this.#masks ? payload.map((byte, at) => byte ^ (key[at % 4] ?? 0)) : payload;
    this.#socket.write(Buffer.concat([Buffer.from(head), key, masked]));
  }

  /** Writes bytes as they are. */
  write(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** What the other side does next: a message, a control frame, or "gone". */
  async next(): Promise<string> {
    await this.#until(() => this.#arrived.length > 0);
    return this.#arrived.shift() ?? "gone";
  }

  /** The next `count` things that the other side does. */
  async take(count: number): Promise<string[]> {
    const taken: string[] = [];
    while (taken.length < count) taken.push(await this.next());
    return taken;
  }

  /** Everything until the connection is gone. */
  async rest(): Promise<string[]> {
    const taken: string[] = [];
    while (taken.at(-1) !== "gone") taken.push(await this.next());
    return taken;
  }

  /** Ends the connection without a Close frame. */
  destroy(): void {
    this.#socket.destroy();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  // Internals

  #read(): void {
    if (this.#head === undefined) {
      const end = this.#input.indexOf("\r\n\r\n");
      if (end < 0) return;
      const [firstLine = "", ...lines] = this.#input.subarray(0, end).toString("latin1").split("\r\n");
      const fields = lines
        .map((line) => line.split(/:\s*(.*)/s))
        .map(([name = "", value = ""]) => [name.toLowerCase(), value] as const);
      this.#head = { firstLine, fields: new Map(fields) };
      this.#input = this.#input.subarray(end + 4);
      this.#waiting?.();
    }
    for (;;) {
      const frame = this.#takeFrame();
      if (frame === undefined) return;
      this.#handle(frame.first, frame.payload);
    }
  }

  #takeFrame(): { first: number; payload: Buffer } | undefined {
    const input = this.#input;
    if (input.length < 2) return undefined;
    const [first = 0, second = 0] = input;
    const short = second & 0x7f;
    const isMasked = second >= 0x80;
    const lengthEnd = short === 126 ? 4 : short === 127 ? 10 : 2;
    const start = lengthEnd + (isMasked ? 4 : 0);
    if (input.length < start) return undefined;
    const length = short === 126 ? input.readUInt16BE(2) : short === 127 ? Number(input.readBigUInt64BE(2)) : short;
    if (input.length < start + length) return undefined;
    const key = input.subarray(lengthEnd, start);
    const payload = Buffer.from(input.subarray(start, start + length));
    if (isMasked) for (const [at, byte] of payload.entries()) payload[at] = byte ^ (key[at % 4] ?? 0);
    this.#input = input.subarray(start + length);
    return { first, payload };
  }

  #handle(first: number, payload: Buffer): void {
    const opcode = first & 0x0f;
    if (opcode === opcodes.close) {
      const code = payload.length < 2 ? 1005 : payload.readUInt16BE(0);
      this.#arrive(`close ${code} ${payload.subarray(2)}`.trimEnd());
      // RFC 6455 §5.5.1: it is answered with the same code.
      this.frame(opcodes.close, payload.subarray(0, 2));
      if (!this.#masks) this.#socket.end();
    } else if (opcode === opcodes.ping) {
      this.#arrive("ping");
      if (this.answersPings) this.frame(opcodes.pong, payload);
    } else if (opcode === opcodes.pong) {
      this.#arrive(`pong ${payload}`.trimEnd());
    } else {
      this.#message ??= { opcode, isCompressed: (first & 0x40) !== 0, parts: [] };
      this.#message.parts.push(payload);
      if (first < 0x80) return;
      this.#arrive(describe(this.#message));
      this.#message = undefined;
    }
  }

  #arrive(what: string): void {
    this.#arrived.push(what);
    this.#waiting?.();
  }

  async #until(condition: () => boolean): Promise<void> {
    const end = performance.now() + patience;
    while (!condition()) {
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error("nothing has arrived")), end - performance.now());
        this.#waiting = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}

/** A server of raw peers, on a free port of this machine. */
export class RawServer {
  readonly #server: Server;
  readonly #peers: RawPeer[] = [];
  #waiting: (() => void) | undefined;

  private constructor(server: Server) {
    this.#server = server;
    server.on("connection", (socket) => {
      this.#peers.push(RawPeer.accepted(socket));
      this.#waiting?.();
    });
  }

  static async listen(): Promise<RawServer> {
    const server = createServer({ allowHalfOpen: true }).listen(0, "127.0.0.1");
    await once(server, "listening");
    return new RawServer(server);
  }

  get url(): string {
    const address = this.#server.address();
    return `ws://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  }

  /** The next client. */
  async next(): Promise<RawPeer> {
    while (this.#peers.length === 0) {
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error("no client has come")), patience);
        this.#waiting = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return this.#peers.shift() as RawPeer;
  }

  close(): void {
    this.#server.close();
  }
}

/** Connects, and tries again while a program is starting. */
async function patientlyConnected(where: NetConnectOpts): Promise<Socket> {
  for (const end = performance.now() + patience; ; ) {
    const socket = connect({ allowHalfOpen: true, ...where });
    try {
      await once(socket, "connect");
      return socket;
    } catch (error) {
      if (performance.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

function describe({ opcode, isCompressed, parts }: { opcode: number; isCompressed: boolean; parts: Buffer[] }): string {
  const joined = Buffer.concat(parts);
  // RFC 7692 §7.2.2: the tail that the sender has left out.
  const payload = isCompressed
    ? inflateRawSync(Buffer.concat([joined, Buffer.of(0, 0, 0xff, 0xff)]), { finishFlush: 2 })
    : joined;
  const kind = `${isCompressed ? "compressed " : ""}${opcode === opcodes.text ? "text" : "binary"}`;
  if (payload.length > longest) return `${kind} of ${payload.length} bytes`;
  return `${kind} ${opcode === opcodes.text ? payload.toString() : payload.join()}`.trimEnd();
}

function format(fields: Record<string, string>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("");
}
