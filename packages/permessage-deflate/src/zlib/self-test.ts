/** Self-test: checks whether the zlib handles of this runtime behave as the codec needs. Runs once, when it is first used. */
import type { TransformSink } from "@hybi/core";
import type { ZlibDeflater } from "./zlib-deflater.ts";
import type { ZlibInflater } from "./zlib-inflater.ts";

/** The examples of RFC 7692 §7.2.3.1 and §7.2.3.2: "Hello", and "Hello" again with the window kept. */
const hello = Uint8Array.of(0x48, 0x65, 0x6c, 0x6c, 0x6f);
const helloDeflated = Uint8Array.of(0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00);
const helloAgain = Uint8Array.of(0xf2, 0x00, 0x11, 0x00, 0x00);

export function works(openDeflater: typeof ZlibDeflater.open, openInflater: typeof ZlibInflater.open): boolean {
  try {
    const deflater = openDeflater({ windowBits: 15, level: 6, memoryLevel: 1 });
    const inflater = openInflater();
    if (deflater === undefined || inflater === undefined) return false;
    const collected: number[] = [];
    const collect: TransformSink = (bytes, start, end) => {
      collected.push(...bytes.subarray(start, end));
      return true;
    };
    const inflates = (payload: Uint8Array): boolean =>
      inflater.push(payload, 0, payload.length, collect) === undefined && inflater.finish() === undefined;

    let ok = inflates(helloDeflated) && inflates(helloAgain);
    deflater.push(hello, 0, hello.length, true, (bytes, start, end) => {
      ok &&= inflates(bytes.slice(start, end));
      return true;
    });
    ok &&= String(collected) === String([...hello, ...hello, ...hello]);
    // A truncated message must be detected.
    ok &&= inflater.push(helloDeflated, 0, 4, collect) === undefined && inflater.finish() !== undefined;
    deflater.close();
    inflater.close();
    return ok;
  } catch {
    return false;
  }
}
