/**
 * Requests a tunnel to the server from an HTTP proxy (RFC 6455 §4.1 step 3, RFC 9110 §9.3.6). After `tunnel`, use the
 * transport like a direct one to the server: TLS, if any, and the opening handshake run inside the tunnel.
 */
import { isBytes } from "../bytes/byte-arrays.ts";
import { checkOptions, type OptionChecks, takes } from "../checks/option-checks.ts";
import { UsageError } from "../checks/usage-error.ts";
import type { ProtocolFailureEvent, RejectionEvent } from "../events.ts";
import { parseAuthority } from "../http/authority.ts";
import type { Fields } from "../http/fields.ts";
import { encodeRequestHead } from "../http/head-encoder.ts";
import { OutputQueue } from "../opening/output-queue.ts";
import { assertApplicationFields } from "../opening/reserved-fields.ts";
import { ResponseReader, type ResponseStep } from "../opening/response-reader.ts";
import { proxyAliases } from "../sentences/loaded.ts";
import { type Leniency, leniencyCheck } from "../vocabulary/leniency.ts";
import { type Limits, limitsCheck, resolveLimits } from "../vocabulary/limits.ts";

/** Options of `ProxyHandshake`. */
export interface ProxyHandshakeOptions {
  /** Host of the server: a name, an IPv4 address, or an IPv6 address in brackets. */
  readonly host: string;
  /** Port of the server. Required, because CONNECT has no default port. */
  readonly port: number;
  /** Additional fields, such as `["Proxy-Authorization", basicAuthorization(user, password)]`. */
  readonly fields?: Fields | undefined;
  readonly limits?: Partial<Limits> | undefined;
  readonly tolerate?: readonly Leniency[] | undefined;
}

const proxyChecks: OptionChecks<ProxyHandshakeOptions> = {
  host: takes.text,
  port: takes.anything,
  fields: takes.fields,
  limits: limitsCheck,
  tolerate: leniencyCheck,
};

/** The tunnel is established. `rest` has the bytes already received through it, if any. */
export interface TunnelEvent {
  readonly type: "tunnel";
  readonly rest: Uint8Array;
}

/** The outcome of a CONNECT. A rejection with status 407 requests Proxy-Authorization (RFC 9110 §15.5.8). */
export type ProxyEvent = TunnelEvent | RejectionEvent | ProtocolFailureEvent;

/** One CONNECT. Input: `receive`, `receiveEnd`. Output: `takeOutput`, `transportAction`. */
export class ProxyHandshake {
  readonly #reader: ResponseReader;
  readonly #output = new OutputQueue();
  #phase: "awaiting-response" | "tunnel" | "over" = "awaiting-response";

  /** @throws UsageError `opening/authority`, `opening/field-reserved`, or `http/…` for an invalid field */
  constructor(options: ProxyHandshakeOptions) {
    checkOptions("a ProxyHandshake", options, proxyChecks, proxyAliases);
    const authority = `${options.host}:${options.port}`;
    if (parseAuthority(authority)?.port === undefined) throw new UsageError("opening/authority");
    const fields = options.fields ?? [];
    assertApplicationFields(fields);
    // Any 2xx means success. Its Content-Length and Transfer-Encoding are ignored (RFC 9110 §9.3.6).
    const isSuccess = ({ status }: { readonly status: number }): boolean => status >= 200 && status < 300;
    this.#reader = new ResponseReader(resolveLimits(options.limits), options.tolerate ?? [], isSuccess);
    // RFC 9112 §3.2.3: the target is in authority-form, which includes the port even if it is the default.
    const head = { method: "CONNECT", target: authority, minorVersion: 1 };
    this.#output.add(encodeRequestHead({ ...head, fields: [["Host", authority], ...fields] }));
  }

  /** Bytes of output not yet taken. */
  get outputLength(): number {
    return this.#output.length;
  }

  /** How to proceed with the transport once all output taken has been written. */
  get transportAction(): "keep" | "end" {
    return this.#phase === "over" ? "end" : "keep";
  }

  /** Removes and returns output, oldest first: at most `budget` bytes. */
  takeOutput(budget: number = Number.POSITIVE_INFINITY): readonly Uint8Array[] {
    return this.#output.take(budget);
  }

  /**
   * Processes bytes from the transport. Never throws because of their content.
   *
   * @throws UsageError `opening/complete` after `tunnel`, when further bytes come from the server
   */
  receive(chunk: Uint8Array): readonly ProxyEvent[] {
    if (!isBytes(chunk)) throw new UsageError("endpoint/chunk-type");
    if (this.#phase === "tunnel") throw new UsageError("opening/complete");
    return this.#phase === "over" ? [] : this.#follow(this.#reader.receive(chunk), chunk);
  }

  /** The peer ended its half of the transport. */
  receiveEnd(): readonly ProxyEvent[] {
    return this.#phase === "awaiting-response" ? this.#follow(this.#reader.receiveEnd(), new Uint8Array(0)) : [];
  }

  #follow(step: ResponseStep, chunk: Uint8Array): readonly ProxyEvent[] {
    switch (step.type) {
      case "more":
        return [];
      case "switched":
        this.#phase = "tunnel";
        return [
          { type: "tunnel", rest: new Uint8Array(chunk.buffer, chunk.byteOffset + step.end, chunk.length - step.end) },
        ];
      case "answer":
        this.#phase = "over";
        return [{ type: "rejection", response: step.head, body: step.body }];
      case "violation":
        this.#phase = "over";
        return [{ type: "failure", violation: step.violation }];
    }
  }
}
