/**
 * `@hybi/core`: the WebSocket protocol, without the socket. An endpoint, what goes into it and what comes out of it, in reading
 * order.
 *
 * Each name has one entry point: the opening handshake alone is `@hybi/core/opening`, what clients and servers do around it is
 * `@hybi/core/policy`, frames without a connection are `@hybi/core/frame`, checks of options are `@hybi/core/options`, and the sentences
 * of errors `@hybi/core/explain`.
 */

// Endpoints over a byte stream: the opening handshake, then the connection.
export { Endpoint } from "./endpoint/endpoint.ts";
export { createClientEndpoint } from "./endpoint/client-endpoint.ts";
export { createServerEndpoint } from "./endpoint/server-endpoint.ts";
export { createOpenEndpoint, type EarlyBytes } from "./endpoint/endpoint-core.ts";
export { type CloseOptions, Connection } from "./connection.ts";
export type { ConnectionConfig, ConnectionOptions, ConnectionStart } from "./config/connection-config.ts";
export { ClientConfig, type ClientConfigOptions, type ClientEndpointOptions } from "./config/client-config.ts";
export { ServerConfig, type ServerEndpointOptions } from "./config/server-config.ts";
export type { MessageKind, Role } from "./vocabulary/terms.ts";
export { type AgreedExtension, type Agreement, plainAgreement } from "./vocabulary/agreement.ts";

// Events and output.
export type {
  BinaryEvent,
  PeerCloseEvent,
  ConnectionEvent,
  EndEvent,
  EndpointEvent,
  ProtocolFailureEvent,
  PieceEvent,
  HandshakeEvent,
  OpenEvent,
  PingEvent,
  PongEvent,
  RejectionEvent,
  RequestEvent,
  TextEvent,
} from "./events.ts";
export type { ConnectionSink } from "./connection-sink.ts";
export type { Output } from "./output.ts";
export type { Statistics } from "./time/statistics.ts";

// Messages.
export type { Delivery } from "./receiving/assembler.ts";
export type { SendOptions } from "./sending/output-scheduler.ts";
export type { MessageStream } from "./sending/message-stream.ts";
export { type PreparedMessage, prepareBinary, prepareText } from "./sending/prepared-message.ts";

// Closing.
export type { ClosingState, TransportAction } from "./closing/states.ts";
export { isSendable, statusCodes } from "./vocabulary/status-code.ts";
export {
  type ClosePayload,
  formatClosePayload,
  maxReasonLength,
  parseClosePayload,
} from "./frame/close-payload.ts";

// Deadlines.
export {
  type Deadline,
  DeadlineConfig,
  type DeadlineReason,
  type DeadlineOptions,
  Deadlines,
  type DeadlineSubject,
  type Instant,
  defaultDeadlines,
} from "./time/deadlines.ts";

// Violations, usage errors, limits and leniencies.
export { type Violation, type ViolationCode, violationTable } from "./vocabulary/violation.ts";
export { UsageError, type UsageErrorCode } from "./checks/usage-error.ts";
export { defaultLimits, type Limits } from "./vocabulary/limits.ts";
export type { Leniency } from "./vocabulary/leniency.ts";

// Interfaces to inject.
export type { RandomSource } from "./bytes/random-source.ts";
export type { NativeFunctions } from "./vocabulary/native-functions.ts";
export type {
  Extension,
  ExtensionParameter,
  ExtensionParameters,
  EncodedMessage,
  MessageTransform,
  OutgoingMessageInfo,
  RsvBits,
  TransformSink,
  TransformViolation,
} from "./vocabulary/extension.ts";
