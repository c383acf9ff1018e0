/** Violations in the response to an opening request: RFC 6455 §4.1. */

export const openingResponseRows = {
  "opening/upgrade-mismatch": {
    message: "The Upgrade field of a 101 response is not websocket alone.",
    section: "RFC 6455 §4.1",
  },
  "opening/accept-missing": { message: "A 101 response has no Sec-WebSocket-Accept.", section: "RFC 6455 §4.1" },
  "opening/accept-repeated": {
    message: "A 101 response has more than one Sec-WebSocket-Accept.",
    section: "RFC 6455 §11.3.3",
  },
  "opening/accept-mismatch": {
    message: "Sec-WebSocket-Accept does not match the key that was sent.",
    section: "RFC 6455 §4.1",
  },
  "opening/subprotocol-not-offered": {
    message: "The server chose a subprotocol that was not offered.",
    section: "RFC 6455 §4.1",
  },
  "opening/subprotocol-missing": {
    message: "Subprotocols were offered, but the server chose none.",
    section: "WebSockets Standard §2",
  },
  "opening/extensions-repeated": {
    message: "A response has more than one Sec-WebSocket-Extensions.",
    section: "RFC 6455 §11.3.2",
  },
  "opening/extension-not-offered": {
    message: "The server agreed to an extension that was not offered.",
    section: "RFC 6455 §4.1",
  },
  "opening/extension-repeated": { message: "The server agreed to the same extension twice.", section: "RFC 6455 §9.1" },
  "opening/extension-rsv-conflict": {
    message: "The server agreed to two extensions that own the same RSV bit.",
    section: "RFC 6455 §9.1",
  },
  "opening/extension-unacceptable": {
    message: "The server agreed to an extension with parameters that are not acceptable.",
    section: "RFC 7692 §7.1",
  },
  "opening/too-many-interim-responses": {
    message: "More interim responses arrived than limits.interimResponses allows.",
    section: "RFC 9110 §15.2",
  },
} as const;
