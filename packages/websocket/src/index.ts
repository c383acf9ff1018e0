/** Exports of `@hybi/websocket`, in reading order: WebSocket and WebSocketStream over any transport, and the pump below them. */

// The interfaces of the web platform.
export { WebSocket, type WebSocketClass } from "./client/websocket.ts";
export type { MessagesOptions, WebSocketEventMap, WebSocketHandler, WebSocketListener } from "./socket/websocket.ts";
export type { OnLoss } from "./socket/message-queue.ts";
export type { SocketStatistics } from "./socket/socket-statistics.ts";
export type { ReadyState } from "./socket/lifecycle.ts";
export type { SocketSendOptions } from "./socket/socket-core.ts";
export type { SendCallback } from "./socket/departures.ts";
export type { MessageWriter, PiecesOptions } from "./socket/message-writer.ts";
export type { BinaryType, MessageData, Sendable, TextType } from "./dom/message-data.ts";
export {
  CloseEvent,
  type CloseEventInit,
  ControlEvent,
  FailureEvent,
  type SocketMessageEvent,
} from "./dom/socket-events.ts";
export { WebSocketStream, type WebSocketStreamClass } from "./client/websocket-stream.ts";
export type { WebSocketStreamOptions } from "./client/stream-options.ts";
export type {
  AcceptStreamOptions,
  StreamMessage,
  WebSocketCloseInfo,
  WebSocketOpenInfo,
} from "./socket/stream-info.ts";
export { ProgramWebSocketError, WebSocketError, type WebSocketErrorInit } from "./dom/websocket-error.ts";

// Adapters: their parts are what depends on a runtime.
export {
  type Adapter,
  type AdapterParts,
  createAdapter,
  type ListeningAdapter,
  type ListeningParts,
} from "./adapter/create-adapter.ts";

// Clients: an adapter provides the transport.
export { type ConnectOptions, createConnect } from "./client/connect.ts";
export { createOpener, type OpeningFunctions } from "./client/opener.ts";
export { createWebSocketClass, createWebSocketStreamClass } from "./client/create-websocket-class.ts";
export type { OnRedirect, Redirect, RedirectChange } from "./client/redirect-hook.ts";
export { whenOpen } from "./client/when-open.ts";
export type {
  ClientRuntimeOptions,
  ClientSocketOptions,
  Connect,
  ConnectTarget,
} from "./client/socket-options.ts";
export type { RuntimeOptions } from "./socket/runtime-options.ts";

// Diagnostics.
export {
  createDiagnostics,
  type DiagnosticsChannel,
  type DiagnosticsName,
} from "./adapter/create-diagnostics.ts";
export type { Diagnostics } from "./pump/diagnostics.ts";
export type {
  ClientFailureMessage,
  ClientRequestMessage,
  WebSocketCloseMessage,
  WebSocketControlMessage,
  WebSocketOpenMessage,
} from "./socket/diagnostics-messages.ts";
export type {
  DiagnosticsMessages,
  ServerAcceptedMessage,
  ServerRefusedMessage,
  ServerRequestMessage,
} from "./server/diagnostics-messages.ts";

// What went wrong.
export { type Failure, failureText } from "./failure/failure.ts";
export { OpeningError } from "./failure/opening-error.ts";

// Servers: an adapter feeds them with transports.
export {
  type BroadcastOptions,
  checkSingleRequest,
  type DrainOptions,
  type OpeningHandler,
  type ServerOptions,
  type ServerTotals,
  type ShutdownOptions,
  type SingleRequestOptions,
  type TrafficOptions,
  WebSocketServer,
} from "./server/server.ts";
export type { RefusalReason, ServerTraffic } from "./server/server-counts.ts";
export type { Origins } from "./server/origins.ts";
export {
  createListen,
  type Listener,
  type ListeningFunctions,
  type ListenOptions,
  type Server,
} from "./server/listening.ts";
export { createServerClass, type ServerRuntime } from "./server/server-class.ts";
export { MemoryBudget } from "./load/memory-budget.ts";
export type { AcceptOptions, IncomingOpening, TransportInfo } from "./server/incoming-opening.ts";
export type { AdoptOptions } from "./server/adopting.ts";
export type { ConnectStream } from "./server/pending-connect.ts";
export type { PendingTransport } from "./server/pending-transport.ts";

// Transports, and the pump.
export type { Transport, TransportSink } from "./transport/transport.ts";
export type { AgreedTransport } from "./transport/agreed-transport.ts";
export { tlsServerName } from "./transport/tls-server-name.ts";
export { coalesce } from "./transport/coalesce.ts";
export { type PairedTransport, type PairOptions, createTransportPair } from "./transport/pair.ts";
export { type ByteStreams, fromStreams } from "./transport/from-streams.ts";
export { type TapEvent, type TapOptions, tap } from "./transport/tap.ts";
export { fromMessagePort, type PortLike } from "./transport/from-message-port.ts";
export { Pump } from "./pump/pump.ts";
export { type PumpListener, silentListener } from "./pump/listener.ts";
export type { PauseReason } from "./pump/pauses.ts";
export type { PumpOptions } from "./pump/options.ts";
export { type Clock, systemClock } from "./event-loop/clock.ts";
export { startTimer, type Timer } from "./event-loop/timer.ts";
export type { ErrorHandler } from "./event-loop/reporter.ts";

// Reconnecting.
export {
  type OpenSocket,
  type ReconnectEventMap,
  type ReconnectHandler,
  Reconnecting,
  type ReconnectListener,
  type ReconnectOptions,
  reconnect,
  reconnectAsProgram,
} from "./reconnect/reconnect.ts";
export { EndedEvent, WaitingEvent } from "./reconnect/events.ts";
export type { SocketLike } from "./reconnect/socket-like.ts";
export { isTransient, type Outcome } from "./reconnect/outcome.ts";
export { ReconnectError } from "./reconnect/message-loops.ts";
export type { AsyncDisposal } from "./dom/async-disposal.ts";
export { type Decision, type PlanOptions, ReconnectPlan } from "./reconnect/plan.ts";
export type { OutboxLimits } from "./reconnect/outbox.ts";
