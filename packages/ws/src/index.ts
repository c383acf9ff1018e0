/** `@hybi/ws`: the interface of `ws` 8 over hybi. Its class is the default export, and has all others as properties. */
import type { IncomingMessage } from "node:http";
import { extension } from "./extension.ts";
import { PerMessageDeflate, Receiver, Sender } from "./internals.ts";
import { createWebSocketStream } from "./stream.ts";
import { subprotocol } from "./subprotocol.ts";
import { WebSocket } from "./websocket.ts";
import { WebSocketServer } from "./websocket-server.ts";

// For `require`, which returns the class. The types of `import` do not have them, as those of `ws` do not.
Object.assign(WebSocket, {
  createWebSocketStream,
  extension,
  PerMessageDeflate,
  Receiver,
  Sender,
  Server: WebSocketServer,
  subprotocol,
  WebSocket,
  WebSocketServer,
});

export {
  createWebSocketStream,
  extension,
  PerMessageDeflate,
  Receiver,
  Sender,
  subprotocol,
  WebSocket,
  WebSocket as default,
  WebSocketServer,
  WebSocketServer as Server,
};
export type { BinaryType } from "./data.ts";
export type { ViolationError } from "./errors.ts";
export type { SendOptions } from "./options.ts";

// The types of the namespace, beside it. Interfaces, where programs may add to them.
export type RawData = WebSocket.RawData;
export type Data = WebSocket.Data;
export type CertMeta = WebSocket.CertMeta;
export type VerifyClientCallbackSync<Request extends IncomingMessage = IncomingMessage> =
  WebSocket.VerifyClientCallbackSync<Request>;
export type VerifyClientCallbackAsync<Request extends IncomingMessage = IncomingMessage> =
  WebSocket.VerifyClientCallbackAsync<Request>;
export type FinishRequestCallback = WebSocket.FinishRequestCallback;
export interface ClientOptions extends WebSocket.ClientOptions {}
export interface PerMessageDeflateOptions extends WebSocket.PerMessageDeflateOptions {}
export interface ServerOptions<
  Class extends typeof WebSocket = typeof WebSocket,
  Request extends typeof IncomingMessage = typeof IncomingMessage,
> extends WebSocket.ServerOptions<Class, Request> {}
export interface AddressInfo extends WebSocket.AddressInfo {}
export interface EventListenerOptions extends WebSocket.EventListenerOptions {}
export interface Event extends WebSocket.Event {}
export interface MessageEvent extends WebSocket.MessageEvent {}
export interface CloseEvent extends WebSocket.CloseEvent {}
export interface ErrorEvent extends WebSocket.ErrorEvent {}
