/**
 * A conformance case as data: what the tester sends, and which reactions of the endpoint under test the RFCs allow.
 * Cases contain only JSON values, so `hybi-conformance cases --json` prints them completely. Where a rule is the same
 * for both roles, one case covers both: masking follows from the role of the sender.
 */
import type { MessageKind, Role } from "@hybi/core";
import type { DeflateWish } from "./drive/deflate.ts";
import type { Payload } from "./payload.ts";

/** How binding the rule is: a MUST, a SHOULD, or not decided by any standard. */
export type Severity = "required" | "recommended" | "informational";

/** A frame to send, legal or not. Omitted properties are as RFC 6455 §5.2 requires. */
export interface FrameSpec {
  /** 0x0 to 0xF. */
  readonly opcode: number;
  readonly payload?: Payload;
  /** FIN; true when omitted. */
  readonly final?: false;
  /** RSV1–3 as one number: RSV1 is 4, RSV2 is 2, RSV3 is 1. */
  readonly rsv?: number;
  /** "wrong" leaves a client's frame unmasked and masks a server's; "zero" masks with the key 00 00 00 00. */
  readonly masking?: "wrong" | "zero";
  /** Number of bytes of the extended length, if more than needed. */
  readonly lengthBytes?: 2 | 8;
  /** A length to announce in place of the payload's, in hexadecimal; no more than the payload is sent. */
  readonly announced?: string;
}

/**
 * A message that the tester encodes during the run, because its bytes depend on earlier messages: compressed with a
 * window.
 */
export interface MessageSpec {
  readonly message: MessageKind;
  readonly payload: Payload;
  readonly compress?: true;
  /** Bytes of payload per frame; a single frame when omitted. */
  readonly fragment?: number;
}

/** Raw bytes, in hexadecimal. */
export interface RawBytes {
  readonly raw: string;
}

export type Piece = FrameSpec | MessageSpec | RawBytes;

/** The steps of the tester, in order. */
export type Step =
  /** Sends in one write, or `chop` bytes at a time. */
  | { readonly send: readonly Piece[]; readonly chop?: number }
  /** Sends a message and waits for its echo, `times` times; the seed of its payload increases each time. */
  | { readonly exchange: MessageSpec; readonly times: number }
  /** Sends a frame `times` times in a row. */
  | { readonly flood: FrameSpec; readonly times: number }
  /** Sends a frame in parts, cut after these numbers of payload bytes, with a pause "to-fail" before the last part. */
  | { readonly cut: FrameSpec; readonly at: readonly number[] }
  /** Gives the endpoint time to fail the connection before the rest is sent. */
  | { readonly pause: "to-fail" }
  /** Waits until this many answers have arrived. */
  | { readonly awaitAnswers: number }
  /** Closes the tester's half of the transport. */
  | { readonly end: true };

/** A message or Pong that the endpoint under test sends. */
export type Answer =
  | { readonly text: Payload; readonly times?: number }
  | { readonly binary: Payload; readonly times?: number }
  | { readonly pong: Payload; readonly times?: number };

/** How a connection ends. */
export type Ending =
  /** It stays open: the tester closes it with 1000, and the endpoint replies with a Close frame. */
  | { readonly type: "open" }
  /** The endpoint under test fails it (RFC 6455 §7.1.7), with one of these status codes. */
  | { readonly type: "failed"; readonly statusCodes: readonly number[] }
  /** The endpoint replies to the tester's Close frame; null is a Close frame without a status code. */
  | { readonly type: "closed"; readonly statusCodes: readonly (number | null)[] }
  /** The endpoint ends the transport after the tester has done so. */
  | { readonly type: "ended" };

/** The outcome of an opening handshake. */
export type OpeningOutcome =
  /** It succeeds. `subprotocol` and `extensions` are those of the response; null for none. */
  | { readonly type: "open"; readonly subprotocol?: string | null; readonly extensions?: readonly string[] }
  /** A server responds with one of these statuses, and with these fields. */
  | {
      readonly type: "refused";
      readonly statuses: readonly number[];
      readonly fields?: Readonly<Record<string, string>>;
    }
  /** A client closes the connection, and does nothing else. */
  | { readonly type: "failed" };

/** One correct behaviour. */
export interface Expectation {
  /** Default: an open connection. */
  readonly opening?: OpeningOutcome;
  /** In order. If the connection fails, answers that had not been sent by then may be missing, which counts as non-strict. */
  readonly answers?: readonly Answer[];
  readonly ending: Ending;
}

/** Another behaviour that the RFC allows, or that is undesirable but not wrong. */
export interface Alternative extends Expectation {
  readonly verdict: "ok" | "non-strict";
  /** One sentence that cites the section permitting the choice. */
  readonly because: string;
}

/** How the connection is opened. */
export interface OpeningPlan {
  /** Offers permessage-deflate, or agrees to it. An endpoint that declines is not tested further. */
  readonly deflate?: DeflateWish;
  readonly subprotocols?: readonly string[];
  /**
   * Server under test: the lines of the request, replacing a valid one; `{path}`, `{host}` and `{key}` are filled in.
   * Client under test: the lines of the response; `{accept}` is filled in. `{x*1000}` is x a thousand times.
   */
  readonly lines?: readonly string[];
  /** Frames to send in the same write as the request or the response. */
  readonly early?: readonly Piece[];
  /** Number of bytes of the head to write at a time. */
  readonly chop?: number;
  /** Closes the tester's half of the transport afterwards. */
  readonly end?: true;
  /** Opens over HTTP/2, as an Extended CONNECT with these fields changed, or omitted where the value is null. */
  readonly http2?: Readonly<Record<string, string | null>>;
}

/** One case. */
export interface ConformanceCase {
  /** Unique and stable. Matches the number of the corresponding case of the Autobahn testsuite, if there is one. */
  readonly id: string;
  /** What is tested, as a sentence about the endpoint under test. */
  readonly title: string;
  /** Source of the rule: "RFC 6455 §5.2". */
  readonly section: string;
  /** The role under test. */
  readonly role: Role | "both";
  readonly severity: Severity;
  /** Takes too long for the quick set: run only with `--all`. */
  readonly extended?: true;
  /** A resource limit of the subject may end the connection with 1009. */
  readonly mayRefuse?: true;
  /** The case of the Autobahn testsuite that tests the same. */
  readonly autobahn?: string;
  /** Ids of the requirements in docs/spec. */
  readonly requirements?: readonly string[];
  readonly opening?: OpeningPlan;
  readonly steps: readonly Step[];
  readonly expect: Expectation;
  readonly alternatives?: readonly Alternative[];
}

/** A chapter of cases. */
export interface Chapter {
  /** The first part of the ids of its cases. */
  readonly number: number;
  readonly title: string;
  readonly cases: readonly ConformanceCase[];
}
