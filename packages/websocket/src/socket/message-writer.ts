/** A message that the application sends in pieces, as fragments (RFC 6455 §5.4), with backpressure. */
import { type MessageKind, type MessageStream, UsageError } from "@hybi/core";
import { checkOptions, type OptionChecks, takes } from "@hybi/core/options";
import { writable } from "../dom/message-data.ts";
import type { PiecesOwner, SocketCore, SocketSendOptions } from "./socket-core.ts";
import { socketSendChecks } from "./socket-core.ts";

/** Options of `sendInPieces()`. */
export interface PiecesOptions extends SocketSendOptions {
  /**
   * `write` waits until fewer bytes than these have not left yet, of everything that the socket has sent. With 0 or 1 it waits until all
   * has left. Default: 64 KiB.
   */
  readonly highWaterMark?: number | undefined;
}

const piecesChecks: OptionChecks<PiecesOptions> = { ...socketSendChecks, highWaterMark: takes.atLeast(0) };

const defaultHighWaterMark = 65_536;

/** RFC 6455 §7.4.1: an unexpected condition. */
const internalError = 1011;

/**
 * Writes one message of a WebSocket. It is an underlying sink, too: `new WritableStream(socket.sendInPieces("text"))`.
 *
 * The pieces leave as fragments as the transport has room; their boundaries mean nothing to the peer. Control frames go between
 * them. A more urgent message overtakes the whole of this one until its first piece begins to leave; from then on every other message, of
 * any priority, waits until this one is closed, because RFC 6455 §5.4 lets no other message come in between.
 */
export class MessageWriter {
  readonly #core: SocketCore;
  readonly #below: number;
  readonly #isOwned: boolean;
  /** Resolves with the message once its place is reserved, which Blobs that were sent before delay. */
  readonly #started: Promise<MessageStream>;
  #stream: MessageStream | undefined;
  /** Whether some calls wait for `#started`: later ones must not overtake them. */
  #isQueued = false;
  #forget: () => void = () => {};
  #neverStarts!: (error: Error) => void;
  #isGivenUp = false;
  /** Whether `close` was called and has not failed, and what it has returned. */
  #isClosed = false;
  #closed: Promise<void> | undefined;
  /** Settles when the message has left, or never will. */
  readonly #left: Promise<void>;

  /** Called by `WebSocket.sendInPieces`. @throws UsageError for invalid options */
  constructor(core: SocketCore, kind: MessageKind, options: PiecesOptions = {}) {
    takes.oneOf("text", "binary")(kind, "kind");
    checkOptions("sendInPieces", options, piecesChecks);
    const { highWaterMark = defaultHighWaterMark, owned = false, priority, compress } = options;
    this.#core = core;
    this.#below = Math.max(1, highWaterMark);
    this.#isOwned = owned;
    let hasStarted!: (stream: MessageStream) => void;
    let hasLeft!: () => void;
    let neverLeaves!: (error: Error) => void;
    this.#started = new Promise((resolve, reject) => {
      hasStarted = resolve;
      this.#neverStarts = reject;
    });
    this.#left = new Promise((resolve, reject) => {
      hasLeft = resolve;
      neverLeaves = reject;
    });
    // They are also the results of calls, whose callers see the rejection.
    this.#started.catch(() => {});
    this.#left.catch(() => {});
    const writer = this;
    const owner: PiecesOwner = {
      get isGivenUp() {
        return writer.#isGivenUp;
      },
      started: (stream, forget) => {
        this.#stream = stream;
        this.#forget = forget;
        hasStarted(stream);
      },
      over: (error) => {
        if (error === undefined) hasLeft();
        else {
          this.#neverStarts(error);
          neverLeaves(error);
        }
      },
    };
    core.startMessage(kind, { priority, compress }, owner);
  }

  /**
   * Adds a piece, and resolves when there is room for another. A text message takes strings, and bytes that are UTF-8 as a whole; a binary
   * one takes bytes. They are copied, unless they are `owned`.
   *
   * Rejects with a UsageError `send/kind`, `send/not-utf8`, `send/message-ended` or `send/queue-full`, with which nothing was added; with a
   * `WebSocketError` when the connection ends before there is room, and with `send/after-close` or `endpoint/ended` when it is over
   * already; and with a TypeError for what is neither text nor bytes.
   */
  async write(piece: string | ArrayBuffer | ArrayBufferView): Promise<void> {
    const data = writable(piece);
    // The writer may reuse the buffer after this call.
    const kept = typeof data === "string" || this.#isOwned ? data : data.slice();
    if (this.#isClosed || this.#isGivenUp) throw new UsageError("send/message-ended");
    const stream = this.#atOnce() ?? (await this.#inTurn());
    this.#core.sendPiece(() => stream.write(kept));
    await this.#core.room(this.#below);
  }

  /**
   * Ends the message, and resolves when all of it has left. Rejects as the callback of `send`, and with a UsageError `send/not-utf8` if a
   * text ends within a character: it can then go on, or be given up.
   */
  close(): Promise<void> {
    if (this.#isGivenUp) return Promise.reject(new UsageError("send/message-ended"));
    if (!this.#isClosed || this.#closed === undefined) {
      this.#isClosed = true;
      this.#closed = this.#close();
    }
    return this.#closed;
  }

  /**
   * Gives the message up. If none of it has begun to leave, it is as if it had never been started. Otherwise the connection is closed with
   * 1011, because the peer waits for the rest (RFC 6455 §5.4). Does nothing once the message is closed.
   */
  abort(): void {
    if (this.#isClosed || this.#isGivenUp) return;
    this.#isGivenUp = true;
    if (this.#stream === undefined) this.#neverStarts(new UsageError("send/message-ended"));
    else if (this.#stream.cancel()) this.#forget();
    else this.#core.startClosing(internalError, "message given up");
  }

  async #close(): Promise<void> {
    const stream = this.#atOnce() ?? (await this.#inTurn());
    try {
      this.#core.sendPiece(() => stream.end());
    } catch (error) {
      this.#isClosed = false;
      throw error;
    }
    await this.#left;
  }

  /** Returns the message, unless the call has to wait for its start. */
  #atOnce(): MessageStream | undefined {
    return this.#isQueued ? undefined : this.#stream;
  }

  #inTurn(): Promise<MessageStream> {
    this.#isQueued = true;
    return this.#started;
  }
}
