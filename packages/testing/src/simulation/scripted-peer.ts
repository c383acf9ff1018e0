/** A peer that sends what the test says, right or wrong, and records what it receives. */
import type { EndpointEvent, Output, TransportAction } from "@hybi/core";
import { concatBytes } from "../bytes/bytes.ts";
import type { Subject } from "./subject.ts";

/** A step of a scripted peer. */
export type PeerStep = { readonly type: "send"; readonly bytes: Uint8Array } | { readonly type: "end" };

/** The far end of an endpoint under test. */
export class ScriptedPeer implements Subject<EndpointEvent>, Output {
  #output: Uint8Array[] = [];
  #received: Uint8Array[] = [];
  #transport: TransportAction = "keep";
  #ended = false;
  /** Steps given before a journal was attached. */
  #early: PeerStep[] = [];
  #journal: (step: PeerStep) => void = (step) => this.#early.push(step);

  /** Everything received so far. */
  get received(): Uint8Array {
    return concatBytes(this.#received);
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

  /** Ends its half once everything is sent. */
  end(): void {
    this.#journal({ type: "end" });
    this.#transport = "end";
  }

  /** From now on, reports this peer's steps to `journal`, beginning with those given so far. */
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

  get transportAction(): TransportAction {
    return this.#transport;
  }
}
