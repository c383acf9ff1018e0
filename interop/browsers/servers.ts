/** What the servers of the tests do with those who come. */
import type { OpeningAnswer, OpeningRequest } from "@hybi/core";
import type { CloseEvent, IncomingOpening, OpeningHandler, WebSocket } from "@hybi/websocket";

/** Sends back what it is sent. */
export function echoTo(socket: WebSocket): void {
  socket.onmessage = ({ data }) => socket.send(data);
}

export function echo(opening: IncomingOpening): void {
  echoTo(opening.accept());
}

/** One who came. */
export interface Arrival {
  readonly request: OpeningRequest;
  readonly socket: WebSocket;
  readonly closed: Promise<CloseEvent>;
}

/** Accepts all who come, and answers them one by one. */
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
