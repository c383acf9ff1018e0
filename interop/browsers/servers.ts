/** What the servers of the tests do with their clients. */
import type { OpeningAnswer, OpeningRequest } from "@hybi/core/opening";
import type { CloseEvent, IncomingOpening, OpeningHandler, WebSocket } from "@hybi/websocket";

/** Sends every message back. */
export function echoTo(socket: WebSocket): void {
  socket.onmessage = ({ data }) => socket.send(data);
}

export function echo(opening: IncomingOpening): void {
  echoTo(opening.accept());
}

/** A client that has connected. */
export interface Arrival {
  readonly request: OpeningRequest;
  readonly socket: WebSocket;
  readonly closed: Promise<CloseEvent>;
}

/** Accepts all clients, and returns them one by one. */
export class Arrivals {
  readonly handler: OpeningHandler;
  readonly #arrived: Arrival[] = [];
  #wake: (() => void) | undefined;

  constructor(use: (socket: WebSocket) => void = () => {}, answer: OpeningAnswer = {}) {
    this.handler = (opening) => {
      const socket = opening.accept(answer);
      socket.binaryType = "arraybuffer";
      const closed = new Promise<CloseEvent>((resolve) => {
        socket.onclose = resolve;
      });
      use(socket);
      this.#arrived.push({ request: opening.request, socket, closed });
      this.#wake?.();
    };
  }

  async next(): Promise<Arrival> {
    for (;;) {
      const arrival = this.#arrived.shift();
      if (arrival !== undefined) return arrival;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
