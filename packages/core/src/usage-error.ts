/** The caller's fault: thrown before anything has changed, so that the call can be corrected and made again. */

const usageErrors = {
  "endpoint/not-open": "The connection is not open yet: wait for the open event before sending.",
  "endpoint/not-awaiting-answer":
    "There is no opening request to answer: call accept() or reject() once, after a request event.",
  "endpoint/ended": "The transport has ended: nothing can be sent any more.",
  "endpoint/reentrant":
    "receive() was called from inside a sink: queue the bytes and receive them after the call returns.",
  "send/after-close": "A Close frame has been queued or sent: no message can follow it (RFC 6455 §5.5.1).",
  "send/queue-full":
    "The output queue is full (limits.queuedOutput): take output, or wait until the transport has room.",
  "send/message-ended": "This message has already ended: start another one.",
  "send/kind": "A binary message takes bytes: encode the text, or start a text message.",
  "send/not-utf8": "A text message must be UTF-8 as a whole (RFC 6455 §8.1).",
  "send/priority": "A priority is an integer; greater is more urgent.",
  "control/payload-too-long": "The payload of a control frame is at most 125 bytes (RFC 6455 §5.5).",
  "close/status-code": "This status code must not be sent: 1000-1003, 1007-1014 and 3000-4999 may be (RFC 6455 §7.4).",
  "close/client-only": "Status code 1010 is for clients only (RFC 6455 §7.4.1).",
  "close/reason-without-code": "A Close frame with a reason needs a status code (RFC 6455 §5.5.1).",
  "close/reason-too-long": "The reason of a Close frame is at most 123 bytes of UTF-8 (RFC 6455 §5.5).",
  "extension/rsv-conflict": "Two extensions own the same RSV bit: agree on one of them (RFC 6455 §9.1).",
  "extension/unknown": "The agreement names an extension that was not passed in options.extensions.",
  "option/range": "An option is outside its range.",
  "option/random-missing":
    "A client needs a source of randomness: pass random, for example (target) => crypto.getRandomValues(target) (RFC 6455 §10.3).",
} as const satisfies Record<string, string>;

/** Names what the caller did wrong; each has a heading in docs/reference/errors.md. */
export type UsageErrorCode = keyof typeof usageErrors;

/** Thrown by commands and constructors. Nothing has changed when it is. */
export class UsageError extends Error {
  readonly code: UsageErrorCode;

  constructor(code: UsageErrorCode, detail?: string) {
    super(detail === undefined ? usageErrors[code] : `${usageErrors[code]} ${detail}`);
    this.name = "UsageError";
    this.code = code;
  }
}

/** Every usage error with its sentence, for documentation. */
export const usageErrorTable: Readonly<Record<UsageErrorCode, string>> = usageErrors;
