/** What is held against the model of the closing handshake: two endpoints and the bytes between them. */
import type { ConnectionEvent, Role, TransportInstruction } from "@hybi/core";
import { type ClosingModel, closingModel } from "./closing-model.ts";

/** An endpoint whose connection is open: a `Connection` of core's, or another stack in its clothes. */
export interface ClosingSubject {
  receive(chunk: Uint8Array): readonly ConnectionEvent[];
  receiveEnd(): readonly ConnectionEvent[];
  takeOutput(): readonly Uint8Array[];
  readonly transport: TransportInstruction;
  /** These throw, and change nothing, once a message may not be sent any more. */
  sendText(text: string): void;
  sendPing(payload: Uint8Array): void;
  /** Does nothing where there is a Close frame already. */
  sendClose(statusCode?: number, reason?: string): void;
  /** The time for closing is over. */
  expire(reason: "closing"): readonly ConnectionEvent[];
}

/** Two of them, with what each has written and the other not yet received. */
export interface ClosingPair {
  readonly subjects: Readonly<Record<Role, ClosingSubject>>;
  readonly pipes: Readonly<Record<Role, Uint8Array[]>>;
}

/**
 * For `fc.modelRun`: the model, and a pair of what `open` makes.
 *
 * @example
 * const setup = closingSetup((role) => new Connection(plainAgreement(role), { random }));
 * fc.assert(fc.property(closingCommands(), (commands) => fc.modelRun(setup, commands)));
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
