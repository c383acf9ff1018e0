/** The server's part of one connection, over a transport that somebody has accepted. */
import {
  type DeadlineOptions,
  Endpoint,
  type OpeningAnswer,
  type OpeningRequest,
  type Rejection,
  type ServerOptions,
} from "@hybi/core";
import { nodeClock } from "./clock.ts";
import { nodeHost } from "./host.ts";
import { OpeningError } from "./opening-error.ts";
import { Peer } from "./peer.ts";
import { raiseTo } from "./raise.ts";
import type { Transport } from "./transport.ts";

/** What an application answers to a request: with what it accepts, with what it rejects, or nothing to accept it plainly. */
export type Answer = OpeningAnswer | Rejection | undefined;

/** How a server treats its connections. */
export interface ServeOptions extends Omit<ServerOptions, "random" | "host"> {
  /**
   * Decides on a valid request: an object with a `status` rejects it. May take until the opening deadline; nothing is read
   * meanwhile. Everybody is accepted when it is left out.
   */
  readonly answer?: ((request: OpeningRequest) => Answer | Promise<Answer>) | undefined;
  readonly deadlines?: DeadlineOptions | undefined;
  /** Is told of clients with whom no connection came to be. They have been answered already. */
  readonly onFailure?: ((error: OpeningError) => void) | undefined;
  /** Takes what `answer`, the handler and `onEvent` throw. Without it they are uncaught, as in an event listener. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** Is given each peer once its connection is open. */
export type PeerHandler = (peer: Peer) => void | Promise<void>;

/** Serves one connection. The caller starts the pump. */
export function serve(transport: Transport, options: ServeOptions, handler: PeerHandler): Peer {
  const raise = raiseTo(options.onError);
  const endpoint = Endpoint.server({ ...options, host: nodeHost });
  return new Peer({
    endpoint,
    transport,
    clock: nodeClock,
    deadlines: options.deadlines,
    raise,
    opening(event, peer) {
      if (event.type === "request") void decide(peer, event.request);
      else if (event.type === "open") void run(peer);
      else if (event.type === "failure") fail(new OpeningError({ violation: event.violation, cause: peer.pump.lost }));
    },
  });

  async function decide(peer: Peer, request: OpeningRequest): Promise<void> {
    const { pump } = peer;
    try {
      const answered = options.answer?.(request);
      let answer: Answer;
      if (answered instanceof Promise) {
        pump.pause();
        answer = await answered;
        pump.resume();
      } else {
        answer = answered;
      }
      if (isRejection(answer)) pump.reject(answer);
      else pump.accept(answer);
    } catch (error) {
      raise(error);
      if (endpoint.state === "opening") pump.reject({ status: 500 });
      pump.resume();
    }
  }

  async function run(peer: Peer): Promise<void> {
    try {
      await handler(peer);
    } catch (error) {
      raise(error);
      // RFC 6455 §7.4.1: 1011, the server met a condition that kept it from fulfilling the request.
      void peer.sendClose(1011);
    }
  }

  function fail(error: OpeningError): void {
    try {
      options.onFailure?.(error);
    } catch (thrown) {
      raise(thrown);
    }
  }
}

function isRejection(answer: Answer): answer is Rejection {
  return answer !== undefined && "status" in answer;
}
