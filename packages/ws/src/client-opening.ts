/**
 * How a client opens: node:http sends the request, because agents, `createConnection`, `finishRequest` and the events `upgrade`,
 * `redirect` and `unexpected-response` are about it; core checks the response.
 */
import type { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";
import type { EventEmitter } from "node:events";
import { type ClientRequest, type IncomingMessage, type RequestOptions, request as requestPlain } from "node:http";
import { request as requestSecure } from "node:https";
import { connect as connectPlain, isIP, type NetConnectOpts } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectSecure, type ConnectionOptions as TlsOptions } from "node:tls";
import type { Agreement, Extension } from "@hybi/core";
import { checkOpeningResponse, type FieldLine, type ResponseHead, type SentOpening } from "@hybi/core/opening";
import { deflateExtensions } from "./deflate.ts";
import { openingError } from "./errors.ts";
import { extension } from "./extension.ts";
import type { ClientOptionsFor } from "./options.ts";

type ClientOptions = ClientOptionsFor<never>;

/** Options with their defaults, and those of http.request, which are passed on. */
export type ResolvedClientOptions = ClientOptions & RequestOptions & { auth?: string | undefined };

/** The socket that opens. */
export interface OpeningOwner {
  readonly socket: EventEmitter & { readonly url: string };
  /** Whether it still waits: it may have been closed in a listener. */
  readonly isConnecting: boolean;
  /** Called with the address, also that of a redirect. */
  located(url: string): void;
  /** The response has been accepted. */
  opened(
    socket: Duplex,
    head: Buffer,
    agreement: Agreement,
    extensions: readonly Extension[],
    options: ClientOptions,
  ): void;
  /** Nothing comes of it. */
  failed(error: Error): void;
}

const supportedVersions = [8, 13];

/** One opening, with its redirects. */
export class ClientOpening {
  readonly #owner: OpeningOwner;
  readonly #options: ResolvedClientOptions;
  readonly #url: URL;
  readonly #protocols: readonly string[];
  readonly #extensions: readonly Extension[];
  /** In milliseconds; 0 for none. */
  readonly #timeout: number;
  #redirects = 0;
  /** Where the first request went, if one was redirected. */
  #origin: { readonly host: string; readonly isSecure: boolean; readonly path: string | undefined } | undefined;
  #request: ClientRequest | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Whether it was given up, so that errors of the request do not matter any more. */
  #isOver = false;

  /** @throws RangeError, TypeError, SyntaxError for a wrong version, timeout, address or subprotocol */
  constructor(owner: OpeningOwner, address: string | URL, protocols: readonly string[], options: ClientOptions) {
    this.#owner = owner;
    this.#options = { ...options } as ResolvedClientOptions;
    this.#protocols = protocols;
    const { protocolVersion = 13, perMessageDeflate = true } = options;
    if (!supportedVersions.includes(protocolVersion)) {
      throw new RangeError(`Unsupported protocol version: ${protocolVersion} (supported versions: 13, 8)`);
    }
    checkProtocols(protocols);
    this.#extensions = deflateExtensions(perMessageDeflate);
    const url = parseAddress(address);
    if (typeof url === "string") throw new SyntaxError(url);
    this.#url = url;
    this.#timeout = checkedTimeout(options.handshakeTimeout);
  }

  /** Sends the request. */
  start(): void {
    try {
      this.#send(this.#url);
    } catch (error) {
      // It is thrown by the constructor, so that nobody has the socket.
      this.#discard();
      throw error;
    }
  }

  /** The request, until the opening is over. */
  get request(): ClientRequest | undefined {
    return this.#request;
  }

