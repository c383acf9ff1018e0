/** Simulator runs in which anything may happen at any time, for properties that must hold in every case. */
import type { Role } from "@hybi/core";
import fc from "fast-check";
import type { Script, Step } from "../simulation/step.ts";
import { command } from "./commands.ts";
import { link } from "./conversations.ts";

/**
 * A run between parties called client and server: applications send and close; links are slow or narrow, stall,
 * half-close, are cut or vanish. `most` is the maximum length of a binary message. Shrinks towards no steps.
 */
export function script(most = 300): fc.Arbitrary<Script> {
  return fc.record({
    names: fc.constant(["client", "server"] as const),
    links: fc.tuple(link(), link()),
    steps: fc.array(step(most), { maxLength: 20 }),
  });
}

function step(most: number): fc.Arbitrary<Step> {
  const by = fc.constantFrom<Role>("client", "server");
  const milliseconds = fc.constantFrom(0, 1, 30, 1000, 40_000);
  // Steps that end a conversation are rare, so that much can happen before one.
  return fc.oneof(
    { weight: 8, arbitrary: fc.record({ type: fc.constant("run" as const), milliseconds }) },
    { weight: 8, arbitrary: fc.record({ type: fc.constant("command" as const), by, command: command(most) }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constantFrom("stall" as const, "resume" as const), by }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant("end" as const), by }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constantFrom("cut" as const, "vanish" as const) }) },
  );
}
