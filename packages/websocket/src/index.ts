/** Exports of `@hybi/websocket`, in reading order: WebSocket and WebSocketStream over any transport, and the pump below them. */

// The interfaces of the web platform.
export {
  type MessagesOptions,
  WebSocket,
  type WebSocketEventMap,
  type WebSocketHandler,
  type WebSocketListener,
} from "./websocket.ts";
export type { SocketStatistics } from "./socket-statistics.ts";
export type { ReadyState, SocketSendOptions } from "./socket-core.ts";
export type { BinaryType, Sendable } from "./message-data.ts";
export {
  CloseEvent,
  type CloseEventInit,
  ControlEvent,
  type FailureDetail,
  FailureEvent,
  type SocketMessageEvent,
} from "./socket-events.ts";
export { WebSocketStream } from "./websocket-stream.ts";
export type {
  AcceptStreamOptions,
  StreamMessage,
  WebSocketCloseInfo,
  WebSocketOpenInfo,
  WebSocketStreamOptions,
} from "./stream-info.ts";
export { WebSocketError, type WebSocketErrorInit } from "./websocket-error.ts";

// Clients: an adapter provides the transport.
export {
  createWebSocketClass,
  createWebSocketStreamClass,
  type WebSocketClass,
  type WebSocketStreamClass,
} from "./create-websocket-class.ts";
export { type ConnectOptions, connectWith } from "./connect-with.ts";
export { opened } from "./opened.ts";
export { OpeningError } from "./opening-error.ts";
export {
  type AgreedTransport,
  type ClientSocketOptions,
  type Connect,
  type ConnectTarget,
  OpeningRejection,
  OpeningViolation,
} from "./socket-options.ts";

// Servers: an adapter feeds them with transports.
export {
  type BroadcastOptions,
  checkSingleRequest,
  type OpeningHandler,
  type ServerOptions,
  type ServerTotals,
  type ShutdownOptions,
  type SingleRequestOptions,
  WebSocketServer,
} from "./server.ts";
export {
  checkListenOptions,
  type ListeningServer,
  type ListenOptions,
  type Listener,
  listeningServer,
} from "./listening.ts";
export { MemoryBudget } from "./memory-budget.ts";
export type { AcceptOptions, IncomingOpening, TransportInfo } from "./incoming-opening.ts";
export type { RequestStream } from "./incoming-stream.ts";
export type { PendingTransport } from "./pending-transport.ts";

// Transports, and the pump.
export type { Transport, TransportSink } from "./transport.ts";
export { joined } from "./joined.ts";
export { type PairedTransport, type PairOptions, pair } from "./pair.ts";
export { type ByteStreams, fromStreams } from "./from-streams.ts";
export { fromMessagePort, type PortLike } from "./from-message-port.ts";
export { Pump } from "./pump.ts";
export { type PumpListener, silentListener } from "./pump-listener.ts";
export type { PauseReason } from "./pump-reader.ts";
export type { PumpOptions } from "./pump-options.ts";
export { type Clock, systemClock } from "./clock.ts";
export { startTimer, type Timer } from "./timer.ts";

// Reconnecting.
export {
  type OpenSocket,
  type ReconnectEventMap,
  Reconnecting,
  type ReconnectListener,
  type ReconnectOptions,
  reconnect,
} from "./reconnect.ts";
export { EndedEvent, WaitingEvent } from "./reconnect-events.ts";
export type { SocketLike } from "./socket-like.ts";
export { isTransient, type Outcome } from "./outcome.ts";
export { type Decision, type PlanOptions, ReconnectPlan } from "./reconnect-plan.ts";
export type { OutboxLimits } from "./outbox.ts";
