/** Measures memory that a peer can make an endpoint hold: an endless message in fragments of one byte. */
import { heldAfter } from "./heap.ts";
import { Ledger } from "./ledger.ts";
import { receiver } from "./peers/receivers.ts";
import { encodeFrame } from "./wire.ts";

const fragments = 16_000;

/** Returns the bytes held per fragment. Each fragment arrives in a chunk of its own. */
export async function heldByFragments(implementation: string): Promise<number> {
  const ledger = new Ledger();
  const receive = receiver(implementation, "server", ledger);
  const held = await heldAfter(() => {
    for (let index = 0; index < fragments; index++) {
      receive(encodeFrame(index === 0 ? 0x02 : 0x00, Uint8Array.of(index), true, index));
    }
  });
  // End the message only now, so that the receiver is still reachable while memory is counted.
  receive(encodeFrame(0x80, Uint8Array.of(0), true, 0));
  if (ledger.count !== 1) throw new Error("The message was not received.");
  return held / fragments;
}
