/**
 * A room: a message of one member goes to all. It is encoded once, however many members there are. A member that reads too
 * slowly is skipped, so that it does not fill memory, and gets the number of missed messages once it reads again; a member that
 * never does is dropped.
 */
import { prepareText, type WebSocket } from "@hybi/node";

/** What happens to members that read more slowly than the others write. */
export interface SlowReaderPolicy {
  /** Bytes waiting for a member above which it is skipped. */
  readonly skipAbove: number;
  /** Consecutive messages missed by a member above which it is dropped. */
  readonly dropAbove: number;
}

export class Room {
  readonly #policy: SlowReaderPolicy;
  /** The socket of each name, and how many consecutive messages it has missed. */
  readonly #members = new Map<string, { readonly socket: WebSocket; missed: number }>();

  constructor(policy: SlowReaderPolicy) {
    this.#policy = policy;
  }

  get isEmpty(): boolean {
    return this.#members.size === 0;
  }

  /** Returns false if the name is taken. */
  join(name: string, socket: WebSocket): boolean {
    if (this.#members.has(name)) return false;
    this.#members.set(name, { socket, missed: 0 });
    this.#broadcast(`* ${name} has joined`);
    return true;
  }

  say(name: string, text: string): void {
    this.#broadcast(`${name}: ${text}`);
  }

  leave(name: string): void {
    if (this.#members.delete(name)) this.#broadcast(`* ${name} has left`);
  }

  #broadcast(line: string): void {
    const { skipAbove, dropAbove } = this.#policy;
    // Encode it once, not for each member.
    const message = prepareText(line);
    for (const member of this.#members.values()) {
      const { socket } = member;
      if (socket.bufferedAmount > skipAbove) {
        member.missed++;
        // The member receives the reason if it reads on; otherwise the deadline for closing drops it.
        if (member.missed > dropAbove) socket.close(1008, "You do not keep up.");
        continue;
      }
      if (member.missed > 0) socket.send(`* you have missed ${member.missed} messages`);
      member.missed = 0;
      socket.sendPrepared(message);
    }
  }
}
