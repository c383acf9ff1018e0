/** `@hybi/deno`: WebSocket connections over Deno's sockets. Exports, in reading order. */

// Clients.
export { type ConnectOptions, connect, PageWebSocket, WebSocket, WebSocketStream } from "./client.ts";
export type { TlsClientOptions, TransportOptions } from "./options.ts";
export {
  type ClientSocketOptions,
  type Failure,
  failureText,
  type MessagesOptions,
  type MessageWriter,
  OpeningError,
  type StreamMessage,
  type WebSocketCloseInfo,
  type WebSocketEventMap,
  type WebSocketOpenInfo,
  type WebSocketStreamOptions,
  whenOpen,
} from "@hybi/websocket";

// Servers.
export { type ListenOptions, listen, WebSocketServer } from "./server.ts";
export { DenoTransportInfo } from "./transport-info.ts";
export type { TlsServerOptions } from "./options.ts";
export type {
  AcceptOptions,
  AcceptStreamOptions,
  BroadcastOptions,
  DrainOptions,
  IncomingOpening,
  OpeningHandler,
  Server,
  ServerOptions,
  ServerTotals,
  RefusalReason,
  ServerTraffic,
  TrafficOptions,
  ShutdownOptions,
  TransportInfo,
} from "@hybi/websocket";

// Messages, events and errors.
export { permessageDeflate, type PermessageDeflateOptions } from "@hybi/permessage-deflate/zlib";
export {
  type CloseOptions,
  type Extension,
  type PreparedMessage,
  prepareBinary,
  prepareText,
  type SendOptions,
  statusCodes,
  UsageError,
  type UsageErrorCode,
  type Violation,
  type ViolationCode,
} from "@hybi/core";
export {
  type BinaryType,
  CloseEvent,
  ControlEvent,
  FailureEvent,
  type MessageData,
  type PiecesOptions,
  type ReadyState,
  type SendCallback,
  type Sendable,
  type SocketMessageEvent,
  type SocketSendOptions,
  type SocketStatistics,
  type TextType,
  ProgramWebSocketError as WebSocketError,
} from "@hybi/websocket";

// Openings: requests, responses, and who may connect.
export {
  type FieldLine,
  type Fields,
  fieldValues,
  firstFieldValue,
  type OpeningRequest,
  type Rejection,
  type ResponseHead,
} from "@hybi/core/opening";
export {
  basicAuthorization,
  basicCredentialsEqual,
  type Cookie,
  formatCookies,
  type OriginCheck,
  originCheck,
  parseCookies,
  sameHostCheck,
  secretsEqual,
} from "@hybi/core/policy";

// The opening handshake over the HTTP of others.
export {
  type AcceptedOpening,
  answerOpeningRequest,
  checkOpeningRequest,
  checkOpeningResponse,
  type ClientAgreement,
  encodeResponseHead,
  type OpeningRequestCheck,
  type OpeningRequestCheckOptions,
  type OpeningResponseCheck,
  openUpgrade,
  type RejectedOpening,
  rejectionFor,
  rejectOpeningRequest,
  type SentOpening,
  type UpgradeOpening,
} from "@hybi/core/opening";

// Limits of time and memory.
export { type DeadlineOptions, defaultDeadlines, defaultLimits, type Leniency, type Limits } from "@hybi/core";
export { MemoryBudget } from "@hybi/websocket";

// Reconnecting.
export {
  EndedEvent,
  isTransient,
  type Outcome,
  type OutboxLimits,
  type PlanOptions,
  ReconnectError,
  type ReconnectEventMap,
  Reconnecting,
  type ReconnectOptions,
  reconnectAsProgram as reconnect,
  WaitingEvent,
} from "@hybi/websocket";

// Watching: bytes on the wire, and messages of node:diagnostics_channel.
export {
  type ClientFailureMessage,
  type ClientRequestMessage,
  type Diagnostics,
  type DiagnosticsChannel,
  type DiagnosticsMessages,
  type DiagnosticsName,
  type ServerAcceptedMessage,
  type ServerRefusedMessage,
  type ServerRequestMessage,
  type TapEvent,
  type TapOptions,
  tap,
  type WebSocketCloseMessage,
  type WebSocketControlMessage,
  type WebSocketOpenMessage,
} from "@hybi/websocket";

// Building blocks.
export { DenoTransport } from "./transport.ts";

// Types to which the names above refer.
export type {
  AgreedExtension,
  Agreement,
  ClientEndpointOptions,
  ConnectionOptions,
  Delivery,
  ExtensionParameter,
  ExtensionParameters,
  Instant,
  MessageKind,
  EncodedMessage,
  MessageTransform,
  NativeFunctions,
  OutgoingMessageInfo,
  RandomSource,
  Role,
  RsvBits,
  ServerEndpointOptions,
  Statistics,
  TransformSink,
  TransformViolation,
} from "@hybi/core";
export type {
  ClientHandshakeOptions,
  ExtensionOffer,
  OpeningAnswer,
  OpeningOptions,
  OpeningTarget,
  RequestHead,
  ServerHandshakeOptions,
  StreamAnswer,
  WebSocketUrl,
} from "@hybi/core/opening";
export type { BackoffOptions } from "@hybi/core/policy";
export type {
  DeflateCodec,
  Deflater,
  DeflaterOptions,
  Inflater,
  InflaterOptions,
  WindowBits,
} from "@hybi/permessage-deflate/zlib";
export type {
  AdoptOptions,
  AgreedTransport,
  AsyncDisposal,
  ClientRuntimeOptions,
  Clock,
  CloseEventInit,
  Connect,
  ConnectStream,
  ConnectTarget,
  Decision,
  ErrorHandler,
  OnLoss,
  OnRedirect,
  OpenSocket,
  Origins,
  PendingTransport,
  ReconnectHandler,
  ReconnectListener,
  Redirect,
  RedirectChange,
  RuntimeOptions,
  SocketLike,
  Transport,
  TransportSink,
  WebSocketClass,
  WebSocketErrorInit,
  WebSocketHandler,
  WebSocketListener,
  WebSocketStreamClass,
} from "@hybi/websocket";
