/**
 * Run in a separate process with `--expose-gc` by `held.node.test.ts`: compares what compressors and decompressors report as held
 * with the growth of heap and array memory. The arguments select what to create. Prints one JSON object to standard output.
 */
import { type Deflater, type Inflater, portableCodec, type WindowBits } from "@hybi/permessage-deflate";

declare const gc: () => void;

const [what, windowBits, measure] = process.argv.slice(2) as [string, string, string];
const codec = portableCodec;
const bits = Number(windowBits) as WindowBits;
/** Enough copies for the measurement error not to matter. */
const copies = 100;
const data = new Uint8Array(200_000).map((_, index) => (index * 2_654_435_761) >>> 13);
const go = (): boolean => true;

function deflater(memoryLevel: number): Deflater {
  const made = codec.createDeflater({ windowBits: bits, memoryLevel, level: 6 });
  // A copy: if the compressor keeps its input, that counts.
  made.push(data.slice(), 0, data.length, true, go);
  return made;
}

function deflated(): Uint8Array {
  const parts: Uint8Array[] = [];
  const first = codec.createDeflater({ windowBits: bits, memoryLevel: 8, level: 6 });
  first.push(data, 0, data.length, true, (bytes, start, end) => {
    parts.push(bytes.slice(start, end));
    return true;
  });
  first.close();
  return new Uint8Array(Buffer.concat(parts));
}

const input = what === "inflater" ? deflated() : new Uint8Array(0);

function inflater(length: number): Inflater {
  const made = codec.createInflater({ windowBits: bits });
  made.push(input, 0, Math.min(length, input.length), go);
  return made;
}

async function memory(): Promise<number> {
  for (let round = 0; round < 6; round++) {
    gc();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const make = (): Deflater | Inflater => (what === "deflater" ? deflater(Number(measure)) : inflater(Number(measure)));

/** Bytes of memory that each of `copies` takes. */
async function measured(): Promise<number> {
  const made: (Deflater | Inflater)[] = [];
  const before = await memory();
  for (let copy = 0; copy < copies; copy++) made.push(make());
  const after = await memory();
  for (const each of made) each.close();
  return (after - before) / copies;
}

// Warm up, so that compiled code and shared tables do not count. What the heap gains or loses besides differs between runs, so the
// median of several decides.
const kept = Array.from({ length: 2 }, make);
const runs: number[] = [];
for (let run = 0; run < 5; run++) runs.push(await measured());
const [, , held] = runs.sort((one, other) => one - other);
console.log(JSON.stringify({ counted: kept.at(-1)?.heldLength, held }));
