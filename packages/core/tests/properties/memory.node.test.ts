/** What a peer can make an endpoint hold is about as much as it has sent, however it has sent it. */
import { expect, it } from "vitest";
import { heapFlags } from "../support/heap-flags.ts";
import { runProgram } from "./child.ts";

/** The size of a connection itself, plus the measurement error. */
const slack = 16_384;
const KiB = 1024;

/** The most bytes that each case may hold. */
const bounds: Readonly<Record<string, number>> = {
  "16,000 fragments of one byte, each in a chunk of 64 KiB of its own": 16_000 * 32,
  // The excess is a partly filled block, and the list of blocks.
  "a message of 1 MiB in fragments of 1 KiB": (1024 * KiB * 9) / 8 + slack,
  // Parts kept by reference may be in a buffer larger by an eighth.
  "a message of 1 MiB in one frame, in chunks of 16 KiB": (1024 * KiB * 9) / 8 + slack,
  "the header of a frame of 16 MiB": slack,
  // Twice the size while it grows, plus the positions of its fields.
  "a head of 16 KiB, byte by byte": 2 * 16 * KiB + slack,
  // Includes the first blocks of the pool, which all connections share.
  "20,000 Pings": 3 * slack,
  "10,000 Pings of its own, which nobody answers": 3 * slack,
  "an idle connection that has sent and received": 3 * slack,
};

it("an endpoint holds about as many bytes as it has not delivered [F25] [X21] [V08] [V42]", async () => {
  const held = (await runProgram("memory-program.ts", heapFlags)) as Readonly<Record<string, number>>;
  expect(Object.keys(held)).toEqual(Object.keys(bounds));
  expect(Object.entries(held).filter(([name, bytes]) => bytes > (bounds[name] ?? 0))).toEqual([]);
}, 120_000);
