/** `@hybi/core`: the WebSocket protocol, without the socket. Exports are in reading order. */

// Endpoints over a byte stream: the opening handshake, then the connection.
export { type ClientEndpointOptions, type EarlyBytes, Endpoint, type ServerEndpointOptions } from "./endpoint.ts";
export { type CloseOptions, Connection } from "./connection.ts";
export type { ConnectionOptions } from "./connection-options.ts";
export type { Role } from "./vocabulary/terms.ts";

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
export { openingRequestLength } from "./opening/request-length.ts";
export type { Output } from "./output.ts";
export type { Statistics } from "./time/statistics.ts";

// Messages.
export type { MessageKind } from "./vocabulary/terms.ts";
export type { Delivery } from "./receiving/assembler.ts";
export type { SendOptions } from "./sending/output-scheduler.ts";
export type { MessageStream } from "./sending/message-stream.ts";
export { type PreparedMessage, prepareBinary, prepareText } from "./sending/prepared-message.ts";

// Closing.
export {
  type ClosingState,
  type ClosingTrigger,
  closingTransitions,
  type TransportAction,
  transportAction,
} from "./closing/states.ts";
export { isSendable, statusCodes } from "./closing/status-code.ts";
export { type ClosePayload, formatClosePayload, maxReasonLength, parseClosePayload } from "./closing/close-payload.ts";

// Deadlines and reconnecting.
export {
  checkDeadlines,
  type Deadline,
  type DeadlineReason,
  type DeadlineOptions,
  Deadlines,
  type DeadlineSubject,
  type Instant,
  defaultDeadlines,
} from "./time/deadlines.ts";
export { checkDuration } from "./checks/duration.ts";
export { Backoff, type BackoffOptions } from "./policy/backoff.ts";

// Violations, usage errors, limits and leniencies.
export { type Violation, type ViolationCode, violationTable } from "./vocabulary/violation.ts";
export { UsageError, type UsageErrorCode, usageErrorTable } from "./checks/usage-error.ts";
export { defaultLimits, type Limits } from "./vocabulary/limits.ts";
export type { Leniency } from "./vocabulary/leniency.ts";

// Option checks, for this package and those above it.
export {
  checkOptions,
  type OptionAliases,
  type OptionCheck,
  type OptionChecks,
  onceChecked,
  type Takes,
  takes,
} from "./checks/option-checks.ts";
export { settingAliases, settingChecks } from "./vocabulary/setting-checks.ts";
export { openingChecks } from "./opening/client-request.ts";
export { answerAliases, answerChecks } from "./opening/response.ts";
export { rejectionChecks } from "./opening/rejection.ts";
export { checkSendOptions, sendChecks } from "./sending/output-scheduler.ts";
export { deadlinesCheck } from "./time/deadlines.ts";
export { backoffAliases, backoffChecks } from "./policy/backoff.ts";

// Interfaces to inject.
export type { RandomSource } from "./bytes/random-source.ts";
export type { NativeFunctions } from "./vocabulary/native-functions.ts";
export type {
  Extension,
  ExtensionParameter,
  ExtensionParameters,
  MessageTransform,
  OutgoingMessageInfo,
  RsvBits,
  TransformSink,
  TransformViolation,
} from "./vocabulary/extension.ts";

// The opening handshake alone and its agreement, over bytes:
export { type AgreedExtension, type Agreement, plainAgreement } from "./vocabulary/agreement.ts";
export { ClientHandshake, type ClientHandshakeOptions } from "./opening/client-handshake.ts";
export type { OpeningOptions, SentOpening } from "./opening/client-request.ts";
export { ServerHandshake, type ServerHandshakeOptions } from "./opening/server-handshake.ts";

// over heads that another parser has read:
export type { RequestHead, ResponseHead } from "./http/head.ts";
export { type FieldLine, type Fields, fieldValues, firstFieldValue } from "./http/fields.ts";
export { encodeResponseHead } from "./http/head-encoder.ts";
export type { ExtensionOffer } from "./opening/extension-header.ts";
export {
  checkOpeningRequest,
  type OpeningRequest,
  type OpeningRequestCheck,
  type OriginCheck,
} from "./opening/request.ts";
export { type AcceptedOpening, answerOpeningRequest, type OpeningAnswer } from "./opening/response.ts";
export {
  type RejectedOpening,
  type Rejection,
  refuseOpeningRequest,
  rejectOpeningRequest,
} from "./opening/rejection.ts";
export { checkOpeningResponse, type OpeningResponseCheck } from "./opening/response-check.ts";

// and over HTTP/2 and HTTP/3, as an Extended CONNECT.
export {
  answerExtendedConnect,
  checkExtendedConnect,
  refuseExtendedConnect,
  rejectExtendedConnect,
  type StreamAnswer,
} from "./opening/extended-connect/server.ts";
export {
  checkConnectProtocolSetting,
  checkExtendedConnectResponse,
  connectProtocolSetting,
  type ExtendedConnectOpening,
  openExtendedConnect,
} from "./opening/extended-connect/client.ts";

// Helpers for clients and servers around the opening handshake.
export { formatWebSocketUrl, parseWebSocketUrl, type WebSocketUrl } from "./opening/url.ts";
export { originCheck, sameHostCheck, serializeOrigin } from "./policy/origin.ts";
export { type Cookie, formatCookies, parseCookies } from "./http/cookies.ts";
export {
  type BasicCredentials,
  basicAuthorization,
  basicCredentialsEqual,
  parseBasicCredentials,
  secretsEqual,
  userinfoAuthorization,
} from "./http/credentials.ts";
export { decideRedirect, type RedirectDecision, type RedirectPolicy } from "./policy/redirect.ts";
export { OpeningSlots } from "./policy/opening-slots.ts";
export {
  type ProxyEvent,
  ProxyHandshake,
  type ProxyHandshakeOptions,
  type TunnelEvent,
} from "./policy/proxy-handshake.ts";
