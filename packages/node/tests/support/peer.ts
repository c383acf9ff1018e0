/** A socket for tests: collects its events in order, and how it ended. */
import { WebSocket } from "@hybi/node";
import type { CloseEvent, ControlEvent, Failure, FailureEvent, MessageData, SocketMessageEvent } from "@hybi/websocket";

export interface EndOfPeer {
  readonly type: "end";
  readonly clean: boolean;
  readonly statusCode: number;
  readonly reason: string;
  readonly failure: Failure | undefined;
}

export type PeerEvent =
  | { readonly type: "text"; readonly data: string }
  | { readonly type: "binary"; readonly data: Uint8Array }
  | { readonly type: "ping" | "pong"; readonly payload: Uint8Array }
  | { readonly type: "failure"; readonly failure: Failure }
  | EndOfPeer;

/** Collects all events of `socket` from now on. */
export class Peer {
  readonly socket: WebSocket;
  readonly closed: Promise<EndOfPeer>;
  readonly events: PeerEvent[] = [];
  #taken = 0;
  #changed: (() => void)[] = [];

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.binaryType = "arraybuffer";
    let failure: Failure | undefined;
    socket.addEventListener("message", ({ data }: SocketMessageEvent<MessageData>) => {
      if (typeof data === "string") this.#add({ type: "text", data });
      else this.#add({ type: "binary", data: new Uint8Array(data as ArrayBuffer) });
    });
    for (const type of ["ping", "pong"] as const) {
      socket.addEventListener(type, ({ payload }: ControlEvent) => this.#add({ type, payload: payload.slice() }));
    }
    socket.addEventListener("error", (event: FailureEvent) => {
      failure = event.failure;
      this.#add({ type: "failure", failure });
    });
    this.closed = new Promise((resolve) => {
      socket.addEventListener("close", ({ wasClean, code, reason }: CloseEvent) => {
        const end: EndOfPeer = { type: "end", clean: wasClean, statusCode: code, reason, failure };
        this.#add(end);
        resolve(end);
      });
    });
  }

  get isOpen(): boolean {
    return this.socket.readyState === WebSocket.OPEN;
  }

  /** Resolves with the next event. */
  async next(): Promise<PeerEvent> {
    for (;;) {
      const event = this.events[this.#taken];
      if (event !== undefined) {
        this.#taken++;
        return event;
      }
      await new Promise<void>((resolve) => this.#changed.push(resolve));
    }
  }

  close(code?: number, reason?: string): Promise<EndOfPeer> {
    this.socket.close(code, reason);
    return this.closed;
  }

  #add(event: PeerEvent): void {
    this.events.push(event);
    for (const resolve of this.#changed.splice(0)) resolve();
  }
}
