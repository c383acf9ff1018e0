/** A peer that does what it is told, right or wrong, and remembers what it was sent. */
import type { EndpointEvent, Output, TransportInstruction } from "@hybi/core";
import { concat } from "../bytes/bytes.ts";
import type { Subject } from "./subject.ts";

/** What a scripted peer is told to do. */
export type PeerStep = { readonly type: "send"; readonly bytes: Uint8Array } | { readonly type: "end" };

/** The far end of an endpoint under test. */
export class ScriptedPeer implements Subject<EndpointEvent>, Output {
  #output: Uint8Array[] = [];
  #received: Uint8Array[] = [];
  #transport: TransportInstruction = "keep";
  #ended = false;
  /** What it was told before anybody wrote it down. */
  #early: PeerStep[] = [];
  #journal: (step: PeerStep) => void = (step) => this.#early.push(step);

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
    for (const each of bytes) this.#journal({ type: "send", bytes: each });
    this.#output.push(...bytes);
  }

  /** Ends its half when everything is sent. */
  end(): void {
    this.#journal({ type: "end" });
    this.#transport = "end";
  }

  /** From now on `journal` is told what this peer is told, beginning with what it was told already. */
  writeDownIn(journal: (step: PeerStep) => void): void {
    this.#journal = journal;
    for (const step of this.#early.splice(0)) journal(step);
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
