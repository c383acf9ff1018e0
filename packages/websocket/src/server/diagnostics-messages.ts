/** What is published of the openings of servers. */
import type { OpeningRequest } from "@hybi/core/opening";
import type { Failure } from "../failure/failure.ts";
import type {
  ClientFailureMessage,
  ClientRequestMessage,
  WebSocketCloseMessage,
  WebSocketControlMessage,
  WebSocketOpenMessage,
} from "../socket/diagnostics-messages.ts";
import type { TransportInfo } from "./incoming-opening.ts";

/** `hybi:server:request`: a valid request has arrived. `accepted` or `refused` follows. */
export interface ServerRequestMessage {
  readonly request: OpeningRequest;
  readonly info: TransportInfo;
}

/** `hybi:server:accepted`: a request was accepted. The end of an opening; `hybi:websocket:open` follows. */
export interface ServerAcceptedMessage extends ServerRequestMessage {
  /** The WebSocket or WebSocketStream. */
  readonly websocket: object;
}

/** `hybi:server:refused`: an opening has come to nothing. The last message of it. */
export interface ServerRefusedMessage {
  /** Undefined if there was no request that is valid and of an origin that may connect, or no place for the client before it sent one. */
  readonly request: OpeningRequest | undefined;
  readonly info: TransportInfo;
  /** The HTTP status of the response; undefined if the client got none. */
  readonly status: number | undefined;
  /** What went wrong, if it was not the handler that rejected the request. */
  readonly failure: Failure | undefined;
}

/** The messages of all channels, by name. */
export interface DiagnosticsMessages {
  readonly "hybi:client:request": ClientRequestMessage;
  readonly "hybi:client:failure": ClientFailureMessage;
  readonly "hybi:server:request": ServerRequestMessage;
  readonly "hybi:server:accepted": ServerAcceptedMessage;
  readonly "hybi:server:refused": ServerRefusedMessage;
  readonly "hybi:websocket:open": WebSocketOpenMessage;
  readonly "hybi:websocket:ping": WebSocketControlMessage;
  readonly "hybi:websocket:pong": WebSocketControlMessage;
  readonly "hybi:websocket:close": WebSocketCloseMessage;
}
