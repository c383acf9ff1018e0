/** The client's opening handshake over a byte stream (RFC 6455 §4.1): sends the request and checks the response. */
import { isBytes, plainBytes } from "../bytes/byte-arrays.ts";
import { UsageError } from "../checks/usage-error.ts";
import { ClientConfig, type ClientHandshakeOptions } from "../config/client-config.ts";
import type { HandshakeEvent } from "../events.ts";
import { encodeRequestHead } from "../http/head-encoder.ts";
import type { NativeFunctions } from "../vocabulary/native-functions.ts";
import { type ResponseViolationCode, responseViolation, type Violation } from "../vocabulary/violation.ts";
import type { OpeningTarget, SentOpening } from "./client-request.ts";
import type { ClientAgreement } from "./kept-response.ts";
import { OutputQueue } from "./output-queue.ts";
import { checkUpgrade } from "./response-check.ts";
import { ResponseReader, type ResponseStep } from "./response-reader.ts";
import { upgradeOpening } from "./upgrade.ts";

/**
 * One opening handshake. Input: `receive`, `receiveEnd`, `fail`. Output: `takeOutput`, `transportAction`.
 *
 * Emits at most one event: `open`, `rejection` or `failure`. No application data can be sent before `open` (RFC 6455 §4.1),
 * because this class has no method to send any.
 *
 * @example
 * const random = (target: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(target);
 * const handshake = new ClientHandshake({ url: "ws://example.com/chat", random });
 * write(handshake.takeOutput());
 * const [event] = handshake.receive(chunk);
 * if (event?.type === "open") {
 *   const connection = new Connection(event.agreement, { random }, { offset: handshake.bytesConsumed });
 *   react(connection.receive(event.rest));
 * }
 */
export class ClientHandshake {
  readonly #sent: SentOpening;
  readonly #reader: ResponseReader;
  readonly #isSecure: boolean;
  readonly #sha1: NativeFunctions["sha1"];
  readonly #output = new OutputQueue();
  #phase: "awaiting-response" | "open" | "over" = "awaiting-response";

  /** `url` is for a configuration only. @throws UsageError for invalid options */
  constructor(options: ClientHandshakeOptions | ClientConfig, url?: string | OpeningTarget) {
    const { config, target } = ClientConfig.withTarget(options, url);
    const { request, sent } = upgradeOpening(config, target);
    this.#sent = sent;
    this.#isSecure = target.secure;
    this.#sha1 = config.settings.native.sha1;
    this.#reader = new ResponseReader(config.limits, config.tolerate, (head) => head.status === 101);
    this.#output.add(encodeRequestHead(request));
  }

  /** Bytes received that belong to the handshake. The `open` event carries the bytes after them as `rest`. */
  get bytesConsumed(): number {
    return this.#reader.headLength;
  }

  /** Bytes of output not yet taken. */
  get outputLength(): number {
    return this.#output.length;
  }

  /** Memory used by the response so far, in bytes. */
  get heldLength(): number {
    return this.#reader.heldLength;
  }

  /** How to proceed with the transport once all output taken has been written. */
  get transportAction(): "keep" | "end" {
    // RFC 6455 §7.1.7: a client that fails the opening closes the transport, without sending anything.
    return this.#phase === "over" ? "end" : "keep";
  }

  /** Removes and returns output, oldest first: at most `budget` bytes. */
  takeOutput(budget: number = Number.POSITIVE_INFINITY): readonly Uint8Array[] {
    return this.#output.take(budget);
  }

  /**
   * Processes bytes from the transport. Never throws because of their content.
   *
   * @throws UsageError `opening/complete` after `open`, when further bytes belong to the connection
   */
  receive(chunk: Uint8Array): readonly HandshakeEvent[] {
    if (!isBytes(chunk)) throw new UsageError("endpoint/chunk-type");
    if (this.#phase === "open") throw new UsageError("opening/complete");
    return this.#phase === "over" ? [] : this.#follow(this.#reader.receive(chunk), chunk);
  }

  /** The peer ended its half of the transport. */
  receiveEnd(): readonly HandshakeEvent[] {
    return this.#phase === "awaiting-response"
      ? this.#follow(this.#reader.receiveEnd(this.#endDetail()), new Uint8Array(0))
      : [];
  }

  /** Fails the handshake for a reason other than received bytes, such as `deadline/opening`. */
  fail(code: ResponseViolationCode): readonly HandshakeEvent[] {
    return this.#phase === "awaiting-response" ? this.#fail(responseViolation(code, this.bytesConsumed)) : [];
  }

  /** Most servers that expect TLS end a connection that begins without it. */
  #endDetail(): string | undefined {
    if (this.#isSecure || this.bytesConsumed > 0) return undefined;
    return "Nothing arrived; the server may expect TLS, and a URL with wss:.";
  }

  #follow(step: ResponseStep, chunk: Uint8Array): readonly HandshakeEvent[] {
    switch (step.type) {
      case "more":
        return [];
      case "violation":
        return this.#fail(step.violation);
      case "answer":
        this.#phase = "over";
        return [{ type: "rejection", response: step.head, body: step.body }];
      case "switched": {
        const check = checkUpgrade(step.head, this.#sent, this.bytesConsumed, this.#sha1);
        if (check.type === "violation") return this.#fail(check.violation);
        this.#phase = "open";
        const rest = step.end < chunk.length ? plainBytes(chunk.subarray(step.end)) : new Uint8Array(0);
        const { role, subprotocol, extensions, response } = check.agreement;
        const agreement: ClientAgreement = {
          role,
          subprotocol,
          extensions,
          tolerated: this.#reader.tolerated,
          response,
        };
        return [{ type: "open", agreement, rest }];
      }
    }
  }

  #fail(violation: Violation): readonly HandshakeEvent[] {
    this.#phase = "over";
    return [{ type: "failure", violation }];
  }
}
