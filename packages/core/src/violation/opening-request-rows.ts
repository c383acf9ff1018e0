/** Violations in an opening request: RFC 6455 §4.2.1, and as Extended CONNECT. */

export const openingRequestRows = {
  // Opening requests (RFC 6455 §4.2.1)
  "opening/method-not-get": {
    message: "The method of an opening request is not GET.",
    section: "RFC 6455 §4.2.1",
    httpStatus: 405,
  },
  "opening/http-version": {
    message: "The HTTP version is below 1.1 and has no Upgrade.",
    section: "RFC 9110 §7.8",
    httpStatus: 505,
  },
  "opening/request-target": {
    message: "The target of an opening request is neither a path nor an absolute URI.",
    section: "RFC 6455 §4.2.1",
    httpStatus: 400,
  },
  "opening/host-missing": {
    message: "An opening request has no Host field.",
    section: "RFC 9112 §3.2",
    httpStatus: 400,
  },
  "opening/host-repeated": {
    message: "An opening request has more than one Host field.",
    section: "RFC 9112 §3.2",
    httpStatus: 400,
  },
  "opening/host-malformed": {
    message: "The Host field of an opening request is malformed.",
    section: "RFC 9112 §3.2",
    httpStatus: 400,
  },
  "opening/body-unexpected": {
    message: "An opening request announces a body.",
    section: "RFC 6455 §4.1",
    httpStatus: 400,
  },
  "opening/upgrade-missing": {
    message: "The Upgrade field of a request does not name websocket.",
    section: "RFC 6455 §4.2.1",
    httpStatus: 426,
  },
  "opening/connection-upgrade-missing": {
    message: "The Connection field has no upgrade token.",
    section: "RFC 6455 §4.1",
    httpStatus: 400,
  },
  "opening/key-missing": {
    message: "An opening request has no Sec-WebSocket-Key.",
    section: "RFC 6455 §4.2.1",
    httpStatus: 400,
  },
  "opening/key-repeated": {
    message: "An opening request has more than one Sec-WebSocket-Key.",
    section: "RFC 6455 §11.3.1",
    httpStatus: 400,
  },
  "opening/key-malformed": {
    message: "Sec-WebSocket-Key is not 16 bytes in base64.",
    section: "RFC 6455 §4.2.1",
    httpStatus: 400,
  },
  "opening/version-missing": {
    message: "An opening request has no Sec-WebSocket-Version.",
    section: "RFC 6455 §4.2.1",
    httpStatus: 400,
  },
  "opening/version-repeated": {
    message: "An opening request has more than one Sec-WebSocket-Version.",
    section: "RFC 6455 §11.3.5",
    httpStatus: 400,
  },
  "opening/version-unsupported": {
    message: "Sec-WebSocket-Version is not 13.",
    section: "RFC 6455 §4.4",
    httpStatus: 426,
  },
  "opening/subprotocols-malformed": {
    message: "Sec-WebSocket-Protocol is not a list of tokens.",
    section: "RFC 6455 §4.3",
    httpStatus: 400,
  },
  "opening/subprotocol-repeated": {
    message: "A subprotocol, or Sec-WebSocket-Protocol in a response, appears more than once.",
    section: "RFC 6455 §11.3.4",
    httpStatus: 400,
  },
  "opening/extensions-malformed": {
    message: "Sec-WebSocket-Extensions does not conform to its grammar.",
    section: "RFC 6455 §9.1",
    httpStatus: 400,
  },
  "opening/origin-repeated": {
    message: "An opening request has more than one Origin field.",
    section: "RFC 6454 §7.3",
    httpStatus: 400,
  },
  "opening/extensions-too-many": {
    message:
      "A request offers more extensions than limits.extensionOffers, or more parameters than limits.extensionParameters.",
    section: "RFC 9110 §5.4",
    httpStatus: 431,
  },
  "opening/subprotocols-too-many": {
    message: "A request offers more subprotocols than limits.subprotocols allows.",
    section: "RFC 9110 §5.4",
    httpStatus: 431,
  },
  "opening/origin-refused": {
    message: "The origin of an opening request is not allowed to connect.",
    section: "RFC 6455 §4.2.2",
    httpStatus: 403,
  },
  "opening/early-data-too-big": {
    message: "A client sent more data before the response than limits.earlyData allows.",
    section: "RFC 6455 §4.1",
    httpStatus: 400,
  },
  "opening/transport-ended": {
    message: "The transport ended before the opening handshake was complete.",
    section: "RFC 6455 §4.1",
  },

  // Extended CONNECT (RFC 8441, RFC 9220, RFC 9113 §8)
  "opening/method-not-connect": {
    message: "The method of an opening request over HTTP/2 or HTTP/3 is not CONNECT.",
    section: "RFC 8441 §5",
    httpStatus: 405,
  },
  "opening/protocol-unsupported": {
    message: "The :protocol of an Extended CONNECT is not websocket.",
    section: "RFC 9220 §3",
    httpStatus: 501,
  },
  "opening/pseudo-field-missing": {
    message: "A pseudo-header field is missing.",
    section: "RFC 8441 §4",
    httpStatus: 400,
  },
  "opening/pseudo-field-repeated": {
    message: "A pseudo-header field appears more than once.",
    section: "RFC 9113 §8.3",
    httpStatus: 400,
  },
  "opening/pseudo-field-unexpected": {
    message: "A pseudo-header field is not allowed here, or comes after an ordinary field.",
    section: "RFC 9113 §8.3",
    httpStatus: 400,
  },
  "opening/field-name-upper-case": {
    message: "A field name over HTTP/2 or HTTP/3 has an upper-case letter.",
    section: "RFC 9113 §8.2.1",
    httpStatus: 400,
  },
  "opening/field-connection-specific": {
    message: "A connection-specific field was sent over HTTP/2 or HTTP/3.",
    section: "RFC 9113 §8.2.2",
    httpStatus: 400,
  },
  "opening/scheme": {
    message: "The :scheme of an Extended CONNECT is neither http nor https.",
    section: "RFC 8441 §5",
    httpStatus: 400,
  },
  "opening/path": {
    message: "The :path of an Extended CONNECT is not a path.",
    section: "RFC 9113 §8.3.1",
    httpStatus: 400,
  },
  "opening/authority": {
    message: "The :authority of an Extended CONNECT is malformed, or Host differs from it.",
    section: "RFC 9113 §8.3.1",
    httpStatus: 400,
  },
  "opening/stream-version-unsupported": {
    message: "Sec-WebSocket-Version in an Extended CONNECT is not 13.",
    section: "RFC 6455 §4.4",
    httpStatus: 400,
  },
  "opening/connect-protocol-value": {
    message: "SETTINGS_ENABLE_CONNECT_PROTOCOL is neither 0 nor 1.",
    section: "RFC 8441 §3",
  },
  "opening/connect-protocol-withdrawn": {
    message: "SETTINGS_ENABLE_CONNECT_PROTOCOL changed from 1 back to 0.",
    section: "RFC 8441 §3",
  },
} as const;
