/** The bytes exchanged between the tester and the endpoint under test, up to a limit. */
import type { Role } from "@hybi/core";

/** Bytes that one side sent, or the end of its half of the transport. */
export interface Passage {
  readonly sender: Role;
  /** Undefined for the end. */
  readonly bytes: Uint8Array | undefined;
  /** Milliseconds since the case began. */
  readonly at: number;
}

/** Maximum bytes kept per direction. */
const most = 65_536;

export class Transcript {
  readonly passages: Passage[] = [];
  /** Number of bytes that were not kept. */
  dropped = 0;
  readonly #begin = performance.now();
  readonly #kept = { client: 0, server: 0 };

  add(sender: Role, bytes: Uint8Array | undefined): void {
    const room = most - this.#kept[sender];
    const kept = bytes?.slice(0, Math.max(0, room));
    this.dropped += (bytes?.length ?? 0) - (kept?.length ?? 0);
    this.#kept[sender] += kept?.length ?? 0;
    if (kept?.length === 0 && bytes?.length !== 0) return;
    this.passages.push({ sender, bytes: kept, at: performance.now() - this.#begin });
  }
}
