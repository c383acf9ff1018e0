/** What can stand at an end of the simulated link: an endpoint of core's, a scripted peer, or a stack of anybody's. */
import type { TransportInstruction } from "@hybi/core";

/** Something that happened, as a value. */
export interface SubjectEvent {
  readonly type: string;
}

/**
 * A codec that takes bytes and gives bytes: `Endpoint` and `Connection` are such, and what wraps another stack need not
 * be more than these three methods.
 *
 * @example
 * class EchoServer implements Subject<{ type: "chunk"; data: Uint8Array }> {
 *   readonly #output: Uint8Array[] = [];
 *   receive(data: Uint8Array) {
 *     this.#output.push(data);
 *     return [{ type: "chunk" as const, data }];
 *   }
 *   receiveEnd() {
 *     return [];
 *   }
 *   takeOutput() {
 *     return this.#output.splice(0);
 *   }
 * }
 */
export interface Subject<Event extends SubjectEvent = SubjectEvent> {
  /** Bytes have come, in a chunk that is the subject's to keep and to change. Answers what happened. */
  receive(chunk: Uint8Array): readonly Event[];
  /** The peer has ended its half of the transport, or the transport is gone. */
  receiveEnd(): readonly Event[];
  /** Removes and answers what is to be written, about `budget` bytes at most if it can. */
  takeOutput(budget?: number): readonly Uint8Array[];
  /** What to do with the transport once everything is written; absent, it is kept. */
  readonly transport?: TransportInstruction | undefined;
}

/** The events of a subject. */
export type EventOf<Given> = Given extends Subject<infer Event> ? Event : never;