  /** Gives up: the request is destroyed, and the owner gets `error` in a later turn. */
  abort(error: Error): void {
    if (this.#isOver) return;
    this.#finish();
    const request = this.#request;
    // Also when the request was already answered, its socket must not stay.
    request?.destroy();
    request?.socket?.destroy();
    process.nextTick(() => this.#owner.failed(error));
  }

  #send(url: URL): void {
    const owner = this.#owner;
    owner.located(url.href);
    const { options, key } = this.#requestOptions(url);
    const isSecure = options.protocol === "https:";
    let request: ClientRequest;
    if (this.#options.followRedirects === true) {
      this.#secureRedirect(options, isSecure);
      request = (isSecure ? requestSecure : requestPlain)(options);
      this.#request = request;
      if (this.#redirects > 0) owner.socket.emit("redirect", owner.socket.url, request);
    } else {
      request = (isSecure ? requestSecure : requestPlain)(options);
      this.#request = request;
    }
    // Closed by a function of the application that has run meanwhile, such as `createConnection`.
    if (this.#isOver) {
      request.on("error", () => {});
      request.destroy();
      return;
    }
    const { finishRequest } = this.#options;
    clearTimeout(this.#timer);
    if (this.#timeout > 0) {
      this.#timer = setTimeout(() => this.abort(new Error("Opening handshake has timed out")), this.#timeout);
    }
    request.on("error", (error) => {
      if (!this.#isOver && request === this.#request) this.#fail(error);
    });
    request.on("response", (response) => this.#responded(request, response, url));
    request.on("upgrade", (response: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.#upgraded(response, socket, head, key),
    );
    if (finishRequest !== undefined && finishRequest !== null)
      finishRequest.call(this.#options, request, owner.socket as never);
    else request.end();
  }

  #requestOptions(url: URL): {
    readonly options: RequestOptions & { auth?: string | undefined };
    readonly key: string;
  } {
    const given = this.#options;
    const isSecure = url.protocol === "wss:" || url.protocol === "wss+unix:";
    const key = randomBytes(16).toString("base64");
    const version = given.protocolVersion ?? 13;
    const headers: Record<string, unknown> = {
      "Sec-WebSocket-Version": version,
      "Sec-WebSocket-Key": key,
      Connection: "Upgrade",
      Upgrade: "websocket",
    };
    const offers = this.#extensions.flatMap(({ name, offers }) => offers().map((parameters) => ({ name, parameters })));
    if (offers.length > 0) {
      const texts = offers.map(({ name, parameters }) =>
        extension.format({
          [name]: Object.fromEntries(parameters.map(([parameter, value]) => [parameter, value ?? true])),
        }),
      );
      headers["Sec-WebSocket-Extensions"] = texts.join(", ");
    }
    if (this.#protocols.length > 0) headers["Sec-WebSocket-Protocol"] = this.#protocols.join(",");
    // Drafts before 13 had a name of their own for it.
    if (given.origin) headers[version < 13 ? "Sec-WebSocket-Origin" : "Origin"] = given.origin;
    const { hostname, port } = url;
    const options: RequestOptions & { auth?: string | undefined } = {
      ...given,
      protocol: isSecure ? "https:" : "http:",
      method: "GET",
      host: hostname.startsWith("[") ? hostname.slice(1, -1) : hostname,
      hostname: undefined,
      // Host names the port only if it is another (RFC 9110 §7.2).
      defaultPort: isSecure ? 443 : 80,
      port: port === "" ? (isSecure ? 443 : 80) : Number(port),
      path: url.pathname + url.search,
      socketPath: undefined,
      timeout: undefined,
      headers: { ...given.headers, ...headers } as Record<string, string>,
      createConnection: (given.createConnection ?? (isSecure ? openSecure : openPlain)) as never,
    };
    if (url.username !== "" || url.password !== "") {
      options.auth = `${decoded(url.username)}:${decoded(url.password)}`;
    }
    if (isUnix(url)) {
      options.socketPath = socketPath(url);
      options.path = (options.path as string).slice(options.socketPath.length + 1);
      options.host = undefined;
    }
    return { options, key };
  }

  /** Takes credentials from a request to another host, or to a host without TLS, unless the application looks at redirects itself. */
  #secureRedirect(options: RequestOptions & { auth?: string | undefined }, isSecure: boolean): void {
    const host = `${options.host ?? ""}:${options.port}`;
    if (this.#redirects === 0) {
      this.#origin = { host, isSecure, path: options.socketPath ?? undefined };
      return;
    }
    const origin = this.#origin!;
    if (this.#owner.socket.listenerCount("redirect") > 0) return;
    const isSame =
      origin.path === (options.socketPath ?? undefined) && (origin.path !== undefined || origin.host === host);
    if (isSame && !(origin.isSecure && !isSecure)) return;
    const headers = options.headers as Record<string, string>;
    for (const name of Object.keys(headers)) {
      const lower = name.toLowerCase();
      if (lower === "authorization" || lower === "cookie" || (lower === "host" && !isSame)) delete headers[name];
    }
    options.auth = undefined;
  }

  #responded(request: ClientRequest, response: IncomingMessage, url: URL): void {
    if (this.#isOver) return;
    const { location } = response.headers;
    const status = response.statusCode ?? 0;
    if (
      location !== undefined &&
      location !== "" &&
      this.#options.followRedirects === true &&
      status >= 300 &&
      status < 400
    ) {
      this.#redirect(request, location, url);
      return;
    }
    if (!this.#owner.socket.emit("unexpected-response", request, response)) {
      this.abort(new Error(`Unexpected server response: ${status}`));
      return;
    }
    // The listener has taken the decision. When it has read the response, or destroyed the request, there is nothing left to wait for.
    const stop = (): void => {
      if (request === this.#request) clearTimeout(this.#timer);
    };
    if (request.closed || request.destroyed) stop();
    else request.once("close", stop);
  }

  #redirect(request: ClientRequest, location: string, from: URL): void {
    const { maxRedirects = 10 } = this.#options;
    if (++this.#redirects > maxRedirects) {
      this.abort(new Error("Maximum redirects exceeded"));
      return;
    }
    this.#request = undefined;
    request.on("error", () => {});
    request.destroy();
    let url: URL | string;
    try {
      url = parseAddress(new URL(location, from));
    } catch {
      url = `Invalid URL: ${location}`;
    }
    if (typeof url === "string") {
      this.#fail(new SyntaxError(url));
      return;
    }
    // Any server of a network could name a socket of this machine, behind which there may be one that trusts whoever can open it.
    if (isUnix(url) && !(isUnix(from) && socketPath(url) === socketPath(from))) {
      this.#fail(new SyntaxError(`The redirect leads to a Unix socket: ${url.href}`));
      return;
    }
    try {
      this.#send(url);
    } catch (error) {
      // `http.request` does not take every URL with every agent, and functions of the application are called. A server has decided
      // that it happens, in no call of the program.
      const wasOver = this.#isOver;
      this.#discard();
      if (!wasOver) this.#owner.failed(error as Error);
    }
  }

  #fail(error: Error): void {
    this.#finish();
    this.#owner.failed(error);
  }

  /** Nothing more comes of the request. */
  #discard(): void {
    this.#finish();
    this.#request?.on("error", () => {});
    this.#request?.destroy();
  }

  #upgraded(response: IncomingMessage, socket: Duplex, head: Buffer, key: string): void {
    const owner = this.#owner;
    owner.socket.emit("upgrade", response);
    // A listener may have closed the socket.
    if (this.#isOver || !owner.isConnecting) return;
    const sent: SentOpening = {
      key,
      subprotocols: this.#protocols,
      requireSubprotocol: true,
      extensions: this.#extensions,
    };
    const check = checkOpeningResponse(responseHead(response), sent);
    if (check.type !== "agreement") {
      this.#finish();
      socket.on("error", () => {});
      socket.destroy();
      const error =
        check.type === "violation"
          ? openingError(check.violation, this.#sentence(check.violation.code))
          : new Error(`Unexpected server response: ${response.statusCode}`);
      owner.failed(error);
      return;
    }
    this.#finish();
    this.#request = undefined;
    owner.opened(socket, head, check.agreement, this.#extensions, this.#options);
  }

  /** Sentences that depend on what was offered. */
  #sentence(code: string): string | undefined {
    if (code === "opening/subprotocol-not-offered") {
      return this.#protocols.length === 0
        ? "Server sent a subprotocol but none was requested"
        : "Server sent an invalid subprotocol";
    }
    if (code === "opening/extension-not-offered") {
      return this.#extensions.length === 0
        ? "Server sent a Sec-WebSocket-Extensions header but no extension was requested"
        : "Server indicated an extension that was not requested";
    }
    return undefined;
  }

  #finish(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }
}

function responseHead(response: IncomingMessage): ResponseHead {
  const { rawHeaders } = response;
  const fields: FieldLine[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) fields.push([rawHeaders[at]!, rawHeaders[at + 1]!]);
  return {
    status: response.statusCode ?? 0,
    reasonPhrase: response.statusMessage ?? "",
    minorVersion: response.httpVersionMinor,
    fields,
  };
}

/** RFC 6455 §4.1 step 10: subprotocols are tokens and MUST be unique. */
function checkProtocols(protocols: readonly string[]): void {
  const isRight = protocols.every(
    (protocol) => typeof protocol === "string" && /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(protocol),
  );
  if (!isRight || new Set(protocols).size < protocols.length) {
    throw new SyntaxError("An invalid or duplicated subprotocol was specified");
  }
}

/**
 * As `http.request` checks `timeout`: a deadline that the program believes in is none if it is taken for nothing.
 *
 * @throws TypeError, RangeError unless it is undefined or a finite number of at least 0
 */
function checkedTimeout(given: unknown = 0): number {
  if (typeof given !== "number") {
    const error = new TypeError(`handshakeTimeout must be a number of milliseconds, but is ${nameOf(given)}`);
    throw Object.assign(error, { code: "ERR_INVALID_ARG_TYPE" });
  }
  if (!(given >= 0 && given < Number.POSITIVE_INFINITY)) {
    const error = new RangeError(`handshakeTimeout must be a finite number of at least 0, but is ${given}`);
    throw Object.assign(error, { code: "ERR_OUT_OF_RANGE" });
  }
  return Math.min(given, longestTimeout);
}

/** Longer ones are 1 ms to `setTimeout`. */
const longestTimeout = 2 ** 31 - 1;

function nameOf(value: unknown): string {
  return value === null ? "null" : `a ${typeof value}`;
}

/** Returns the address with a scheme of ws, or what is wrong with it. */
function parseAddress(address: string | URL): URL | string {
  let url: URL;
  try {
    url = address instanceof URL ? new URL(address.href) : new URL(address);
  } catch {
    return `Invalid URL: ${address}`;
  }
  if (url.protocol === "http:") url.protocol = "ws:";
  else if (url.protocol === "https:") url.protocol = "wss:";
  if (url.protocol !== "ws:" && url.protocol !== "wss:" && !isUnix(url)) {
    return 'The URL\'s protocol must be one of "ws:", "wss:", "http:", "https:", or "ws+unix:"';
  }
  if (isUnix(url) && url.pathname === "") return "The URL's pathname is empty";
  // RFC 6455 §3: a WebSocket URI has no fragment.
  if (url.hash !== "") return "The URL contains a fragment identifier";
  return url;
}

function isUnix({ protocol }: URL): boolean {
  return protocol === "ws+unix:" || protocol === "wss+unix:";
}

/** Returns the path of the socket, which a colon ends. */
function socketPath({ pathname, search }: URL): string {
  return (pathname + search).split(":", 1)[0]!;
}

/** Userinfo of a URL is percent-encoded (RFC 3986 §3.2.1). */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Without an agent: each connection has a socket of its own. `path` of the options is that of the request. */
function openPlain(options: NetConnectOpts & { socketPath?: string }): Duplex {
  return connectPlain({ ...options, path: options.socketPath, allowHalfOpen: true } as NetConnectOpts);
}

function openSecure(options: TlsOptions & { socketPath?: string | undefined }): Duplex {
  const { host = "", servername } = options;
  // RFC 6066 §3: an address is no server name.
  const name = servername ?? (isIP(host) === 0 ? host : "");
  return connectSecure({ ...options, path: options.socketPath, servername: name, allowHalfOpen: true } as TlsOptions);
}
