/** What is published of clients, and of sockets and streams of both roles. The messages of servers are in `server`. */
import type { Role } from "@hybi/core";
import type { Failure } from "../failure/failure.ts";

/** `hybi:client:request`: a client begins an attempt, before there is a transport. */
export interface ClientRequestMessage {
  /** The WebSocket or WebSocketStream. */
  readonly websocket: object;
  /** Without user and password. */
  readonly url: string;
  /** How many redirects have led here. */
  readonly redirects: number;
}

/** `hybi:client:failure`: a client will not open. The last message of it. */
export interface ClientFailureMessage {
  readonly websocket: object;
  readonly failure: Failure;
}

/** `hybi:websocket:open`: a connection is open. */
export interface WebSocketOpenMessage {
  readonly websocket: object;
  /** The role of this side. */
  readonly role: Role;
  /** As the attributes `protocol` and `extensions` of a WebSocket. */
  readonly protocol: string;
  readonly extensions: string;
}

/** `hybi:websocket:ping` and `hybi:websocket:pong`: a Ping or a Pong has arrived. */
export interface WebSocketControlMessage {
  readonly websocket: object;
  readonly role: Role;
  /** A copy. */
  readonly payload: Uint8Array<ArrayBuffer>;
}

/** `hybi:websocket:close`: a connection that was open has ended. The last message of it. */
export interface WebSocketCloseMessage {
  readonly websocket: object;
  readonly role: Role;
  /** As of a CloseEvent. */
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
  /** Why it failed; undefined if it did not. */
  readonly failure: Failure | undefined;
}
