/** Violations of deadlines. The caller supplies the time. */

export const deadlineRows = {
  "deadline/opening": {
    message: "The opening handshake was not completed in time.",
    section: "RFC 9110 §15.5.9",
    httpStatus: 408,
  },
  "deadline/pong": {
    message: "No Pong came in time to the Ping that was sent.",
    section: "RFC 6455 §5.5.3",
    statusCode: 1011,
  },
  "deadline/stalled": {
    message: "The peer took nothing of what was sent to it for too long.",
    section: "RFC 6455 §7.1.7",
  },
  "deadline/message": {
    message: "A message that had begun did not end in time.",
    section: "RFC 6455 §10.4",
    statusCode: 1008,
  },
  "deadline/resting": {
    message: "Nothing that the peer sent was taken for too long.",
    section: "RFC 6455 §7.1.7",
  },
  "deadline/control-flood": {
    message: "More control frames came within the window than limits.controlFrames allows.",
    section: "RFC 6455 §10.4",
    statusCode: 1008,
  },
} as const;
