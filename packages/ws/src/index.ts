/** `@hybi/ws`: the interface of `ws` 8 over hybi. Its class is the default export, and has all others as properties. */
import type { IncomingMessage } from "node:http";
import type { AddressInfo as Address } from "node:net";
import type { RawData as ReceivedData } from "./data.ts";
import type { EventListenerOptions as ListenerOptions } from "./event-target.ts";
import { extension } from "./extension.ts";
import { PerMessageDeflate, Receiver, Sender } from "./internals.ts";
import type * as options from "./options.ts";
import { createWebSocketStream } from "./stream.ts";
import { subprotocol } from "./subprotocol.ts";
import type * as socket from "./websocket.ts";
import { WebSocket as Socket } from "./websocket.ts";
import type * as server from "./websocket-server.ts";
import { WebSocketServer } from "./websocket-server.ts";

/** The class with the others as its properties, as `require` returns it. */
export interface WebSocketStatics {
  readonly WebSocket: typeof Socket & WebSocketStatics;
  readonly WebSocketServer: typeof WebSocketServer;
  readonly Server: typeof WebSocketServer;
  readonly createWebSocketStream: typeof createWebSocketStream;
  readonly extension: typeof extension;
  readonly subprotocol: typeof subprotocol;
  readonly Receiver: typeof Receiver;
  readonly Sender: typeof Sender;
  readonly PerMessageDeflate: typeof PerMessageDeflate;
}

const WebSocket: typeof Socket & WebSocketStatics = Object.assign(Socket, {
  createWebSocketStream,
  extension,
  PerMessageDeflate,
  Receiver,
  Sender,
  Server: WebSocketServer,
  subprotocol,
  WebSocket: Socket as typeof Socket & WebSocketStatics,
  WebSocketServer,
});

/** A client, or an accepted connection of a server. */
interface WebSocket extends Socket {}

// The types under the names that those of `ws` have: first under others, because declarations are joined into one file, where a name
// within the namespace would mean itself.
type RawDataType = ReceivedData;
type DataType = string | ReceivedData;
type CertMetaType = options.CertMeta;
type VerifyClientCallbackSyncType<Request extends IncomingMessage = IncomingMessage> =
  options.VerifyClientCallbackSync<Request>;
type VerifyClientCallbackAsyncType<Request extends IncomingMessage = IncomingMessage> =
  options.VerifyClientCallbackAsync<Request>;
type FinishRequestCallbackType = NonNullable<socket.ClientOptions["finishRequest"]>;
type ClientOptionsType = socket.ClientOptions;
type PerMessageDeflateOptionsType = options.PerMessageDeflateOptions;
type EventType = socket.SocketEvent;
type ErrorEventType = socket.SocketErrorEvent;
type CloseEventType = socket.SocketCloseEvent;
type MessageEventType = socket.SocketMessageEvent;
type WebSocketEventMapType = socket.WebSocketEventMap;
type EventListenerOptionsType = ListenerOptions;
type ServerOptionsType<
  Class extends typeof Socket = typeof Socket,
  Request extends typeof IncomingMessage = typeof IncomingMessage,
> = server.ServerOptions<Class, Request>;
type AddressInfoType = Address;
type ServerType<
  Class extends typeof Socket = typeof Socket,
  Request extends typeof IncomingMessage = typeof IncomingMessage,
> = server.WebSocketServer<Class, Request>;
type WebSocketServerType<
  Class extends typeof Socket = typeof Socket,
  Request extends typeof IncomingMessage = typeof IncomingMessage,
> = server.WebSocketServer<Class, Request>;
declare namespace WebSocket {
  type RawData = RawDataType;
  type Data = DataType;
  type CertMeta = CertMetaType;
  type VerifyClientCallbackSync<Request extends IncomingMessage = IncomingMessage> =
    VerifyClientCallbackSyncType<Request>;
  type VerifyClientCallbackAsync<Request extends IncomingMessage = IncomingMessage> =
    VerifyClientCallbackAsyncType<Request>;
  type FinishRequestCallback = FinishRequestCallbackType;
  type ClientOptions = ClientOptionsType;
  type PerMessageDeflateOptions = PerMessageDeflateOptionsType;
  type Event = EventType;
  type ErrorEvent = ErrorEventType;
  type CloseEvent = CloseEventType;
  type MessageEvent = MessageEventType;
  type WebSocketEventMap = WebSocketEventMapType;
  type EventListenerOptions = EventListenerOptionsType;
  type ServerOptions<
    Class extends typeof Socket = typeof Socket,
    Request extends typeof IncomingMessage = typeof IncomingMessage,
  > = ServerOptionsType<Class, Request>;
  type AddressInfo = AddressInfoType;
  type Server<
    Class extends typeof Socket = typeof Socket,
    Request extends typeof IncomingMessage = typeof IncomingMessage,
  > = ServerType<Class, Request>;
  type WebSocketServer<
    Class extends typeof Socket = typeof Socket,
    Request extends typeof IncomingMessage = typeof IncomingMessage,
  > = WebSocketServerType<Class, Request>;
  type WebSocket = Socket;
}

export {
  createWebSocketStream,
  extension,
  PerMessageDeflate,
  Receiver,
  Sender,
  subprotocol,
  WebSocket,
  WebSocketServer,
};
export { WebSocketServer as Server } from "./websocket-server.ts";
export { WebSocket as default };

// Types under names of their own.
export type { BinaryType } from "./data.ts";
export type { ViolationError } from "./errors.ts";
export type { SendOptions } from "./options.ts";
export type {
  RawDataType as RawData,
  DataType as Data,
  CertMetaType as CertMeta,
  VerifyClientCallbackSyncType as VerifyClientCallbackSync,
  VerifyClientCallbackAsyncType as VerifyClientCallbackAsync,
  FinishRequestCallbackType as FinishRequestCallback,
  ClientOptionsType as ClientOptions,
  PerMessageDeflateOptionsType as PerMessageDeflateOptions,
  EventType as Event,
  ErrorEventType as ErrorEvent,
  CloseEventType as CloseEvent,
  MessageEventType as MessageEvent,
  EventListenerOptionsType as EventListenerOptions,
  ServerOptionsType as ServerOptions,
  AddressInfoType as AddressInfo,
};
