/** What a client may be told beyond a URL and subprotocols, and how adapters open transports. */
import {
  type Agreement,
  type ClientOptions,
  checkOptions,
  type DeadlineOptions,
  type OptionAliases,
  type OptionCheck,
  type OptionChecks,
  openingChecks,
  type RandomSource,
  type ResponseHead,
  settingAliases,
  takes,
  UsageError,
  type Violation,
  type WebSocketUrl,
} from "@hybi/core";
import type { Clock } from "./clock.ts";
import type { BinaryType } from "./message-data.ts";
import { endpointChecks } from "./option-checks.ts";
import type { ErrorHandler } from "./reporter.ts";
import type { Transport } from "./transport.ts";
import { isIterable, toDomString, toSequence } from "./web-idl.ts";

/** Where to, and what for. */
export interface ConnectTarget {
  readonly url: WebSocketUrl;
  /**
   * Whether this is the origin that the application named, or a redirect has led to another since. What says who the
   * client is, such as a certificate with its key, is not for another.
   */
  readonly origin: "named" | "other";
  /** The opening request, for transports that bring a handshake of their own, such as an HTTP/2 stream. */
  readonly opening: ClientOptions;
  /** `options.transport` of the application: what this adapter understands, such as TLS settings. */
  readonly options: unknown;
  /** Aborted when the socket was closed meanwhile, or the time for opening is over. */
  readonly signal: AbortSignal;
}

/** A transport whose opening handshake was had by other means (RFC 8441, RFC 9220, or none at all). */
export interface AgreedTransport {
  readonly transport: Transport;
  readonly agreement: Agreement;
  /** Bytes that were read behind the handshake, if it was had over this transport: the first of the connection. */
  readonly rest?: Uint8Array | undefined;
}

/** Opens a transport: all that an adapter does for a client. Rejects with `OpeningRejection` for an HTTP answer, `OpeningViolation` for a bad one. */
export interface Connect {
  (
    target: ConnectTarget,
  ): Transport | AgreedTransport | Promise<Transport> | Promise<AgreedTransport> | Promise<Transport | AgreedTransport>;
  /**
   * Names what a transport would lead to, such as a Unix socket; undefined for the host of `url`, as without it. Openings
   * to one destination wait for each other (RFC 6455 §4.1 step 2).
   */
  readonly destination?: ((url: WebSocketUrl, options: unknown) => string | undefined) | undefined;
}

/** The server answered the opening request with another status than success; for adapters with a handshake of their own. */
export class OpeningRejection extends Error {
  readonly response: ResponseHead;
  readonly body: Uint8Array;

  constructor(response: ResponseHead, body: Uint8Array = new Uint8Array(0)) {
    super(`The server answered ${response.status}.`);
    this.name = "OpeningRejection";
    this.response = response;
    this.body = body;
  }
}

/** The server broke a rule of the opening handshake; for adapters with a handshake of their own. */
export class OpeningViolation extends Error {
  readonly violation: Violation;

  constructor(violation: Violation) {
    super(violation.message);
    this.name = "OpeningViolation";
    this.violation = violation;
  }
}

/**
 * Options of a client, in place of subprotocols. All are extensions of the interface but `protocols`. `TransportOptions` are
 * those of the adapter.
 */
