/**
 * A room: what one member says, all hear. A message is encoded once, however many hear it. Who does not keep up is passed
 * over, so that no memory fills for him, and is told what he missed once he reads again; who never does is dropped.
 */
import { prepareText } from "@hybi/core";
import type { WebSocket } from "@hybi/websocket";

/** What becomes of members who read slower than the others talk. */
export interface SlowReaderPolicy {
  /** Bytes that wait for a member, above which he is passed over. */
  readonly skipAbove: number;
  /** Messages that he has missed in a row, above which he is dropped. */
  readonly dropAbove: number;
}

export class Room {
  readonly #policy: SlowReaderPolicy;
  /** Each name with its socket, and how many messages in a row passed it over. */
  readonly #members = new Map<string, { readonly socket: WebSocket; missed: number }>();

  constructor(policy: SlowReaderPolicy) {
    this.#policy = policy;
  }

  get isEmpty(): boolean {
    return this.#members.size === 0;
  }

  /** Answers false when the name is taken. */
  join(name: string, socket: WebSocket): boolean {
    if (this.#members.has(name)) return false;
    this.#members.set(name, { socket, missed: 0 });
    this.#tell(`* ${name} has come`);
    return true;
  }

  say(name: string, text: string): void {
    this.#tell(`${name}: ${text}`);
  }

  leave(name: string): void {
    if (this.#members.delete(name)) this.#tell(`* ${name} has gone`);
  }

  #tell(line: string): void {
    const { skipAbove, dropAbove } = this.#policy;
    // Encoded here, and not for each of them.
    const message = prepareText(line);
    for (const member of this.#members.values()) {
      const { socket } = member;
      if (socket.bufferedAmount > skipAbove) {
        member.missed++;
        // He gets the reason if he reads on; the deadline for closing drops him if not.
        if (member.missed > dropAbove) socket.close(1008, "You do not keep up.");
        continue;
      }
      if (member.missed > 0) socket.send(`* you have missed ${member.missed} messages`);
      member.missed = 0;
      socket.sendPrepared(message);
    }
  }
}
