/**
 * Commands for `fc.modelRun`, in any order: applications that send, ping, close and let time pass, peers that break
 * the rules, transports that half-close or are lost. After each command, the behaviour of both endpoints must match
 * the model.
 */
import type { Role } from "@hybi/core";
import fc from "fast-check";
import { closeContent } from "../arbitraries/close.ts";
import type { CloseContent } from "../wire/close-content.ts";
import type { ClosingModel } from "./closing-model.ts";
import type { ClosingPair } from "./closing-pair.ts";
import { ClosingCommand, type ClosingOptions, type ClosingStep } from "./closing-step.ts";

/** Generates programs of up to `maxCommands` commands. Running one throws where the endpoints and the model differ. */
export function closingCommands(
  options: ClosingOptions & { readonly maxCommands?: number } = {},
): fc.Arbitrary<Iterable<fc.Command<ClosingModel, ClosingPair>>> {
  const { maxCommands = 60 } = options;
  const commands = closingStep().map((step) => new ClosingCommand(step, options));
  return fc.commands([commands], { maxCommands, size: "max" });
}

/** The next step. Steps that end the connection are rare, so that much can happen before one. */
function closingStep(): fc.Arbitrary<ClosingStep> {
  const by = fc.constantFrom<Role>("client", "server");
  const data = fc.constantFrom("", "a", "bc");
  type Plain = "take" | "misbehave" | "end-half" | "receive-end" | "abort" | "lose";
  const plain = (type: Plain): fc.Arbitrary<ClosingStep> => fc.record({ by, type: fc.constant(type) });
  const ask = (by: fc.Arbitrary<Role>, content: fc.Arbitrary<CloseContent>): fc.Arbitrary<ClosingStep> =>
    fc.record({ by, type: fc.constant("ask" as const), content });
  // RFC 6455 §7.4.1: only a client may send 1010.
  const asking = fc.oneof(
    { weight: 4, arbitrary: ask(by, closeContent()) },
    { weight: 1, arbitrary: ask(fc.constant("client"), fc.constant({ statusCode: 1010, reason: "x-needed" })) },
  );
  const fatal = fc.oneof(
    { weight: 3, arbitrary: plain("misbehave") },
    { weight: 1, arbitrary: plain("abort") },
    { weight: 1, arbitrary: plain("lose") },
  );
  return fc.oneof<fc.WeightedArbitrary<ClosingStep>[]>(
    { weight: 6, arbitrary: fc.record({ by, type: fc.constantFrom("send" as const, "ping" as const), data }) },
    { weight: 2, arbitrary: asking },
    { weight: 8, arbitrary: plain("take") },
    { weight: 8, arbitrary: fc.record({ by, type: fc.constant("deliver" as const), byteByByte: fc.boolean() }) },
    { weight: 3, arbitrary: plain("end-half") },
    { weight: 3, arbitrary: plain("receive-end") },
    { weight: 1, arbitrary: fatal },
  );
}
