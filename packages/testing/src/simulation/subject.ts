/**
 * The interface of whatever is at an end of the simulated link: an endpoint of @hybi/core, a scripted peer, or any
 * other stack.
 */
import type { TransportAction } from "@hybi/core";

/** An event as a value. */
export interface SubjectEvent {
  readonly type: string;
}

/**
 * A sans-I/O codec that takes bytes and returns bytes. `Endpoint` and `Connection` implement it; a wrapper around
 * another stack needs only these three methods.
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
  /** Processes a chunk that has arrived. The subject owns the chunk and may modify it. Returns the events. */
  receive(chunk: Uint8Array): readonly Event[];
  /** The peer has ended its half of the transport, or the transport is lost. Returns the events. */
  receiveEnd(): readonly Event[];
  /** Removes and returns pending output, of at most about `budget` bytes if possible. */
  takeOutput(budget?: number): readonly Uint8Array[];
  /** What to do with the transport once everything is written; when undefined, it is kept open. */
  readonly transportAction?: TransportAction | undefined;
}

/** The event type of a subject. */
export type EventOf<Given> = Given extends Subject<infer Event> ? Event : never;
