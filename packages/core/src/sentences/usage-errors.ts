/** What the caller did wrong, for each usage error, in a sentence that says what to do. */

export const usageErrorSentences = {
  "http/method": "The method must be a token (RFC 9110 §9.1).",
  "http/request-target": "The request target must be visible ASCII without white space (RFC 9112 §3.2).",
  "http/status": "A status must be an integer from 100 to 599 (RFC 9110 §15).",
  "http/reason-phrase":
    "A reason phrase has a char that cannot be sent: a control char, or one above U+00FF (RFC 9112 §4).",
  "http/field-name": "A field name must be a token (RFC 9110 §5.1).",
  "http/field-value":
    "A field value has a char that cannot be sent (CR, LF, NUL, another control char, or one above U+00FF), or leading or trailing white space (RFC 9110 §5.5).",
  "opening/url": "The URL is not a WebSocket URI (RFC 6455 §3).",
  "opening/authority": "The authority must be a host with an optional port: pass authority, or url (RFC 6455 §4.1).",
  "opening/resource-name":
    "The resource name must begin with a slash and be visible ASCII without a fragment (RFC 6455 §3).",
  "opening/subprotocol": "A subprotocol must be a token (RFC 6455 §4.1).",
  "opening/subprotocol-repeated": "A subprotocol is offered more than once (RFC 6455 §4.1).",
  "opening/subprotocol-not-offered": "The subprotocol must be one that the client offered, or none (RFC 6455 §4.2.2).",
  "opening/cookie":
    "A cookie has a name that is not a token, or a value with a char that would end it (RFC 6265 §4.1.1).",
  "opening/origin": "An allowed origin must consist of scheme, host and optional port, or be null (RFC 6454 §6.2).",
  "opening/field-reserved": "This field is reserved for the opening handshake: it is derived from the other options.",
  "opening/field-repeated": "This field is set twice: use either the option or fields.",
  "opening/rejection-status":
    "The status of a rejection must be an integer from 300 to 599, because 2xx would say that the request has succeeded. A request over HTTP/1.1 that is not valid may get 200 to 299 as well.",
  "opening/rejection-body":
    "The body of a rejection must be at most 64 KiB, and empty with status 204 or 304 (RFC 9110 §6.4.1).",
  "opening/bootstrap": "This request is an Extended CONNECT: answer it with answerExtendedConnect (RFC 8441 §5).",
  "opening/extended-connect-not-enabled":
    "The server has not sent SETTINGS_ENABLE_CONNECT_PROTOCOL with the value 1 (RFC 8441 §3).",
  "opening/complete": "The handshake is complete: pass further bytes to the connection.",
  "extension/not-token": "Names and values of extension parameters must be tokens (RFC 6455 §9.1).",
  "endpoint/not-open": "The connection is not open yet: wait for the open event before sending.",
  "endpoint/not-awaiting-answer":
    "There is no opening request to answer, or it has been answered: call accept() or reject() once for each request.",
  "endpoint/ended": "The transport has ended: nothing more can be sent.",
  "endpoint/chunk-type": "Received bytes must be a Uint8Array.",
  "endpoint/reentrant":
    "An input (receive, receiveEnd, expire) was called from inside a sink: call it once receiveInto() has returned.",
  "send/after-close": "A Close frame has been queued or sent: no message can follow it (RFC 6455 §5.5.1).",
  "send/queue-full":
    "The output queue is full (limits.queuedOutput): take output, or wait until the transport has room.",
  "send/message-ended": "This message has already ended: start another one.",
  "send/data-type":
    "The data to send must be a string or a Uint8Array: wrap an ArrayBuffer, a DataView or another typed array in a Uint8Array.",
  "send/kind": "A binary message takes only bytes: encode the text, or start a text message.",
  "send/not-utf8": "A text message must be UTF-8 as a whole (RFC 6455 §8.1).",
  "send/priority": "A priority must be an integer; greater is more urgent.",
  "control/payload-too-long": "The payload of a control frame must be at most 125 bytes (RFC 6455 §5.5).",
  "close/status-code": "This status code must not be sent: 1000-1003, 1007-1014 and 3000-4999 may be (RFC 6455 §7.4).",
  "close/client-only": "Status code 1010 is for clients only (RFC 6455 §7.4.1).",
  "close/reason-without-code": "A Close frame with a reason needs a status code (RFC 6455 §5.5.1).",
  "close/reason-too-long": "The reason of a Close frame must be at most 123 bytes of UTF-8 (RFC 6455 §5.5).",
  "extension/rsv-conflict": "Two extensions own the same RSV bit: agree on only one of them (RFC 6455 §9.1).",
  "extension/unknown": "The agreement names an extension that is missing from options.extensions.",
  "option/unknown": "An option has an unknown name and would have no effect.",
  "option/type": "An option has a value of the wrong type.",
  "option/range": "An option has a value out of range.",
  "callback/result":
    "A function passed as an option, or a method of an extension, returned an invalid value, for example a promise.",
  "option/random":
    "The source of randomness must synchronously fill the whole target with unpredictable bytes, for example (target) => crypto.getRandomValues(target) (RFC 6455 §10.3).",
  "option/random-missing":
    "A client needs a source of randomness: pass random, for example (target) => crypto.getRandomValues(target) (RFC 6455 §10.3).",
} as const;
