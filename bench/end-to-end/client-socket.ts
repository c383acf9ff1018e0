/** A client of the load generator: a plain socket that sends prepared bytes. */
import { connect, type Socket } from "node:net";
import { connect as connectSecurely } from "node:tls";
import { MessageCounter } from "./message-counter.ts";
import { pongsTo } from "./pongs.ts";

/** Where and how to connect. */
export interface Target {
  readonly port: number;
  readonly isWebSocket: boolean;
  readonly deflate: boolean;
  readonly tls: boolean;
}

const fields = [
  "Host: chat.example.com",
  "Connection: Upgrade",
  "Pragma: no-cache",
  "Cache-Control: no-cache",
  "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
  "Upgrade: websocket",
  "Origin: https://chat.example.com",
  "Sec-WebSocket-Version: 13",
  "Accept-Encoding: gzip, deflate, br, zstd",
  "Accept-Language: en-GB,en;q=0.9,ko;q=0.8",
  "Cookie: session=0123456789abcdef0123456789abcdef; theme=dark",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
];
const offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits";

/** Returns the opening request of a browser. */
function openingRequest(deflate: boolean): Buffer {
  const lines = ["GET /room/1234?token=abcdef HTTP/1.1", ...fields, ...(deflate ? [offer] : []), "", ""];
  return Buffer.from(lines.join("\r\n"));
}
const requests = { plain: openingRequest(false), deflate: openingRequest(true) };

/** Shared by all sockets: a reader that allocates would be slower than the server. */
const readBuffer = Buffer.alloc(262_144);

/** Prepared messages for an echo, with `depth` of them outstanding at a time. */
export interface Traffic {
  /** All outstanding frames, concatenated. */
  readonly batch: Uint8Array;
  /** Where each of them ends. */
  readonly ends: readonly number[];
}

type BytesListener = (bytes: Uint8Array, length: number) => void;

export class ClientSocket {
  readonly #socket: Socket;
  readonly #counter = new MessageCounter();
  /** Between exchanges only Pings arrive, while the other servers are measured. */
  readonly #whileIdle: BytesListener = (bytes, length) => {
    if (bytes[0] === 0x89) this.#socket.write(pongsTo(bytes.subarray(0, length)));
  };
  #onBytes: BytesListener = this.#whileIdle;
  #messages = 0;
  #outstanding = 0;
  #isStopping = false;
  #isClosing = false;
  #onStopped: (() => void) | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  /**
   * Resolves once open: for WebSocket, after the server's response. Calls `lost` if the connection ends afterwards, other than by
   * `close`.
   */
  static open(target: Target, lost: () => void): Promise<ClientSocket> {
    return new Promise((resolve, reject) => {
      const socket = openSocket(target, (bytes, length) => client.#onBytes(bytes, length));
      const client = new ClientSocket(socket);
      let isOpen = false;
      const opened = (): void => {
        isOpen = true;
        client.#onBytes = client.#whileIdle;
        resolve(client);
      };
      socket.on("error", reject);
      socket.on("close", () => {
        reject(new Error("The server closed a connection."));
        if (isOpen && !client.#isClosing) lost();
      });
      if (!target.isWebSocket) {
        socket.once(target.tls ? "secureConnect" : "connect", opened);
        return;
      }
      let response = "";
      client.#onBytes = (bytes, length) => {
        response += Buffer.from(bytes.buffer, bytes.byteOffset, length).toString("latin1");
        if (!response.endsWith("\r\n\r\n")) return;
        if (!response.startsWith("HTTP/1.1 101 ")) reject(new Error(`The server responded with: ${response}`));
        else opened();
      };
      socket.write(target.deflate ? requests.deflate : requests.plain);
    });
  }

  /** Sends `bytes`; resolves with everything received up to the end of `messages` messages. */
  exchange(bytes: Uint8Array, messages: number): Promise<Uint8Array> {
    return new Promise((resolve) => {
      const chunks: Buffer[] = [];
      let left = messages;
      this.#onBytes = (chunk, length) => {
        chunks.push(Buffer.from(chunk.subarray(0, length)));
        left -= this.#counter.count(chunk, length);
        if (left > 0) return;
        this.#onBytes = this.#whileIdle;
        resolve(Buffer.concat(chunks));
      };
      this.#socket.write(bytes);
    });
  }

  /** Sends a message for each one received, until `stop`. */
  start({ batch, ends }: Traffic): void {
    this.#messages = 0;
    this.#isStopping = false;
    this.#outstanding = ends.length;
    this.#onBytes = (bytes, length) => {
      const count = this.#counter.count(bytes, length);
      if (count === 0) return;
      this.#messages += count;
      if (!this.#isStopping) {
        this.#socket.write(count === ends.length ? batch : batch.subarray(0, ends[count - 1]));
        return;
      }
      this.#outstanding -= count;
      if (this.#outstanding > 0) return;
      this.#onBytes = this.#whileIdle;
      this.#onStopped?.();
    };
    this.#socket.write(batch);
  }

  /** Stops; resolves with the number of messages received since `start` once none is outstanding. */
  stop(): Promise<number> {
    this.#isStopping = true;
    return new Promise((resolve) => {
      this.#onStopped = () => resolve(this.#messages);
    });
  }

  /** Calls `listener` for what arrives, with the number of messages that ended in it, and as bytes. */
  listen(listener: (messages: number, bytes: Uint8Array) => void): void {
    this.#onBytes = (bytes, length) => listener(this.#counter.count(bytes, length), bytes.subarray(0, length));
  }

  send(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** Drops the connection. */
  close(): Promise<void> {
    this.#isClosing = true;
    return new Promise((resolve) => {
      this.#socket.on("close", () => resolve());
      this.#socket.destroy();
    });
  }
}

function openSocket({ port, tls }: Target, onBytes: BytesListener): Socket {
  const to = { host: "127.0.0.1", port, noDelay: true };
  if (tls) {
    const socket = connectSecurely({ ...to, rejectUnauthorized: false });
    socket.setNoDelay(true);
    return socket.on("data", (chunk) => onBytes(chunk, chunk.length));
  }
  const callback = (length: number, bytes: Uint8Array): boolean => {
    onBytes(bytes, length);
    return true;
  };
  return connect({ ...to, onread: { buffer: readBuffer, callback } } as never);
}
