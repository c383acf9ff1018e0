/** Status codes of the closing handshake (RFC 6455 §7.4 and the registry of §11.7). */

/** The registered codes, without 1004 and 1015, which are reserved. 1005 and 1006 are only reported. */
export const statusCodes = {
  normalClosure: 1000,
  goingAway: 1001,
  protocolError: 1002,
  unsupportedData: 1003,
  noStatusReceived: 1005,
  abnormalClosure: 1006,
  invalidPayload: 1007,
  policyViolation: 1008,
  messageTooBig: 1009,
  mandatoryExtension: 1010,
  internalError: 1011,
  serviceRestart: 1012,
  tryAgainLater: 1013,
  badGateway: 1014,
} as const;

/**
 * Whether `code` may be used in a Close frame: 1000–1003 and 1007–1014 (registered), and 3000–4999 (for libraries and
 * applications). RFC 6455 §7.4.1 reserves 1004 and forbids sending 1005, 1006 and 1015; §7.4.2 leaves 0–999 unused and
 * reserves 1016–2999 for future versions of the protocol.
 */
export function isSendable(code: number): boolean {
  if (!Number.isInteger(code)) return false;
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}
