/** Receives the opening request of a client under test, before it is known which case or command it asks for. */
import type { Violation } from "@hybi/core";
import { type OpeningRequest, ServerHandshake } from "@hybi/core/opening";
import type { Wire } from "./wire.ts";

export interface ReceivedRequest {
  readonly handshake: ServerHandshake;
  readonly request: OpeningRequest;
}

/** The opening request breaks a rule, or is missing. */
class RequestFault extends Error {
  override readonly name = "RequestFault";
  readonly violation: Violation;

  constructor(violation: Violation) {
    super(`Its opening request breaks a rule: ${violation.message} (${violation.section})`);
    this.violation = violation;
  }
}

/**
 * Listens on `wire` until the request is complete. The caller must then attach its own listener; bytes that arrived in
 * the meantime are in the handshake. Rejects with a `RequestFault` after sending the response to a faulty request.
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