export interface ClientSocketOptions<TransportOptions = unknown>
  extends Omit<
    ClientOptions,
    "url" | "authority" | "resourceName" | "secure" | "subprotocols" | "requireSubprotocol" | "random" | "delivery"
  > {
  /** To offer; the connection fails when the server picks none of them (WHATWG WebSockets §2). */
  readonly protocols?: string | readonly string[] | undefined;
  /** What relative URLs are relative to; the page's or the Worker's own by default. */
  readonly base?: string | undefined;
  /** How binary messages are told from the first one on. "blob", as the platform has it. */
  readonly binaryType?: BinaryType | undefined;
  /** How many redirects to follow, within RFC 9110 §15.4 and never from wss to ws. 0, as the platform has it. */
  readonly followRedirects?: number | undefined;
  /**
   * Opens connections to one host at the same time, rather than one after the other as RFC 6455 §4.1 step 2 demands. For
   * who tests a server.
   */
  readonly concurrentOpenings?: boolean | undefined;
  readonly deadlines?: DeadlineOptions | undefined;
  /** For masking keys and nonces; `crypto.getRandomValues` by default. */
  readonly random?: RandomSource | undefined;
  readonly clock?: Clock | undefined;
  /** Takes what handlers and listeners throw. Without it they are uncaught, as the platform has it. */
  readonly onError?: ErrorHandler | undefined;
  /** Opens the transport; adapters have one of their own. */
  readonly connect?: Connect | undefined;
  /** For the adapter: see its own documentation. */
  readonly transport?: TransportOptions | undefined;
  /** Bytes of one write; see `PumpOptions`. */
  readonly writeBudget?: number | undefined;
}

const listOrText: OptionCheck = takes.only(
  "a string, or a list of strings",
  (value) => typeof value === "string" || isIterable(value),
);

const { binaryType, ...streamableChecks } = endpointChecks;

/** The checks of a client's options but `binaryType`, which streams do not have. */
export const clientChecks: OptionChecks<Omit<ClientSocketOptions, "binaryType">> = {
  ...streamableChecks,
  origin: openingChecks.origin,
  cookies: openingChecks.cookies,
  fields: openingChecks.fields,
  protocols: listOrText,
  base: takes.text,
  followRedirects: takes.atLeast(0),
  concurrentOpenings: takes.boolean,
  connect: takes.callback,
  // The adapter's.
  transport: takes.anything,
};

/** What other implementations call them. */
export const clientAliases: OptionAliases = {
  ...settingAliases,
  headers: "fields",
  cookie: "cookies",
  protocol: "protocols",
  subprotocol: "protocols",
  subprotocols: "protocols",
  maxredirects: "followRedirects",
  handshaketimeout: "deadlines: { opening: … }",
  timeout: "deadlines: { opening: … }",
  heartbeat: "deadlines: { ping: … }",
  ...Object.fromEntries(["tls", "proxy", "agent", "dispatcher", "path", "http2"].map((name) => [name, "transport"])),
  ...Object.fromEntries(
    ["ca", "cacerts", "cert", "key", "servername", "rejectunauthorized"].map((name) => [name, "transport: { tls: … }"]),
  ),
};

const socketChecks: OptionChecks<ClientSocketOptions> = { ...clientChecks, binaryType };

/**
 * Web IDL: (DOMString or sequence<DOMString>), and options where it is neither.
 *
 * @throws UsageError `option/unknown`, `option/type`, `option/range`
 */
export function clientOptions(
  given: string | readonly string[] | ClientSocketOptions | undefined,
): ClientSocketOptions {
  if (given === undefined) return {};
  if (isIterable(given)) return { protocols: toSequence(given, "The subprotocols", toDomString) };
  if (typeof given !== "object" || given === null) return { protocols: [toDomString(given)] };
  checkOptions("a WebSocket", given, socketChecks, clientAliases);
  const { protocols } = given;
  if (protocols === undefined || typeof protocols === "string") return given;
  return { ...given, protocols: toSequence(protocols, "options.protocols", toDomString) };
}

/** The randomness of the platform. */
const systemRandom: RandomSource = (target) => {
  crypto.getRandomValues(target);
};

/**
 * What the application has given, or the platform's. The platform's own function must be called as the method it is.
 *
 * @throws UsageError `option/random-missing` where the application has given none, and the platform has none
 */
export function randomOf(given: RandomSource | undefined): RandomSource {
  const { crypto } = globalThis as { crypto?: { getRandomValues?: unknown } };
  if (given !== undefined && given !== crypto?.getRandomValues) return given;
  if (typeof crypto?.getRandomValues === "function") return systemRandom;
  throw new UsageError(
    "option/random-missing",
    "Masking keys need crypto.getRandomValues, which this runtime lacks: pass random (RFC 6455 §10.3).",
  );
}
