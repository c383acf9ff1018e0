/** Options of a client beyond URL and subprotocols, and the interface by which adapters open transports. */
import type { ClientEndpointOptions, DeadlineOptions } from "@hybi/core";
import type { WebSocketUrl } from "@hybi/core/opening";
import {
  checkOptions,
  type OptionAliases,
  type OptionCheck,
  type OptionChecks,
  openingChecks,
  takes,
} from "@hybi/core/options";
import type { BinaryType, TextType } from "../dom/message-data.ts";
import { isIterable, toDomString, toSequence } from "../dom/web-idl.ts";
import type { ErrorHandler } from "../event-loop/reporter.ts";
import { clientAliases } from "../sentences/other-names.ts";
import { endpointChecks } from "../socket/endpoint-checks.ts";
import { type RuntimeOptions, runtimeChecks } from "../socket/runtime-options.ts";
import type { AgreedTransport } from "../transport/agreed-transport.ts";
import type { Transport } from "../transport/transport.ts";
import type { OnRedirect } from "./redirect-hook.ts";

/** What an adapter's `connect` is called with. */
export interface ConnectTarget {
  readonly url: WebSocketUrl;
  /**
   * Whether no redirect has left the origin of the application's URL. Credentials, such as a certificate with its key, must not
   * be sent to another origin.
   */
  readonly sameOrigin: boolean;
  /** The opening request, for transports with a handshake of their own, such as an HTTP/2 stream. */
  readonly opening: ClientEndpointOptions;
  /** The application's `options.transportOptions`: options for this adapter, such as TLS settings. */
  readonly options: unknown;
  /** Aborted when the socket is closed meanwhile, or when the opening deadline has expired. */
  readonly signal: AbortSignal;
}

/**
 * Opens a transport; this is all that an adapter does for a client. Rejects with an `OpeningError` if it knows the kind of the
 * failure, such as `rejected` or `violation` from a handshake of its own; any other error is one of the transport.
 */
export interface Connect {
  (
    target: ConnectTarget,
  ): Transport | AgreedTransport | Promise<Transport> | Promise<AgreedTransport> | Promise<Transport | AgreedTransport>;
  /**
   * Names the destination of a transport, such as a Unix socket. Undefined, or without this function, it is the host of
   * `url`. Openings to one destination wait for each other (RFC 6455 §4.1 step 2).
   */
  readonly destination?: ((url: WebSocketUrl, options: unknown) => string | undefined) | undefined;
}

/**
 * Options of a client, passed in place of subprotocols. All except `protocols` are extensions of the interface.
 * `TransportOptions` are the options of the adapter.
 */
export interface ClientSocketOptions<TransportOptions = unknown>
  extends Omit<
    ClientEndpointOptions,
    | ("url" | "authority" | "resourceName" | "secure" | "subprotocols" | "requireSubprotocol" | "delivery")
    | ("native" | "random" | "fragmentSize")
  > {
  /** Subprotocols to offer. The connection fails if the server selects none of them (WHATWG WebSockets §2). */
  readonly protocols?: string | readonly string[] | undefined;
  /** Base of relative URLs. Default: the URL of the page or Worker. */
  readonly base?: string | undefined;
  /** Initial `binaryType`. Default: "blob", as on the platform. */
  readonly binaryType?: BinaryType | undefined;
  /** Initial `textType`. Default: "string", as on the platform. */
  readonly textType?: TextType | undefined;
  /** Maximum redirects to follow, within RFC 9110 §15.4 and never from wss to ws. Default: 0, as on the platform. */
  readonly followRedirects?: number | undefined;
  /**
   * Called before a redirect is followed, which it may refuse by returning false, or change by returning `{ fields }`. If it throws,
   * the opening fails with what it has thrown, and `onError` is told if it is given.
   */
  readonly onRedirect?: OnRedirect | undefined;
  /**
   * Opens connections to one host concurrently, although RFC 6455 §4.1 step 2 requires one after the other. For testing
   * servers.
   */
  readonly concurrentOpenings?: boolean | undefined;
  readonly deadlines?: DeadlineOptions | undefined;
  /** Receives errors thrown by handlers and listeners. Without it they are uncaught, as on the platform. */
  readonly onError?: ErrorHandler | undefined;
  /** Options for the adapter; see its documentation. */
  readonly transportOptions?: TransportOptions | undefined;
  /**
   * Opens the transport in place of the adapter: over an agent, a tunnel, or with an HTTP client of the application that performs
   * the opening handshake, too, and returns its agreement (`openUpgrade` and `checkOpeningResponse` of `@hybi/core/opening`).
   * Called for each attempt, and again for each redirect that is followed.
   */
  readonly openTransport?: Connect | undefined;
  /** Supplied by adapters. */
  readonly runtime?: ClientRuntimeOptions | undefined;
}

/** `RuntimeOptions` of a client. */
export interface ClientRuntimeOptions extends RuntimeOptions {
  /** Opens the transport. */
  readonly connect?: Connect | undefined;
}

const listOrText: OptionCheck = takes.only(
  "a string, or a list of strings",
  (value) => typeof value === "string" || isIterable(value),
);

const { binaryType, textType, autoPong, ...streamableChecks } = endpointChecks;

const clientRuntimeChecks: OptionChecks<ClientRuntimeOptions> = { ...runtimeChecks, connect: takes.callback };

/** Checks of a client's options except `binaryType`, `textType` and `autoPong`, which streams do not have. */
export const clientChecks: OptionChecks<Omit<ClientSocketOptions, "binaryType" | "textType" | "autoPong">> = {
  ...streamableChecks,
  origin: openingChecks.origin,
  cookies: openingChecks.cookies,
  fields: openingChecks.fields,
  protocols: listOrText,
  base: takes.text,
  followRedirects: takes.atLeast(0),
  onRedirect: takes.callback,
  concurrentOpenings: takes.boolean,
  runtime: takes.options(clientRuntimeChecks),
  // Checked by the adapter.
  transportOptions: takes.anything,
  openTransport: takes.callback,
};

/** Names of these options in other implementations. */
export const clientOptionAliases: OptionAliases = clientAliases(clientRuntimeChecks);

const socketChecks: OptionChecks<ClientSocketOptions> = { ...clientChecks, binaryType, textType, autoPong };

/**
 * Converts the second constructor argument. Web IDL: (DOMString or sequence<DOMString>); other values are options.
 *
 * @throws UsageError `option/unknown`, `option/type`, `option/range`
 */
export function clientOptions(
  given: string | readonly string[] | ClientSocketOptions | undefined,
): ClientSocketOptions {
  if (given === undefined) return {};
  if (isIterable(given)) return { protocols: toSequence(given, "The subprotocols", toDomString) };
  if (typeof given !== "object" || given === null) return { protocols: [toDomString(given)] };
  checkOptions("a WebSocket", given, socketChecks, clientOptionAliases);
  const { protocols } = given;
  if (protocols === undefined || typeof protocols === "string") return given;
  return { ...given, protocols: toSequence(protocols, "options.protocols", toDomString) };
}
