/** A client of the load generator: a plain socket that sends prepared bytes. */
import { connect, type Socket } from "node:net";
import { MessageCounter } from "./message-counter.ts";

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
  readonly frameLength: number;
}

export class ClientSocket {
  readonly #socket: Socket;
  readonly #counter = new MessageCounter();
  #onBytes: (bytes: Uint8Array, length: number) => void = () => {};
  #messages = 0;
  #outstanding = 0;
  #isStopping = false;
  #onStopped: (() => void) | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Resolves once open: for WebSocket, after the server's response. */
  static open(port: number, isWebSocket: boolean, deflate: boolean): Promise<ClientSocket> {
    return new Promise((resolve, reject) => {
      const onread = {
        buffer: readBuffer,
        callback: (length: number, bytes: Uint8Array) => {
          client.#onBytes(bytes, length);
          return true;
        },
      };
      const client: ClientSocket = new ClientSocket(
        connect({ host: "127.0.0.1", port, noDelay: true, onread } as never),
      );
      const socket = client.#socket;
      socket.on("error", reject);
      socket.on("close", () => reject(new Error("The server closed a connection.")));
      if (!isWebSocket) {
        socket.once("connect", () => resolve(client));
        return;
      }
      let response = "";
      client.#onBytes = (bytes, length) => {
        response += Buffer.from(bytes.buffer, bytes.byteOffset, length).toString("latin1");
        if (!response.endsWith("\r\n\r\n")) return;
        if (!response.startsWith("HTTP/1.1 101 ")) reject(new Error(`The server responded with: ${response}`));
        resolve(client);
      };
      socket.write(deflate ? requests.deflate : requests.plain);
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
        if (left === 0) resolve(Buffer.concat(chunks));
      };
      this.#socket.write(bytes);
    });
  }

  /** Sends a message for each one received, until `stop`. */
  start({ batch, frameLength }: Traffic): void {
    this.#messages = 0;
    this.#isStopping = false;
    this.#outstanding = batch.length / frameLength;
    this.#onBytes = (bytes, length) => {
      const count = this.#counter.count(bytes, length);
      if (count === 0) return;
      this.#messages += count;
      if (!this.#isStopping) {
        this.#socket.write(count * frameLength === batch.length ? batch : batch.subarray(0, count * frameLength));
        return;
      }
      this.#outstanding -= count;
      if (this.#outstanding === 0) this.#onStopped?.();
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

  /** Drops the connection. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#socket.on("close", () => resolve());
      this.#socket.destroy();
    });
  }
}
