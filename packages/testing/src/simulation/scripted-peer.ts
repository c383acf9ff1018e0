/** A peer that does what it is told, right or wrong, and remembers what it was sent. */
import type { EndpointEvent, Output, TransportInstruction } from "@hybi/core";
import { concat } from "../bytes/bytes.ts";

/** The far end of an endpoint under test. */
export class ScriptedPeer implements Output {
  #output: Uint8Array[] = [];
  #received: Uint8Array[] = [];
  #transport: TransportInstruction = "keep";
  #ended = false;

  /** Everything it was sent so far. */
  get received(): Uint8Array {
    return concat(this.#received);
  }

  /** Whether the other end has ended its half. */
  get sawEnd(): boolean {
    return this.#ended;
  }

  /** Sends these bytes next. */
  send(...bytes: readonly Uint8Array[]): void {
    this.#output.push(...bytes);
  }

  /** Ends its half when everything is sent. */
  end(): void {
    this.#transport = "end";
  }

  receive(chunk: Uint8Array): readonly EndpointEvent[] {
    this.#received.push(chunk);
    return [];
  }

  receiveEnd(): readonly EndpointEvent[] {
    this.#ended = true;
    return [];
  }

  takeOutput(): readonly Uint8Array[] {
    return this.#output.splice(0);
  }

  get outputLength(): number {
    return this.#output.reduce((sum, { length }) => sum + length, 0);
  }

  get transport(): TransportInstruction {
    return this.#transport;
  }
}
