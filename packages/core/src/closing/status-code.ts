/** Status codes of the closing handshake (RFC 6455 §7.4, and the registry that §11.7 set up). */

/** The codes that a rule of ours sends or reports. */
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
} as const;

/**
 * Whether `code` may stand in a Close frame: 1000–1003 and 1007–1014, which are registered, and 3000–4999, which are
 * for libraries and applications. RFC 6455 §7.4.1 keeps 1004 reserved and 1005, 1006 and 1015 off the wire; §7.4.2
 * leaves 0–999 unused and 1016–2999 to future versions of the protocol.
 */
export function isSendable(code: number): boolean {
  if (!Number.isInteger(code)) return false;
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}
