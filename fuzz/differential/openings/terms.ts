/** What both we and the peers support, offer and send, so that what comes of it can be compared. */
import { createHash } from "node:crypto";

/** Subprotocols: a server supports them, and agrees to the first of them that was offered; a client offers them. */
export const supported: readonly string[] = ["chat", "superchat"];

/** Of the client that reads responses. */
export const nonce: Uint8Array = Buffer.from("the sample nonce");

/** As it is sent: a key that is right. */
export const key: string = Buffer.from(nonce).toString("base64");

export const acceptOf = (sent: string): string =>
  createHash("sha1").update(`${sent}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");

/** The Sec-WebSocket-Accept that answers `nonce`. */
export const accept: string = acceptOf(key);
