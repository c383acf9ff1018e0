/**
 * Reads the final response to a request that asks for another protocol: past the interim ones, to the head that switches,
 * or through the body of an answer that does not (RFC 9110 §15.2, RFC 9112 §6.3).
 */
import { BodyDecoder } from "../http/body-decoder.ts";
import { responseBodyFraming } from "../http/body-framing.ts";
import type { ResponseHead } from "../http/head.ts";
import { HeadDecoder } from "../http/head-decoder.ts";
import { statusLine } from "../http/start-line.ts";
import type { Leniency } from "../leniency.ts";
import type { Limits } from "../limits.ts";
import { type Violation, type ViolationCode, violationByServer } from "../violation.ts";

/** What one chunk led to. */
export type ResponseStep =
  | { readonly type: "more" }
  /** The protocol is switched; `end` is the index in the chunk of the first byte after the head. */
  | { readonly type: "switched"; readonly head: ResponseHead; readonly end: number }
  /** An answer of HTTP, complete or cut at the limit. */
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
  /** The leniencies that interim responses needed. */
  #tolerated: readonly Leniency[] = [];
  #answer: { readonly head: ResponseHead; readonly body: BodyDecoder } | undefined;

  /** `switches` tells the head after which the bytes are another protocol's. */
  constructor(limits: Limits, tolerate: readonly Leniency[], switches: (head: ResponseHead) => boolean) {
    this.#limits = limits;
    this.#tolerate = tolerate;
    this.#switches = switches;
    this.#head = new HeadDecoder(statusLine, limits, tolerate);
  }

  /** Bytes of all heads so far, and of those only. */
  get headLength(): number {
    return this.#before + this.#head.length;
  }

  /** Bytes of memory that the response takes so far. */
  get heldLength(): number {
    return this.#head.heldLength + (this.#answer?.body.heldLength ?? 0);
  }

  /** The leniencies that were needed so far. */
  get tolerated(): readonly Leniency[] {
    return [...new Set([...this.#tolerated, ...this.#head.tolerated])];
  }

  /** Reads on. Nothing may follow a step that is not `more`. */
  receive(chunk: Uint8Array): ResponseStep {
    let at = 0;
    while (this.#answer === undefined) {
      const step = this.#head.receive(chunk, at);
      if (step.type === "more") return more;
      if (step.type === "violation") return this.#violation(step.code, this.#before + step.offset);
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
      if (framing.type === "violation") return this.#violation(framing.code, this.headLength);
      this.#answer = { head: step.head, body: new BodyDecoder(framing, this.#limits.rejectionBody) };
    }
    const { head, body } = this.#answer;
    body.receive(chunk, at);
    return body.complete ? { type: "answer", head, body: body.takeBody() } : more;
  }

  /** The transport ended: an answer ends with it, whole or not; without one there was no final response. */
  receiveEnd(): ResponseStep {
    if (this.#answer === undefined) return this.#violation("opening/transport-ended", this.headLength);
    return { type: "answer", head: this.#answer.head, body: this.#answer.body.takeBody() };
  }

  #violation(code: ViolationCode, offset: number): ResponseStep {
    return { type: "violation", violation: violationByServer(code, offset) };
  }
}

/** RFC 9110 §15.2: 1xx are interim, except 101, which is final in what it does (§15.2.2). */
function isInterim(head: ResponseHead): boolean {
  return head.status >= 100 && head.status < 200 && head.status !== 101;
}
