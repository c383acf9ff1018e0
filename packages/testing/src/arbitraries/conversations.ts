/** Whole conversations: the commands of the applications at both ends with their timing, and the links between the ends. */
import type { Role } from "@hybi/core";
import fc from "fast-check";
import type { Command } from "../simulation/command.ts";
import type { LinkOptions } from "../simulation/link.ts";
import type { Script, Step } from "../simulation/step.ts";
import type { CloseContent } from "../wire/close-content.ts";
import { chunking } from "./chunking.ts";
import { closeContent } from "./close.ts";
import { controlCommand, messageCommand } from "./commands.ts";

/** One application command, executed a number of milliseconds after the previous one. */
export interface Turn {
  readonly by: Role;
  readonly after: number;
  readonly command: Command;
}

/** A sequence of turns; `most` is the maximum length of a binary message. Shrinks towards no turns and no delays. */
export function turns(most = 20_000): fc.Arbitrary<readonly Turn[]> {
  const command = fc.oneof({ weight: 3, arbitrary: messageCommand(most) }, { weight: 1, arbitrary: controlCommand() });
  const turn = fc.record({
    by: fc.constantFrom<Role>("client", "server"),
    after: fc.constantFrom(0, 0, 1, 30, 1000, 40_000),
    command,
  });
  return fc.array(turn, { maxLength: 12 });
}

/** A link that may be slow, narrow and split bytes anywhere. Shrinks towards a perfect one. */
export function link(): fc.Arbitrary<LinkOptions> {
  return fc.record({
    latency: fc.constantFrom(0, 1, 100),
    window: fc.constantFrom(undefined, 65_536, 1000, 1),
    chunking: chunking(),
  });
}

/** Everything that determines a conversation. */
export interface Conversation {
  readonly turns: readonly Turn[];
  /** The link from each role to the other. */
  readonly links: Readonly<Record<Role, LinkOptions>>;
  /** Which role starts the closing handshake after the last turn, and the content of its Close frame. */
  readonly closes: { readonly by: Role; readonly content: CloseContent };
}

/**
 * A whole conversation; `most` is the maximum length of a binary message. Shrinks towards one in which the client only
 * closes.
 */
export function conversation(most = 20_000): fc.Arbitrary<Conversation> {
  return fc.record({
    turns: turns(most),
    links: fc.record({ client: link(), server: link() }),
    closes: fc.record({ by: fc.constantFrom<Role>("client", "server"), content: closeContent() }),
  });
}

/** Returns the steps of `conversation` between parties named after their roles, whose connection is open. */
export function conversationScript({ turns, links, closes }: Conversation): Script {
  const steps = turns.flatMap(({ by, after, command }): Step[] => [
    { type: "run", milliseconds: after },
    { type: "command", by, command },
  ]);
  return {
    names: ["client", "server"],
    links: [links.client, links.server],
    steps: [
      ...steps,
      { type: "run", milliseconds: patience },
      { type: "command", by: closes.by, command: { type: "close", content: closes.content } },
      { type: "run", milliseconds: patience },
    ],
  };
}

/** Milliseconds in which everything arrives, even one byte at a time through a window of one. */
const patience = 100_000_000;
