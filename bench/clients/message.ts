/** The message that servers send to the measured clients, and these send to them. */
import type { Message } from "../workloads.ts";

export function workloadOf(kind: "text" | "binary", length: number): Message {
  return { kind, payload: new Uint8Array(length).fill(0x61) };
}
