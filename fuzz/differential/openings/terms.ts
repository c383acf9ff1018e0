/** The terms that both hybi and the peers support, offer and send, so that results can be compared. */
import { createHash } from "node:crypto";

/** Subprotocols: a server supports them and selects the first one offered; a client offers them. */
export const supported: readonly string[] = ["chat", "superchat"];

/** Nonce of the client that reads responses. */
export const nonce: Uint8Array = Buffer.from("the sample nonce");

/** The valid key that is sent. */
export const key: string = Buffer.from(nonce).toString("base64");

export const acceptOf = (sent: string): string =>
  createHash("sha1").update(`${sent}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");

/** The Sec-WebSocket-Accept for `nonce`. */
export const accept: string = acceptOf(key);
