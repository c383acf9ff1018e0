/**
 * Asks an HTTP proxy for a tunnel to the server (RFC 6455 §4.1 step 3, RFC 9110 §9.3.6). After `tunnel` the transport is as
 * good as one to the server itself: TLS, if any, and the opening handshake run inside it.
 */
import { isBytes } from "../bytes/is-bytes.ts";
import type { FailureEvent, RejectionEvent } from "../events.ts";
import { parseAuthority } from "../http/authority.ts";
import type { Fields } from "../http/fields.ts";
import { encodeRequestHead } from "../http/head-encoder.ts";
import { type Leniency, leniencyCheck } from "../leniency.ts";
import { type Limits, limitsCheck, resolveLimits } from "../limits.ts";
import { checkOptions, type OptionAliases, type OptionChecks, takes } from "../options.ts";
import { UsageError } from "../usage-error.ts";
import { OutputQueue } from "./output-queue.ts";
import { assertApplicationFields } from "./reserved-fields.ts";
import { ResponseReader, type ResponseStep } from "./response-reader.ts";

/** What a proxy is asked for. */
export interface ProxyHandshakeOptions {
  /** Of the server: a name, an IPv4 address, or an IPv6 address in brackets. */
  readonly host: string;
  /** Of the server. CONNECT has no default port. */
  readonly port: number;
  /** Such as `["Proxy-Authorization", basicAuthorization(user, password)]`. */
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

const aliases: OptionAliases = { headers: "fields", hostname: "host" };

/** The proxy formed the tunnel. `rest` came through it already: the first bytes for what runs inside, if any. */
export interface TunnelEvent {
  readonly type: "tunnel";
  readonly rest: Uint8Array;
}

/** What a proxy answered. A rejection with status 407 asks for Proxy-Authorization (RFC 9110 §15.5.8). */
export type ProxyEvent = TunnelEvent | RejectionEvent | FailureEvent;

/** One CONNECT. Input: `receive`, `receiveEnd`. Output: `takeOutput`, `transport`. */
export class ProxyHandshake {
  readonly #reader: ResponseReader;
  readonly #output = new OutputQueue();
  #phase: "awaiting-response" | "tunnel" | "over" = "awaiting-response";

  /** Throws `opening/authority`, `opening/field-reserved`, or `http/…` for a field that cannot be sent. */
  constructor(options: ProxyHandshakeOptions) {
    checkOptions("a ProxyHandshake", options, proxyChecks, aliases);
    const authority = `${options.host}:${options.port}`;
    if (parseAuthority(authority)?.port === undefined) throw new UsageError("opening/authority");
    const fields = options.fields ?? [];
    assertApplicationFields(fields);
    // Any 2xx is a success; its Content-Length and Transfer-Encoding are ignored (RFC 9110 §9.3.6).
    const isSuccess = ({ status }: { readonly status: number }): boolean => status >= 200 && status < 300;
    this.#reader = new ResponseReader(resolveLimits(options.limits), options.tolerate ?? [], isSuccess);
    // RFC 9112 §3.2.3: the target in authority-form, with the port even when it is the default one.
    const head = { method: "CONNECT", target: authority, minorVersion: 1 };
    this.#output.add(encodeRequestHead({ ...head, fields: [["Host", authority], ...fields] }));
  }

  /** Bytes not yet taken. */
  get outputLength(): number {
    return this.#output.length;
  }

  /** What to do with the transport once everything taken is written. */
  get transport(): "keep" | "end" {
    return this.#phase === "over" ? "end" : "keep";
  }

  /** Removes output, oldest first: at most about `budget` bytes. */
  takeOutput(budget: number = Number.POSITIVE_INFINITY): readonly Uint8Array[] {
    return this.#output.take(budget);
  }

  /** Takes bytes from the transport. Never throws because of them. After `tunnel` they are the server's: `opening/complete`. */
  receive(chunk: Uint8Array): readonly ProxyEvent[] {
    if (!isBytes(chunk)) throw new UsageError("endpoint/chunk-type");
    if (this.#phase === "tunnel") throw new UsageError("opening/complete");
    return this.#phase === "over" ? [] : this.#follow(this.#reader.receive(chunk), chunk);
  }

  /** The transport delivers no more. */
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
