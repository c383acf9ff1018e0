/** Chapter 8: chunking must not change the outcome. One case of every earlier chapter, sent byte by byte. */
import type { Chapter, ConformanceCase } from "../case.ts";
import { closing } from "./closing.ts";
import { fragmentation } from "./fragmentation.ts";
import { framing } from "./framing.ts";
import { pingsAndPongs } from "./pings.ts";
import { reservedBits, reservedOpcodes } from "./reserved.ts";
import { utf8 } from "./utf8.ts";

/** The ids of the cases, and the number of bytes per chunk. */
const samples: readonly (readonly [Chapter, readonly string[]])[] = [
  [framing, ["1.1.4", "1.3.1", "1.4.1", "1.5.1", "1.5.5", "1.6.1"]],
  [pingsAndPongs, ["2.5", "2.9", "2.12"]],
  [reservedBits, ["3.1", "3.6", "3.8"]],
  [reservedOpcodes, ["4.1.1", "4.2.3", "4.3.1"]],
  [fragmentation, ["5.15", "5.18", "5.24", "5.27", "5.30"]],
  [utf8, ["6.3.1", "6.5.5", "6.22.3", "6.24.4", "6.24.8"]],
  [closing, ["7.1.2", "7.3.2", "7.3.5", "7.5.1", "7.9.1", "7.14.4", "7.14.8"]],
];
const chops = [1, 2, 3, 7];

function chopped(original: ConformanceCase, index: number): ConformanceCase {
  const chop = chops[index % chops.length] ?? 1;
  const { autobahn: _, ...rest } = original;
  return {
    ...rest,
    id: `8.1.${index + 1}`,
    title: `${original.title} (${original.id}, ${chop === 1 ? "byte by byte" : `${chop} bytes at a time`})`,
    steps: original.steps.map((step) => ("send" in step ? { ...step, chop } : step)),
  };
}

const chosen = samples.flatMap(([{ cases }, ids]) => cases.filter(({ id }) => ids.includes(id)));

export const chunking: Chapter = { number: 8, title: "Chunking", cases: chosen.map(chopped) };
