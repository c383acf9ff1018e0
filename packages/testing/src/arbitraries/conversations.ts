/** Whole conversations: what the applications at both ends do and when, and the links between them. */
import type { Role } from "@hybi/core";
import fc from "fast-check";
import type { Command } from "../simulation/command.ts";
import type { LinkOptions } from "../simulation/link.ts";
import type { Script, Step } from "../simulation/step.ts";
import type { CloseContent } from "../wire/close-content.ts";
import { chunking } from "./chunking.ts";
import { closeContent } from "./close.ts";
import { controlCommand, messageCommand } from "./commands.ts";

/** One thing that an application does, so many milliseconds after the one before. */
export interface Turn {
  readonly by: Role;
  readonly after: number;
  readonly command: Command;
}

/** Turns in order; `most` is the greatest length of a binary message. Shrinks towards none, and none late. */
export function turns(most = 20_000): fc.Arbitrary<readonly Turn[]> {
  const command = fc.oneof({ weight: 3, arbitrary: messageCommand(most) }, { weight: 1, arbitrary: controlCommand() });
  const turn = fc.record({
    by: fc.constantFrom<Role>("client", "server"),
    after: fc.constantFrom(0, 0, 1, 30, 1000, 40_000),
    command,
  });
  return fc.array(turn, { maxLength: 12 });
}

/** A link that is slow, narrow and cuts anywhere, or is none of that. Shrinks towards a perfect one. */
export function link(): fc.Arbitrary<LinkOptions> {
  return fc.record({
    latency: fc.constantFrom(0, 1, 100),
    window: fc.constantFrom(undefined, 65_536, 1000, 1),
    chunking: chunking(),
  });
}

/** Everything that decides how a conversation goes. */
export interface Conversation {
  readonly turns: readonly Turn[];
  /** The link from each role to the other. */
  readonly links: Readonly<Record<Role, LinkOptions>>;
  /** Who begins the closing handshake after the last turn, and what its Close frame says. */
  readonly closes: { readonly by: Role; readonly content: CloseContent };
}

/** A whole conversation; `most` is the greatest length of a binary message. Shrinks towards a client that closes. */
export function conversation(most = 20_000): fc.Arbitrary<Conversation> {
  return fc.record({
    turns: turns(most),
    links: fc.record({ client: link(), server: link() }),
    closes: fc.record({ by: fc.constantFrom<Role>("client", "server"), content: closeContent() }),
  });
}

/** The steps of `conversation` between parties that are called by their roles, and whose connection is open. */
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

/** Time for everything to arrive, a byte at a time through a window of one, in milliseconds. */
const patience = 100_000_000;
