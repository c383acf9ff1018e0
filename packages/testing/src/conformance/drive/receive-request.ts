/** The opening request of a client under test, read before it is known what the client wants. */
import { type OpeningRequest, ServerHandshake, type Violation } from "@hybi/core";
import type { Wire } from "./wire.ts";

export interface ReceivedRequest {
  readonly handshake: ServerHandshake;
  readonly request: OpeningRequest;
}

/** Its opening request breaks a rule; or there is none. */
class RequestFault extends Error {
  override readonly name = "RequestFault";
  readonly violation: Violation;

  constructor(violation: Violation) {
    super(`Its opening request breaks a rule: ${violation.message} (${violation.section})`);
    this.violation = violation;
  }
}

/**
 * Listens on `wire` until the request is there. Whoever goes on listens anew; what came meanwhile is with the handshake.
 * Rejects with a `RequestFault`, after having answered it.
 */
export function receiveRequest(wire: Wire): Promise<ReceivedRequest> {
  const handshake = new ServerHandshake();
  return new Promise((resolve, reject) => {
    const react = (events: ReturnType<ServerHandshake["receive"]>): void => {
      for (const event of events) {
        if (event.type === "request") resolve({ handshake, request: event.request });
        if (event.type !== "failure") continue;
        for (const bytes of handshake.takeOutput()) void wire.write(bytes);
        wire.end();
        reject(new RequestFault(event.violation));
      }
    };
    wire.start({
      data: (bytes) => react(handshake.receive(bytes.slice())),
      end: () => react(handshake.receiveEnd()),
    });
  });
}
