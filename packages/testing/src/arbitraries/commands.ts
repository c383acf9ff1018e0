/** Application commands to an endpoint. */
import fc from "fast-check";
import type { Command } from "../simulation/command.ts";
import { closeContent } from "./close.ts";
import { controlPayload } from "./frames.ts";
import { message } from "./messages.ts";
import { payload } from "./payload.ts";
import { text } from "./text.ts";

/** A command that sends a data message; `most` bounds the length of binary ones. */
export function messageCommand(most = 70_000): fc.Arbitrary<Command> {
  const priority = fc.constantFrom(0, 0, 0, 1, -1, 7);
  return fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        type: fc.constant("message" as const),
        message: message(most),
        priority,
        prepared: fc.boolean(),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        type: fc.constant("stream" as const),
        kind: fc.constant("text" as const),
        pieces: fc.array(text(), { maxLength: 4 }),
        priority,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        type: fc.constant("stream" as const),
        kind: fc.constant("binary" as const),
        pieces: fc.array(payload(most), { maxLength: 4 }),
        priority,
      }),
    },
  );
}

/** A command that sends a Ping or an unsolicited Pong. */
export function controlCommand(): fc.Arbitrary<Command> {
  return fc.record({ type: fc.constantFrom("ping" as const, "pong" as const), payload: controlPayload() });
}

export function closeCommand(): fc.Arbitrary<Command> {
  return fc.record({ type: fc.constant("close" as const), content: closeContent() });
}

/** Any command that is legal while the connection is open. */
export function command(most = 70_000): fc.Arbitrary<Command> {
  return fc.oneof(
    { weight: 6, arbitrary: messageCommand(most) },
    { weight: 3, arbitrary: controlCommand() },
    { weight: 1, arbitrary: closeCommand() },
  );
}
