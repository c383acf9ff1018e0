/**
 * Tracks which Pings the peer has replied to (RFC 6455 §5.5.2–5.5.3), for two purposes.
 *
 * Whether the peer is alive: each keepalive Ping carries a number. A Pong with one of these numbers acknowledges that
 * Ping and all before it, because a peer may reply only to the most recent. Other Pongs acknowledge nothing.
 *
 * How long a round trip takes: this is measured for the application's Pings as well, which carry no number. Their
 * payload identifies the Pong, and only that of the latest Ping is kept.
 */
import { writeUint32 } from "../frame/header.ts";

/** Payload: `hb` and a four-byte number, which an application is unlikely to use in a Ping of its own. */
const prefix = [0x68, 0x62];
const payloadLength = 6;

const noPayload = new Uint8Array(0);

/** Numbers keepalive Pings and recognizes the Pongs of all Pings. Ordinals count all Pings of a connection from 1. */
export class Keepalive {
  /** Ordinal of the latest keepalive Ping. */
  #lastPing = 0;
  #sent = 0;
  #acknowledged = 0;
  /** Payload and ordinal of the latest Ping, keepalive or not. */
  #latestPayload: Uint8Array = noPayload;
  #latestOrdinal = 0;
  #answered = 0;

  /** Ordinal of the last Ping that a Pong answered while it was the latest. */
  get answered(): number {
    return this.#answered;
  }

  /** Returns the payload of the next keepalive Ping, which is the `ordinal`th Ping of the connection. */
  next(ordinal: number): Uint8Array {
    this.#lastPing = ordinal;
    this.#sent++;
    const payload = new Uint8Array(payloadLength);
    payload.set(prefix);
    writeUint32(payload, 2, this.#sent);
    this.#latestPayload = payload;
    this.#latestOrdinal = ordinal;
    return payload;
  }

  /** Notes a Ping of the application, the `ordinal`th of the connection. */
  note(payload: Uint8Array, ordinal: number): void {
    // The application may modify its array later. `slice` of a Node Buffer does not copy.
    this.#latestPayload = new Uint8Array(payload);
    this.#latestOrdinal = ordinal;
  }

  /** Whether a keepalive Ping among the first `pingsTaken` Pings of the connection has not been acknowledged. */
  isAwaiting(pingsTaken: number): boolean {
    return this.#acknowledged < this.#sent && pingsTaken >= this.#lastPing;
  }

  /** Handles a Pong that arrived after the first `pingsTaken` Pings were taken. */
  acknowledge(payload: Uint8Array, pingsTaken: number): void {
    if (pingsTaken >= this.#latestOrdinal && hasSameBytes(payload, this.#latestPayload)) {
      this.#answered = this.#latestOrdinal;
    }
    if (payload.length !== payloadLength || payload[0] !== prefix[0] || payload[1] !== prefix[1]) return;
    const number = ((payload[2]! << 24) | (payload[3]! << 16) | (payload[4]! << 8) | payload[5]!) >>> 0;
    if (number > this.#acknowledged && number <= this.#sent) this.#acknowledged = number;
  }
}

function hasSameBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) if (left[index] !== right[index]) return false;
  return true;
}
