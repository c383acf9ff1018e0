/** The system under test for the model of the closing handshake: two endpoints and the bytes between them. */
import type { ConnectionEvent, Role, TransportAction } from "@hybi/core";
import { type ClosingModel, closingModel } from "./closing-model.ts";

/** An endpoint whose connection is open: a `Connection` of @hybi/core, or an adapter around another stack. */
export interface ClosingSubject {
  receive(chunk: Uint8Array): readonly ConnectionEvent[];
  receiveEnd(): readonly ConnectionEvent[];
  takeOutput(): readonly Uint8Array[];
  readonly transportAction: TransportAction;
  /** The send methods throw, and change nothing, once no more messages may be sent. */
  sendText(text: string): void;
  sendPing(payload: Uint8Array): void;
  /** Does nothing if a Close frame has already been queued. */
  sendClose(statusCode?: number, reason?: string): void;
  /** The closing deadline has passed. */
  expire(reason: "closing"): readonly ConnectionEvent[];
}

/** Two subjects, with the bytes that each has written and the other has not yet received. */
export interface ClosingPair {
  readonly subjects: Readonly<Record<Role, ClosingSubject>>;
  readonly pipes: Readonly<Record<Role, Uint8Array[]>>;
}

/**
 * Returns the setup for `fc.modelRun`: the model, and a pair of endpoints created by `open`.
 *
 * @example
 * const setup = closingSetup((role) => new Connection(plainAgreement(role), { random }));
 * fc.assert(fc.property(arb.closingCommands(), (commands) => fc.modelRun(setup, commands)));
 */
export function closingSetup(open: (role: Role) => ClosingSubject): () => { model: ClosingModel; real: ClosingPair } {
  return () => ({
    model: closingModel(),
    real: {
      subjects: { client: open("client"), server: open("server") },
      pipes: { client: [], server: [] },
    },
  });
}
