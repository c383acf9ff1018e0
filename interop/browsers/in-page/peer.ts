/** The browser's own WebSocket for tests: its events, one by one and in order. */

export type PagePeerEvent =
  | { readonly type: "open" | "error" }
  | { readonly type: "message"; readonly data: string | ArrayBuffer | Blob }
  | { readonly type: "close"; readonly code: number; readonly reason: string; readonly wasClean: boolean };

/** Queues all events of a socket. */
export class PagePeer {
  readonly socket: WebSocket;
  readonly #events: PagePeerEvent[] = [];
  #wake: (() => void) | undefined;

  constructor(url: string, protocols: string | string[] = [], binaryType: BinaryType = "arraybuffer") {
    this.socket = new WebSocket(url, protocols);
    this.socket.binaryType = binaryType;
    this.socket.onopen = () => this.#add({ type: "open" });
    this.socket.onerror = () => this.#add({ type: "error" });
    this.socket.onmessage = ({ data }) => this.#add({ type: "message", data });
    this.socket.onclose = ({ code, reason, wasClean }) => this.#add({ type: "close", code, reason, wasClean });
  }

  /** Returns the next event. */
  async next(): Promise<PagePeerEvent> {
    for (;;) {
      const event = this.#events.shift();
      if (event !== undefined) return event;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Returns the data of the next event, which must be a message. */
  async message(): Promise<string | ArrayBuffer | Blob> {
    const event = await this.next();
    if (event.type !== "message") throw new Error(`not a message: ${JSON.stringify(event)}`);
    return event.data;
  }

  /** Returns the events from now until it is closed, without messages. */
  async end(): Promise<PagePeerEvent[]> {
    const events: PagePeerEvent[] = [];
    for (;;) {
      const event = await this.next();
      if (event.type !== "message") events.push(event);
      if (event.type === "close") return events;
    }
  }

  #add(event: PagePeerEvent): void {
    this.#events.push(event);
    this.#wake?.();
  }
}

/** Opens a socket. Rejects if it cannot be opened. */
export async function open(...args: ConstructorParameters<typeof PagePeer>): Promise<PagePeer> {
  const peer = new PagePeer(...args);
  const event = await peer.next();
  if (event.type !== "open") throw new Error(`not open: ${event.type}`);
  return peer;
}
