/** What a peer can make an endpoint hold is about what it has sent, however it has sent it. */
import { expect, it } from "vitest";
import { runProgram } from "./child.ts";

/** A connection itself, and what the measurement is wrong by. */
const slack = 16_384;
const KiB = 1024;

/** The most bytes that each may hold. */
const bounds: Readonly<Record<string, number>> = {
  "16,000 fragments of one byte, each in a chunk of 64 KiB of its own": 16_000 * 32,
  // A block that is not full, and what lists the blocks.
  "a message of 1 MiB in fragments of 1 KiB": (1024 * KiB * 9) / 8 + slack,
  // What is kept by reference may lie in a buffer that is an eighth larger.
  "a message of 1 MiB in one frame, in chunks of 16 KiB": (1024 * KiB * 9) / 8 + slack,
  "the header of a frame of 16 MiB": slack,
  // Twice as much while it grows, and the positions of its fields.
  "a head of 16 KiB, byte by byte": 2 * 16 * KiB + slack,
  // The first blocks of the pool, which all connections share, are in it.
  "100,000 Pings": 3 * slack,
  "10,000 Pings of its own, which nobody answers": 3 * slack,
  "an idle connection that has sent and received": 3 * slack,
};

it("an endpoint holds about the bytes of what it has not delivered [F25] [X21] [V08] [V42]", async () => {
  const held = (await runProgram("memory-program.ts", ["--expose-gc"])) as Readonly<Record<string, number>>;
  expect(Object.keys(held)).toEqual(Object.keys(bounds));
  expect(Object.entries(held).filter(([name, bytes]) => bytes > (bounds[name] ?? 0))).toEqual([]);
}, 60_000);
