/** A client on a pump and an endpoint, without a socket: it sends messages piece by piece, and queues all events. */
import { connect } from "node:net";
import { type ConnectionEvent, Endpoint } from "@hybi/core";
import { type Fields, parseWebSocketUrl } from "@hybi/core/opening";
import { NodeTransport, nodeClock, nodeFunctions } from "@hybi/node";
import { Pump, silentListener } from "@hybi/websocket";

/** The events, except Close frames: `end` contains the same. */
export type Heard = Exclude<ConnectionEvent, { type: "close" }>;

export class Client {
  readonly #pump: Pump;
  readonly #heard: Heard[] = [];
  #changed: () => void = () => {};

  private constructor(url: string, fields: Fields, opened: () => void) {
    const { address, port } = parseWebSocketUrl(url);
    const random = (target: Uint8Array): unknown => crypto.getRandomValues(target);
    this.#pump = new Pump({
      endpoint: Endpoint.client({ url, fields, random, native: nodeFunctions }),
      transport: new NodeTransport(connect({ host: address, port, allowHalfOpen: true })),
      listener: {
        ...silentListener,
        open: opened,
        text: (data) => this.#add({ type: "text", data }),
        binary: (bytes, start, end) => this.#add({ type: "binary", data: bytes.slice(start, end) }),
        pong: (payload) => this.#add({ type: "pong", payload }),
        failure: (violation) => this.#add({ type: "failure", violation }),
        end: (clean, statusCode, reason) => this.#add({ type: "end", clean, statusCode, reason }),
      },
      clock: nodeClock,
      // One fragment per write, so that other frames can be sent in between.
      writeBudget: 65_536,
    });
    this.#pump.start();
  }

  /** Resolves once the connection is open. */
  static async open(url: string, fields: Fields): Promise<Client> {
    let client: Client | undefined;
    await new Promise<void>((resolve) => {
      client = new Client(url, fields, resolve);
    });
    return client as Client;
  }

  /** Runs a command on the endpoint; its output is written at the end of the turn. */
  send<Result>(command: (endpoint: Endpoint) => Result): Result {
    const result = command(this.#pump.endpoint);
    this.#pump.requestFlush();
    return result;
  }

  /** Returns the next event. */
  async next(): Promise<Heard> {
    for (;;) {
      const event = this.#heard.shift();
      if (event !== undefined) return event;
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }

  #add(event: Heard): void {
    this.#heard.push(event);
    this.#changed();
  }
}
