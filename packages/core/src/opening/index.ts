/**
 * `@hybi/core/opening`: the opening handshake without a connection (RFC 6455 §4, RFC 8441, RFC 9220), for programs that read
 * HTTP themselves. Exports are in reading order.
 */

// URLs, heads and their fields.
export { formatWebSocketUrl, parseWebSocketUrl, type WebSocketUrl } from "./url.ts";
export type { RequestHead, ResponseHead } from "../http/head.ts";
export { type FieldLine, type Fields, fieldValues, firstFieldValue } from "../http/fields.ts";
export { encodeResponseHead } from "../http/head-encoder.ts";

// Requests, and how a server answers them.
export type { ExtensionOffer } from "./extension-header.ts";
export {
  checkOpeningRequest,
  type OpeningRequest,
  type OpeningRequestCheck,
  type OpeningRequestCheckOptions,
  openingRequestLength,
} from "./request.ts";
export { type AcceptedOpening, answerOpeningRequest, type OpeningAnswer } from "./response.ts";
export { type RejectedOpening, type Rejection, rejectionFor, rejectOpeningRequest } from "./rejection.ts";

// What a client asks for, and how it checks the response.
export type { OpeningOptions, OpeningTarget, SentOpening } from "./client-request.ts";
export { openUpgrade, type UpgradeOpening } from "./upgrade.ts";
export { checkOpeningResponse, type OpeningResponseCheck } from "./response-check.ts";
export type { ClientAgreement } from "./kept-response.ts";

// The handshake over bytes.
export type { ClientHandshakeOptions } from "../config/client-config.ts";
export type { ServerHandshakeOptions } from "../config/server-config.ts";
export { ClientHandshake } from "./client-handshake.ts";
export { ServerHandshake } from "./server-handshake.ts";

// The handshake over HTTP/2 and HTTP/3, as an Extended CONNECT.
export {
  answerExtendedConnect,
  checkExtendedConnect,
  rejectExtendedConnect,
  type StreamAnswer,
} from "./extended-connect/server.ts";
export {
  checkConnectProtocolSetting,
  checkExtendedConnectResponse,
  connectProtocolSetting,
  type ExtendedConnectOpening,
  openExtendedConnect,
} from "./extended-connect/client.ts";
