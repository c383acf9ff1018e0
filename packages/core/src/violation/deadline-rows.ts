/** Violations of deadlines. The caller supplies the time. */

export const deadlineRows = {
  "deadline/opening": {
    message: "The opening handshake was not completed in time.",
    section: "RFC 9110 §15.5.9",
    httpStatus: 408,
  },
  "deadline/pong": {
    message: "No Pong arrived in time for the Ping that was sent.",
    section: "RFC 6455 §5.5.3",
    statusCode: 1011,
  },
  "deadline/stalled": {
    message: "The peer accepted none of the pending output for too long.",
    section: "RFC 6455 §7.1.7",
  },
  "deadline/message": {
    message: "A message in progress did not end in time.",
    section: "RFC 6455 §10.4",
    statusCode: 1008,
  },
  "deadline/resting": {
    message: "Reading was paused for too long while nothing received was consumed.",
    section: "RFC 6455 §7.1.7",
  },
  "deadline/control-flood": {
    message: "More control frames arrived than deadlines.controlFrames allows per window.",
    section: "RFC 6455 §10.4",
    statusCode: 1008,
  },
} as const;
