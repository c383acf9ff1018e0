/**
 * Tracks which keepalive Pings the peer has replied to (RFC 6455 §5.5.2–5.5.3). Each Ping carries a number. A Pong with
 * one of these numbers acknowledges that Ping and all before it, because a peer may reply only to the most recent. Other
 * Pongs acknowledge nothing.
 */
import { writeUint32 } from "../frame/header.ts";

/** Payload: `hb` and a four-byte number, which an application is unlikely to use in a Ping of its own. */
const prefix = [0x68, 0x62];
const payloadLength = 6;

/** Numbers Pings and recognizes their Pongs. */
export class Keepalive {
  /** Number of Pings queued on the connection, including the application's, when the last keepalive Ping was queued. */
  #lastPing = 0;
  #sent = 0;
  #acknowledged = 0;

  /** Returns the payload of the next Ping, which is the `ordinal`th Ping of the connection. */
  next(ordinal: number): Uint8Array {
    this.#lastPing = ordinal;
    this.#sent++;
    const payload = new Uint8Array(payloadLength);
    payload.set(prefix);
    writeUint32(payload, 2, this.#sent);
    return payload;
  }

  /** Whether a keepalive Ping among the first `pingsTaken` Pings of the connection has not been acknowledged. */
  isAwaiting(pingsTaken: number): boolean {
    return this.#acknowledged < this.#sent && pingsTaken >= this.#lastPing;
  }

  /** Handles a Pong. */
  acknowledge(payload: Uint8Array): void {
    if (payload.length !== payloadLength || payload[0] !== prefix[0] || payload[1] !== prefix[1]) return;
    const number = ((payload[2]! << 24) | (payload[3]! << 16) | (payload[4]! << 8) | payload[5]!) >>> 0;
    if (number > this.#acknowledged && number <= this.#sent) this.#acknowledged = number;
  }
}
