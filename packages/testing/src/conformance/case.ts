/**
 * A conformance case as data: what is sent, and what the RFCs let the endpoint under test answer. Cases hold nothing that
 * JSON does not, so that `hybi-conformance cases --json` prints all there is to know about them, and they are written for
 * both roles at once wherever the rule is the same: masking follows from who sends.
 */
import type { MessageKind, Role } from "@hybi/core";
import type { DeflateWish } from "./drive/deflate.ts";
import type { Payload } from "./payload.ts";

/** How binding the rule is: a MUST, a SHOULD, or nothing that a standard decides. */
export type Severity = "required" | "recommended" | "informational";

/** A frame to send, legal or not. What is left out is as RFC 6455 §5.2 asks for. */
export interface FrameSpec {
  /** 0x0 to 0xF. */
  readonly opcode: number;
  readonly payload?: Payload;
  /** FIN; true when left out. */
  readonly final?: false;
  /** RSV1–3 as one number: RSV1 is 4, RSV2 is 2, RSV3 is 1. */
  readonly rsv?: number;
  /** "wrong" leaves a client's frame unmasked and masks a server's; "zero" masks with the key 00 00 00 00. */
  readonly masking?: "wrong" | "zero";
  /** Bytes of the extended length, where more are to be used than needed. */
  readonly lengthBytes?: 2 | 8;
  /** A length other than the payload's, in hexadecimal: what is announced, and not sent. */
  readonly announced?: string;
}

/** A message that the tester encodes while it runs, since its bytes depend on what came before: compressed with a window. */
export interface MessageSpec {
  readonly message: MessageKind;
  readonly payload: Payload;
  readonly compress?: true;
  /** Bytes of payload of each frame; one frame when left out. */
  readonly fragment?: number;
}

/** Bytes as they are, in hexadecimal. */
export interface RawBytes {
  readonly raw: string;
}

export type Piece = FrameSpec | MessageSpec | RawBytes;

/** What the tester does, in order. */
export type Step =
  /** Sends; in one write, or `chop` bytes at a time. */
  | { readonly send: readonly Piece[]; readonly chop?: number }
  /** Sends a message and waits for it to come back, `times` over; the seed of its payload counts up. */
  | { readonly exchange: MessageSpec; readonly times: number }
  /** Sends a frame so many times in a row. */
  | { readonly flood: FrameSpec; readonly times: number }
  /** Sends a frame in parts, cut after so many bytes of payload, with a pause "to-fail" before the last of them. */
  | { readonly cut: FrameSpec; readonly at: readonly number[] }
  /** Leaves time to fail the connection before the rest is sent. */
  | { readonly pause: "to-fail" }
  /** Waits until so many answers have come. */
  | { readonly awaitAnswers: number }
  /** Closes the tester's half of the transport. */
  | { readonly end: true };

/** Something that the endpoint under test sends. */
export type Answer =
  | { readonly text: Payload; readonly times?: number }
  | { readonly binary: Payload; readonly times?: number }
  | { readonly pong: Payload; readonly times?: number };

/** How a connection comes to its end. */
export type Ending =
  /** It stays open: the tester closes it, with 1000, and the Close frame is answered. */
  | { readonly type: "open" }
  /** The endpoint under test fails it (RFC 6455 §7.1.7), with one of these status codes. */
  | { readonly type: "failed"; readonly statusCodes: readonly number[] }
  /** It answers a Close frame of the tester's; null is a Close frame without a status code. */
  | { readonly type: "closed"; readonly statusCodes: readonly (number | null)[] }
  /** It ends the transport, after the tester has. */
  | { readonly type: "ended" };

/** What becomes of an opening handshake. */
export type OpeningOutcome =
  /** It succeeds. `subprotocol` and `extensions` are those of the response; null for none. */
  | { readonly type: "open"; readonly subprotocol?: string | null; readonly extensions?: readonly string[] }
  /** A server answers with one of these statuses, and with these fields. */
  | {
      readonly type: "refused";
      readonly statuses: readonly number[];
      readonly fields?: Readonly<Record<string, string>>;
    }
  /** A client closes the connection, and nothing else. */
  | { readonly type: "failed" };

/** One behaviour that is right. */
export interface Expectation {
  /** An open connection, when left out. */
  readonly opening?: OpeningOutcome;
  /** In order. Where the connection fails, what of them has not left by then may be missing, which is not strict. */
  readonly answers?: readonly Answer[];
  readonly ending: Ending;
}

/** Another behaviour that the RFC allows, or that is not as it should be and still not wrong. */
export interface Alternative extends Expectation {
  readonly verdict: "ok" | "non-strict";
  /** One sentence, with the section that leaves the choice. */
  readonly because: string;
}

/** How the connection is opened. */
export interface OpeningPlan {
  /** Offer permessage-deflate, or agree to it. An endpoint that declines is not tested further. */
  readonly deflate?: DeflateWish;
  readonly subprotocols?: readonly string[];
  /**
   * Server under test: the lines of the request, in place of a good one; `{path}`, `{host}` and `{key}` are filled in. Client under
   * test: the lines of the response; `{accept}` is filled in. `{x*1000}` is x a thousand times.
   */
  readonly lines?: readonly string[];
  /** Bytes of frames that are sent in the same write as the request or the response. */
  readonly early?: readonly Piece[];
  /** Bytes of the head that are written at a time. */
  readonly chop?: number;
  /** Close the tester's half of the transport after it. */
  readonly end?: true;
  /** Over HTTP/2, as an Extended CONNECT with these fields changed, or left out where they are null. */
  readonly http2?: Readonly<Record<string, string | null>>;
}

/** One case. */
export interface ConformanceCase {
  /** Unique and stable. Where one case of the Autobahn testsuite corresponds, it has the same number. */
  readonly id: string;
  /** What is tested, as a sentence about the endpoint under test. */
  readonly title: string;
  /** Where it is written: "RFC 6455 §5.2". */
  readonly section: string;
  /** Who is under test. */
  readonly role: Role | "both";
  readonly severity: Severity;
  /** Too long for every day: only with `--all`. */
  readonly extended?: true;
  /** A resource limit of the subject's own may end it with 1009. */
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
