/**
 * The peer's fault, as a value from one closed table: what is wrong, the sentence of the standard that says so, and the
 * answer on the wire. Nothing else decides a Close status code or an HTTP status for a fault.
 */

interface Row {
  readonly message: string;
  readonly section: string;
  /** Of the Close frame, once the connection is open (RFC 6455 §7.4.1). */
  readonly statusCode?: number;
  /** Of the HTTP response, when a server refuses an opening request. */
  readonly httpStatus?: number;
}

const rows = {
  // Frames (RFC 6455 §5)
  "frame/rsv-unowned": {
    message: "A frame has a reserved bit set that no agreed extension owns.",
    section: "RFC 6455 §5.2",
    statusCode: 1002,
  },
  "frame/rsv-misplaced": {
    message:
      "A control or continuation frame has a reserved bit set that belongs on the first frame of a message only.",
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
    message: "A continuation frame came while no message was in progress.",
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
  "message/too-many-fragments": {
    message: "A message has more fragments than limits.fragments allows.",
    section: "RFC 6455 §10.4",
    statusCode: 1008,
  },
  "message/utf8-invalid": {
    message: "A text message has a byte that cannot stand there in UTF-8.",
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
    message: "A Close frame has a payload of one byte: half a status code.",
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

  // Time, which the caller passes in
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
  "deadline/idle": { message: "Nothing was received in time.", section: "RFC 6455 §7.4.1", statusCode: 1001 },
  "deadline/control-flood": {
    message: "More control frames came within the window than limits.controlFrames allows.",
    section: "RFC 6455 §10.4",
    statusCode: 1008,
  },
} as const satisfies Record<string, Row>;

/** Names the rule that the peer broke; each has a heading in docs/reference/errors.md. */
export type ViolationCode = keyof typeof rows;

/** The peer broke a rule. */
export interface Violation {
  readonly code: ViolationCode;
  /** One sentence. */
  readonly message: string;
  /** For example `RFC 6455 §5.2`. */
  readonly section: string;
  /** Of the Close frame that answered; undefined in the opening handshake, where there is none (RFC 6455 §7.1.7). */
  readonly statusCode: number | undefined;
  /** Of the HTTP response that answered; undefined after the opening handshake, and for a client. */
  readonly httpStatus: number | undefined;
  /** Bytes received before the offending one. */
  readonly offset: number;
}

/** The whole table, for documentation and for tools. */
export const violationTable: Readonly<Record<ViolationCode, Row>> = rows;

/** The violation `code` at `offset`, with all that the table says of it; `detail`, a sentence, is added to the message. */
export function violation(code: ViolationCode, offset: number, detail?: string): Violation {
  const row: Row = rows[code];
  const message = detail === undefined ? row.message : `${row.message} ${detail}`;
  return { code, message, section: row.section, statusCode: row.statusCode, httpStatus: row.httpStatus, offset };
}
