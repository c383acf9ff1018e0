/**
 * Which of our own Pings the peer has answered (RFC 6455 §5.5.2–5.5.3). Each carries a number; a Pong with one of them
 * answers that Ping and all before it, since a peer may answer only the most recent. Other Pongs answer nothing.
 */
import { writeUint32 } from "./frame/header.ts";

/** `hb` and four bytes of number: not likely to be the payload of a Ping of the application's. */
const prefix = [0x68, 0x62];
const payloadLength = 6;

/** Numbers Pings and recognises their Pongs. */
export class Keepalive {
  /** How many Pings of the connection's, ours and the application's, had been queued with the last of ours. */
  #lastPing = 0;
  #sent = 0;
  #acknowledged = 0;

  /** The payload of the next Ping, which is the `ordinal`th Ping of the connection. */
  next(ordinal: number): Uint8Array {
    this.#lastPing = ordinal;
    this.#sent++;
    const payload = new Uint8Array(payloadLength);
    payload.set(prefix);
    writeUint32(payload, 2, this.#sent);
    return payload;
  }

  /** Whether a Ping is unanswered that was among the `pingsTaken` first ones of the connection. */
  isAwaiting(pingsTaken: number): boolean {
    return this.#acknowledged < this.#sent && pingsTaken >= this.#lastPing;
  }

  /** A Pong arrived. */
  acknowledge(payload: Uint8Array): void {
    if (payload.length !== payloadLength || payload[0] !== prefix[0] || payload[1] !== prefix[1]) return;
    const number = ((payload[2]! << 24) | (payload[3]! << 16) | (payload[4]! << 8) | payload[5]!) >>> 0;
    if (number > this.#acknowledged && number <= this.#sent) this.#acknowledged = number;
  }
}
