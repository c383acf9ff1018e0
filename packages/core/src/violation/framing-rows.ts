/** Violations after the opening handshake: frames, messages, closing, extensions. */

export const framingRows = {
  // Frames (RFC 6455 §5)
  "frame/rsv-unowned": {
    message: "A frame has a reserved bit set that no agreed extension owns.",
    section: "RFC 6455 §5.2",
    statusCode: 1002,
  },
  "frame/rsv-misplaced": {
    message:
      "A control or continuation frame has a reserved bit set that is allowed only on the first frame of a message.",
    section: "RFC 7692 §6.1",
    statusCode: 1002,
  },
  "frame/opcode-reserved": { message: "A frame has a reserved opcode.", section: "RFC 6455 §5.2", statusCode: 1002 },
  "frame/control-fragmented": {
    message: "A control frame is fragmented: its FIN bit is not set.",
    section: "RFC 6455 §5.5",
    statusCode: 1002,
  },
  "frame/control-too-long": {
    message: "A control frame announces a payload of more than 125 bytes.",
    section: "RFC 6455 §5.5",
    statusCode: 1002,
  },
  "frame/continuation-unexpected": {
    message: "A continuation frame arrived while no message was in progress.",
    section: "RFC 6455 §5.4",
    statusCode: 1002,
  },
  "frame/continuation-expected": {
    message: "A new message began before the fragmented message in progress had ended.",
    section: "RFC 6455 §5.4",
    statusCode: 1002,
  },
  "frame/mask-missing": {
    message: "A client sent a frame that is not masked.",
    section: "RFC 6455 §5.1",
    statusCode: 1002,
  },
  "frame/mask-unexpected": { message: "A server sent a masked frame.", section: "RFC 6455 §5.1", statusCode: 1002 },
  "frame/length-not-minimal": {
    message: "A payload length is encoded in more bytes than it needs.",
    section: "RFC 6455 §5.2",
    statusCode: 1002,
  },
  "frame/length-sign-bit": {
    message: "The most significant bit of a 64-bit payload length is set.",
    section: "RFC 6455 §5.2",
    statusCode: 1002,
  },
  "frame/too-big": {
    message: "A frame announces more payload than limits.frame allows.",
    section: "RFC 6455 §10.4",
    statusCode: 1009,
  },

  // Messages (RFC 6455 §5.4, §5.6, §8.1)
  "message/too-big": {
    message: "A message is larger than limits.message allows.",
    section: "RFC 6455 §10.4",
    statusCode: 1009,
  },
  "message/encoded-too-big": {
    message: "An encoded message, before extensions are undone, is larger than limits.encodedMessage allows.",
    section: "RFC 6455 §10.4",
    statusCode: 1009,
  },
  "message/too-many-fragments": {
    message: "A message has more fragments than limits.fragments allows.",
    section: "RFC 6455 §10.4",
    statusCode: 1008,
  },
  "message/utf8-invalid": {
    message: "A text message has a byte that is invalid in UTF-8 at its position.",
    section: "RFC 6455 §8.1",
    statusCode: 1007,
  },
  "message/utf8-truncated": {
    message: "A text message ends within a UTF-8 sequence.",
    section: "RFC 6455 §8.1",
    statusCode: 1007,
  },

  // Closing (RFC 6455 §5.5.1, §7.4)
  "close/payload-truncated": {
    message: "A Close frame has a payload of one byte, which is half a status code.",
    section: "RFC 6455 §5.5.1",
    statusCode: 1002,
  },
  "close/status-code": {
    message: "A Close frame has a status code that must not be sent.",
    section: "RFC 6455 §7.4",
    statusCode: 1002,
  },
  "close/reason-utf8": {
    message: "The reason in a Close frame is not UTF-8.",
    section: "RFC 6455 §5.5.1",
    statusCode: 1007,
  },

  // Extensions (RFC 6455 §9, RFC 7692 §7.2.2)
  "extension/data-malformed": {
    message: "The payload of a message does not decode under the agreed extension.",
    section: "RFC 7692 §7.2.2",
    statusCode: 1007,
  },
  "extension/data-truncated": {
    message: "The payload of a message ends too early to decode under the agreed extension.",
    section: "RFC 7692 §7.2.2",
    statusCode: 1007,
  },
} as const;
