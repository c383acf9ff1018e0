/** What an endpoint counts as held for its peer matches the memory of the process within a quarter. */
import { expect, it } from "vitest";
import { heapFlags } from "../support/heap-flags.ts";
import { runProgram } from "./child.ts";

interface Measured {
  readonly counted: number;
  readonly held: number;
}

it("an endpoint counts what it holds within a quarter of the heap's growth, whatever a peer or an application queues [A18]", async () => {
  const measured = Object.entries(
    (await runProgram("held-program.ts", heapFlags)) as Readonly<Record<string, Measured>>,
  );
  expect(measured.length).toBeGreaterThan(20);
  const isWrong = ({ counted, held }: Measured): boolean => counted < held * 0.75 || counted > held * 1.25;
  expect(measured.filter(([, each]) => isWrong(each))).toEqual([]);
}, 120_000);
