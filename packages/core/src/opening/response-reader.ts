/**
 * Reads the final response to a request that switches protocols. Skips interim responses, then returns the head that
 * switches protocols, or a response that does not, with its body (RFC 9110 §15.2, RFC 9112 §6.3).
 */
import { BodyDecoder } from "../http/body-decoder.ts";
import { responseBodyFraming } from "../http/body-framing.ts";
import type { ResponseHead } from "../http/head.ts";
import { HeadDecoder } from "../http/head-decoder.ts";
import { statusLine } from "../http/start-line.ts";
import { tlsDetail } from "../http/tls-record.ts";
import { type Leniency, noLeniencies } from "../vocabulary/leniency.ts";
import type { Limits } from "../vocabulary/limits.ts";
import { type ResponseViolationCode, responseViolation, type Violation } from "../vocabulary/violation.ts";

/** Result of one chunk. */
export type ResponseStep =
  | { readonly type: "more" }
  /** The protocol has switched. `end` is the index in the chunk of the first byte after the head. */
  | { readonly type: "switched"; readonly head: ResponseHead; readonly end: number }
  /** A response that does not switch protocols. Its body is complete, or truncated by the limit or the end of the transport. */
  | { readonly type: "answer"; readonly head: ResponseHead; readonly body: Uint8Array }
  | { readonly type: "violation"; readonly violation: Violation };

const more: ResponseStep = { type: "more" };

/** Reads one final response. */
export class ResponseReader {
  readonly #limits: Limits;
  readonly #tolerate: readonly Leniency[];
  readonly #switches: (head: ResponseHead) => boolean;
  #head: HeadDecoder<ResponseHead>;
  /** Bytes before the current head. */
  #before = 0;
  #interimResponses = 0;
  /** Leniencies used in interim responses. */
  #tolerated: readonly Leniency[] = noLeniencies;
  #answer: { readonly head: ResponseHead; readonly body: BodyDecoder } | undefined;

  /** `switches` returns whether the bytes after this head belong to the new protocol. */
  constructor(limits: Limits, tolerate: readonly Leniency[], switches: (head: ResponseHead) => boolean) {
    this.#limits = limits;
    this.#tolerate = tolerate;
    this.#switches = switches;
    this.#head = new HeadDecoder(statusLine, limits, tolerate);
  }

  /** Total bytes of all heads so far, excluding bodies. */
  get headLength(): number {
    return this.#before + this.#head.length;
  }

  /** Memory used by the response so far, in bytes. */
  get heldLength(): number {
    return this.#head.heldLength + (this.#answer?.body.heldLength ?? 0);
  }

  /** Leniencies used so far. */
  get tolerated(): readonly Leniency[] {
    if (this.#tolerated.length === 0) return this.#head.tolerated;
    return [...new Set([...this.#tolerated, ...this.#head.tolerated])];
  }

  /** Decodes `chunk`. Must not be called again after a step other than `more`. */
  receive(chunk: Uint8Array): ResponseStep {
    let at = 0;
    while (this.#answer === undefined) {
      const step = this.#head.receive(chunk, at);
      if (step.type === "more") return more;
      if (step.type === "violation") {
        const detail = step.offset === 0 ? tlsDetail(chunk[at]) : undefined;
        return this.#violation(step.code, this.#before + step.offset, detail);
      }
      at = step.end;
      if (this.#switches(step.head)) return { type: "switched", head: step.head, end: at };
      if (isInterim(step.head)) {
        if (this.#interimResponses++ === this.#limits.interimResponses) {
          return this.#violation("opening/too-many-interim-responses", this.headLength);
        }
        this.#before = this.headLength;
        this.#tolerated = this.tolerated;
        this.#head = new HeadDecoder(statusLine, this.#limits, this.#tolerate);
        continue;
      }
      const framing = responseBodyFraming(step.head);
      if (typeof framing === "string") return this.#violation(framing, this.headLength);
      this.#answer = { head: step.head, body: new BodyDecoder(framing, this.#limits.rejectionBody) };
    }
    const { head, body } = this.#answer;
    body.receive(chunk, at);
    return body.complete ? { type: "answer", head, body: body.takeBody() } : more;
  }

  /** The transport ended, `detail` says more of it: returns the response read so far, complete or not, or a violation when no final head was received. */
  receiveEnd(detail?: string): ResponseStep {
    if (this.#answer === undefined) return this.#violation("opening/transport-ended", this.headLength, detail);
    return { type: "answer", head: this.#answer.head, body: this.#answer.body.takeBody() };
  }

  #violation(code: ResponseViolationCode, offset: number, detail?: string): ResponseStep {
    return { type: "violation", violation: responseViolation(code, offset, detail) };
  }
}

/** RFC 9110 §15.2: 1xx responses are interim, except 101, which ends the HTTP exchange (§15.2.2). */
function isInterim(head: ResponseHead): boolean {
  return head.status >= 100 && head.status < 200 && head.status !== 101;
}
