/** `@hybi/core`: the WebSocket protocol, without the socket. Exports are in reading order. */

// Endpoints over a byte stream: the opening handshake, then the connection.
export { type ClientOptions, type EarlyBytes, Endpoint, type ServerOptions } from "./endpoint.ts";
export { type CloseOptions, Connection } from "./connection.ts";
export type { ConnectionOptions } from "./connection-options.ts";
export type { Role } from "./role.ts";

// Events and output.
export type {
  BinaryEvent,
  CloseEvent,
  ConnectionEvent,
  EndEvent,
  EndpointEvent,
  FailureEvent,
  FragmentEvent,
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
export type { Output, Statistics } from "./output.ts";

// Messages.
export type { MessageKind } from "./message-kind.ts";
export type { Delivery } from "./message/assembler.ts";
export type { SendOptions } from "./message/outgoing.ts";
export type { MessageStream } from "./message/message-stream.ts";
export { type PreparedMessage, prepareBinary, prepareText } from "./message/prepared-message.ts";

// Closing.
export {
  type ClosingState,
  type ClosingTrigger,
  closingTransitions,
  type TransportInstruction,
  transportInstruction,
} from "./closing/states.ts";
export { isSendable, statusCodes } from "./closing/status-code.ts";
export { type ClosePayload, formatClosePayload, maxReasonLength, parseClosePayload } from "./closing/close-payload.ts";

// Deadlines and reconnecting.
export {
  checkDeadlines,
  type Deadline,
  type DeadlineOptions,
  Deadlines,
  type DeadlineSubject,
  type Instant,
  defaultDeadlines,
} from "./deadlines.ts";
export { checkDuration } from "./duration.ts";
export type { DeadlineReason } from "./output.ts";
export { Backoff, type BackoffOptions } from "./backoff.ts";

// Violations, usage errors, limits and leniencies.
export { type Violation, type ViolationCode, violationTable } from "./violation.ts";
export { UsageError, type UsageErrorCode, usageErrorTable } from "./usage-error.ts";
export { defaultLimits, type Limits } from "./limits.ts";
export type { Leniency } from "./leniency.ts";

// Option checks, for this package and those above it.
export {
  checkOptions,
  type OptionAliases,
  type OptionCheck,
  type OptionChecks,
  onceChecked,
  type Takes,
  takes,
} from "./options.ts";
export { settingAliases, settingChecks } from "./setting-checks.ts";
export { openingChecks } from "./opening/client-request.ts";
export { answerAliases, answerChecks } from "./opening/response.ts";
export { rejectionChecks } from "./opening/rejection.ts";
export { checkSendOptions, sendChecks } from "./message/outgoing.ts";
export { deadlinesCheck } from "./deadlines.ts";
export { backoffAliases, backoffChecks } from "./backoff.ts";

// Interfaces to inject.
export type { RandomSource } from "./bytes/random-source.ts";
export type { HostFunctions } from "./host.ts";
export type {
  Extension,
  ExtensionParameter,
  ExtensionParameters,
  MessageTransform,
  OutgoingMessageInfo,
  RsvBits,
  TransformSink,
  TransformViolation,
} from "./extension.ts";

// The opening handshake alone and its agreement, over bytes:
export { type AgreedExtension, type Agreement, plainAgreement } from "./opening/agreement.ts";
export { ClientHandshake, type ClientHandshakeOptions } from "./opening/client-handshake.ts";
export type { OpeningOptions, SentOpening } from "./opening/client-request.ts";
export { ServerHandshake, type ServerHandshakeOptions } from "./opening/server-handshake.ts";

// over heads that another parser has read:
export type { RequestHead, ResponseHead } from "./http/head.ts";
export { type FieldLine, type Fields, fieldValues, firstFieldValue } from "./http/fields.ts";
export { encodeResponseHead } from "./http/head-encoder.ts";
export type { ExtensionOffer } from "./opening/extension-header.ts";
export { checkOpeningRequest, type OpeningRequest, type OpeningRequestCheck } from "./opening/request.ts";
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
} from "./opening/extended-connect.ts";
export {
  checkConnectProtocolSetting,
  checkExtendedConnectResponse,
  connectProtocolSetting,
  type ExtendedConnectOpening,
  openExtendedConnect,
} from "./opening/extended-connect-client.ts";

// Helpers for clients and servers around the opening handshake.
export { formatWebSocketUrl, parseWebSocketUrl, type WebSocketUrl } from "./opening/url.ts";
export { type OriginCheck, originCheck, sameHostCheck, serializeOrigin } from "./opening/origin.ts";
export { type Cookie, formatCookies, parseCookies } from "./opening/cookies.ts";
export {
  type BasicCredentials,
  basicAuthorization,
  basicCredentialsEqual,
  parseBasicCredentials,
  secretsEqual,
  userinfoAuthorization,
} from "./opening/credentials.ts";
export { decideRedirect, type RedirectDecision, type RedirectPolicy } from "./opening/redirect.ts";
export { OpeningSlots } from "./opening/opening-slots.ts";
export {
  type ProxyEvent,
  ProxyHandshake,
  type ProxyHandshakeOptions,
  type TunnelEvent,
} from "./opening/proxy-handshake.ts";
