/**
 * The memory that codec objects report is within a quarter of the memory they use. For the portable codec it is measured. zlib's
 * memory shows only in the resident memory of the process, which depends on what was freed before, so it is compared with
 * the figures in zconf.h.
 */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { zlibCodec } from "@hybi/permessage-deflate/zlib";
import { expect, it } from "vitest";

const path = fileURLToPath(new URL("held-program.ts", import.meta.url));

function measured(what: string, windowBits: number, measure: number): Promise<Measured> {
  const environment = { ...process.env };
  delete environment.NODE_V8_COVERAGE;
  const flags = ["--import", "tsx", "--conditions=@hybi/source", "--expose-gc"];
  const values = [what, `${windowBits}`, `${measure}`];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [...flags, path, ...values], { env: environment }, (error, output, problems) => {
      if (error === null) resolve(JSON.parse(output) as Measured);
      else reject(new Error(problems));
    });
  });
}

interface Measured {
  readonly counted: number;
  readonly held: number;
}

/** `measure` is the memory level of a compressor, or the number of bytes a decompressor has received. */
it.each<[what: string, windowBits: number, measure: number]>([
  ["deflater", 15, 8],
  ["deflater", 9, 1],
  ["inflater", 15, 200_000],
  ["inflater", 15, 10],
  ["inflater", 10, 200_000],
] as const)(
  "a %s of 2^%i bytes, with %i, reports the memory it uses within a quarter [A18]",
  async (...kind) => {
    const { counted, held } = await measured(...kind);
    expect(counted / held).toBeGreaterThan(0.75);
    expect(counted / held).toBeLessThan(1.25);
  },
  60_000,
);

it("zlib's deflater and inflater report the figures of zconf.h, the inflater plus its copy of the window [A18]", () => {
  const data = new Uint8Array(200_000).map((_, index) => (index * 2_654_435_761) >>> 13);
  const deflater = zlibCodec.createDeflater({ windowBits: 15, memoryLevel: 8, level: 6 });
  const documented = 2 ** (15 + 2) + 2 ** (8 + 9);
  expect(deflater.heldLength).toBeGreaterThan(documented);
  expect(deflater.heldLength).toBeLessThan(documented * 1.25);

  const deflated: Uint8Array[] = [];
  deflater.push(data, 0, data.length, true, (bytes, start, end) => deflated.push(bytes.slice(start, end)) > 0);
  const inflater = zlibCodec.createInflater({ windowBits: 15 });
  expect(inflater.heldLength).toBeLessThan(12_000);
  for (const part of deflated) inflater.push(part, 0, part.length, () => true);
  expect(inflater.heldLength).toBeGreaterThan(2 * 2 ** 15 + 7_000);
  expect(inflater.heldLength).toBeLessThan(2 * 2 ** 15 + 12_000);
  deflater.close();
  inflater.close();
});
