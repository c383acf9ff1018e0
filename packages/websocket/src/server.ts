/**
 * A server of WebSocket connections, over whatever transports an adapter feeds it: who may connect, how many, what is
 * accepted, messages for all, and how it ends. The rules of the opening handshake are core's.
 */
import {
  checkOptions,
  type DeadlineOptions,
  Endpoint,
  type ServerOptions as EndpointOptions,
  type Fields,
  formatClosePayload,
  type Instant,
  type Limits,
  type OpeningRequest,
  type OptionAliases,
  type OptionChecks,
  type OriginCheck,
  prepareBinary,
  prepareText,
  type Rejection,
  type RequestHead,
  type SendOptions,
  sendChecks,
  settingAliases,
  takes,
  UsageError,
  type Violation,
  violationTable,
} from "@hybi/core";
import { type IncomingOwner, unavailable } from "./awaited-answer.ts";
import { type Clock, clockOf } from "./clock.ts";
import { Incoming } from "./incoming.ts";
import type { IncomingOpening, TransportInfo } from "./incoming-opening.ts";
import { IncomingStream, type RequestStream } from "./incoming-stream.ts";
import { defaultMemoryBudget, MemoryBudget } from "./memory-budget.ts";
import { type BinaryType, binaryTypeOf, type Sendable, sendable } from "./message-data.ts";
import { OpeningsByAddress } from "./openings-by-address.ts";
import { endpointChecks } from "./option-checks.ts";
import { checkOfOrigins, type Origins, originsCheck } from "./origins.ts";
import { Pending, type PendingOwner, type PendingTransport } from "./pending-transport.ts";
import { bound } from "./platform.ts";
import { isBlob } from "./platform-classes.ts";
import { Pump } from "./pump.ts";
import { callGuarded, createReporter, type ErrorHandler, printed, type Reporter, reportRejection } from "./reporter.ts";
import { serverDeadlines, serverLimits, withDefaults } from "./server-defaults.ts";
import { Sessions } from "./sessions.ts";
import { type Closable, OPEN } from "./socket-core.ts";
import type { FailureDetail } from "./socket-events.ts";
import { startTimer, type Timer } from "./timer.ts";
import type { Transport } from "./transport.ts";
import { TurnedAway } from "./turned-away.ts";
import { requireArguments } from "./web-idl.ts";
import { WebSocket } from "./websocket.ts";

/** Answers a request: with `accept`, `acceptStream` or `reject`, before the promise it returns is resolved. */
export type OpeningHandler = (opening: IncomingOpening) => unknown;

/** What a server is made of. Everything has a default. */
export interface ServerOptions extends Omit<EndpointOptions, "delivery"> {
  /**
   * The origins of the pages that may connect, such as `https://example.com`, and no others; `"any"` lets all of them in.
   * When left out, those of the host that the request names, in Host or `:authority`. Clients without an Origin, which are no
   * pages, may always connect. `checkOrigin` decides in its place.
   */
  readonly origins?: Origins | undefined;
  /**
   * Connections and openings at a time, TLS handshakes included. Who comes above that is answered with 503, before it has said
   * anything; over TLS it is dropped, as its handshake would cost more than it. Infinity.
   */
  readonly maxConnections?: number | undefined;
  /**
   * Openings of one remote address that are under way at a time, TLS handshakes and the time of the handler included; an IPv6
   * address counts by its first 64 bits. Who comes above that is answered with 429, or over TLS dropped. 128 for public
   * addresses when left out, and none for those of the same machine or network, which may be a proxy's. A number that is given
   * is for all addresses. A request with Forwarded, X-Forwarded-For or Via comes through a proxy, and counts no more.
   */
  readonly openingsPerAddress?: number | undefined;
  /** How accepted sockets tell binary messages from the first one on, unless `accept` says otherwise. "arraybuffer". */
  readonly binaryType?: BinaryType | undefined;
  /** As `DeadlineOptions` has it, but for `message`, 300 s, and `resting`, 300 s. */
  readonly deadlines?: DeadlineOptions | undefined;
  /** As `Limits` has it, but for `queuedOutput`, 64 MiB. */
  readonly limits?: Partial<Limits> | undefined;
  /**
   * WebSockets in one session of HTTP/2 or HTTP/3, and openings of some. Who asks above that is answered with 503. 100.
   */
  readonly streamsPerSession?: number | undefined;
  /** Is told of clients with whom no connection came to be by their own fault. They have been answered already. */
  readonly onFailure?: ((detail: FailureDetail, info: TransportInfo) => unknown) | undefined;
  /**
   * Takes what the application's own code throws: handlers and listeners of accepted sockets, asynchronous ones included, the
   * handler of openings, and the functions among these options. Without it they are printed with `console.error`.
   */
  readonly onError?: ErrorHandler | undefined;
  /**
   * Bytes of memory that connections and openings may hold for their peers in all: heads, messages in progress, messages and output
   * that wait, windows of compression. Above three quarters of it, who comes is answered with 503; above seven eighths, those are
   * read no further that hold most and move least; above all of it, those are ended, with 1013. Who holds less than a fair share is
   * left alone. An eighth of what the runtime may use where it says so, 256 MiB otherwise; Infinity for none. A `MemoryBudget` can
   * be that of several servers.
   */
  readonly memoryBudget?: number | MemoryBudget | undefined;
  readonly clock?: Clock | undefined;
  /** Bytes of one write; see `PumpOptions`. */
  readonly writeBudget?: number | undefined;
}

/** The checks of a server's options. */
export const serverChecks: OptionChecks<ServerOptions> = {
  ...endpointChecks,
  checkOrigin: takes.callback,
  origins: originsCheck,
  maxConnections: takes.atLeast(0),
  openingsPerAddress: takes.atLeast(1),
  streamsPerSession: takes.atLeast(1),
  onFailure: takes.callback,
  memoryBudget: (value, path) => {
    if (!(value instanceof MemoryBudget)) takes.atLeast(1)(value, path);
  },
};

/** Options that are about all connections of a server together. */
const serverWide = ["maxConnections", "openingsPerAddress"] as const;

/** How a request is treated whose server has no other: what is about all connections of a server has no meaning there. */
export type SingleRequestOptions = Omit<ServerOptions, (typeof serverWide)[number]>;

/**
 * Refuses what is about all connections of a server, where a server is made for one request alone and would count only that.
 *
 * @throws UsageError `option/unknown`
 */
export function checkSingleRequest(caller: string, options: SingleRequestOptions): void {
  if (typeof options !== "object" || options === null) return;
  for (const name of serverWide) {
    if ((options as ServerOptions)[name] === undefined) continue;
    throw new UsageError(
      "option/unknown",
      `${name} is no option of ${caller}: it is of all connections of a server. Make one for all requests, with ` +
        `new WebSocketServer(handler, { ${name}: … }), and give it in place of options and handler.`,
    );
  }
}

/** What other implementations call them. */
export const serverAliases: OptionAliases = {
  ...settingAliases,
  verifyclient: "checkOrigin",
  origin: "origins",
  allowedorigins: "origins",
  maxclients: "maxConnections",
  maxconnectionsperip: "openingsPerAddress",
  handshaketimeout: "deadlines: { opening: … }",
  idletimeout: "deadlines: { idle: … }",
  port: "listen({ port: … })",
};

/** What a server has at the moment, and has done so far. */
export interface ServerTotals {
  /** Connections, streams included, and openings that are under way. */
  readonly connections: number;
  /** Bytes of memory that they hold for their peers, and the most that they may. */
  readonly held: number;
  readonly budget: number;
  /** Openings that were refused for want of memory. */
  readonly refused: number;
  /** How often the reading of a connection has begun to rest for want of memory. */
  readonly rested: number;
  /** Connections and openings that were ended for want of memory. */
  readonly shed: number;
}

/** To whom, and how, a message for all is sent. */
export interface BroadcastOptions extends SendOptions {
  /** Not to these. */
  readonly except?: WebSocket | readonly WebSocket[] | undefined;
  /** Not to those that have more `bufferedAmount` than this, which do not keep up. Infinity. */
  readonly maxBuffered?: number | undefined;
}

const broadcastChecks: OptionChecks<BroadcastOptions> = {
  ...sendChecks,
  except: takes.only("a WebSocket, or a list of them", (value) =>
    [value].flat().every((one) => one instanceof WebSocket),
  ),
  maxBuffered: takes.atLeast(0),
};

/** How a server ends. */
export interface ShutdownOptions {
  /** Milliseconds that peers get to close; then transports are dropped. 10,000; Infinity waits for all of them. */
  readonly timeout?: number | undefined;
  /** For the Close frames, whose status code is 1001. */
  readonly reason?: string | undefined;
}

/** RFC 6455 §7.4.1: "such as a server going down". */
const goingAway = 1001;

const defaultShutdown = 10_000;

/** RFC 9110 §15.6.4: a temporary overload, or maintenance. */
const fullSession: Rejection = {
  ...unavailable,
  body: "This connection carries as many WebSockets as the option `streamsPerSession` of the server allows.\n",
};

/** RFC 6585 §4 */
const tooMany: Rejection = {
  status: 429,
  fields: [["Retry-After", "5"]],
  body: "Too many openings of this address are under way: the option `openingsPerAddress` of the server says how many may be.\n",
};

/** What a check has answered as a violation of the table, with which there is always an answer; undefined for anything else. */
function refusalOf(answer: Partial<Violation> | null): Violation | undefined {
  const { code, httpStatus, message, section } = answer ?? {};
  if (typeof code !== "string" || !Object.hasOwn(violationTable, code)) return undefined;
  const row = violationTable[code];
  const status = httpStatus ?? row.httpStatus ?? 403;
  // RFC 9110 §15: a final status that refuses.
  if (!Number.isInteger(status) || status < 400 || status > 599) return undefined;
  return {
    code,
    message: typeof message === "string" ? message : row.message,
    section: typeof section === "string" ? section : row.section,
    statusCode: undefined,
    httpStatus: status,
    offset: 0,
  };
}

/**
 * Checks what `close` is given, before anything has begun to close.
 *
 * @throws UsageError `option/unknown`, `option/type`, `option/range`, `close/reason-too-long`
 */
export function checkShutdown(options: ShutdownOptions): void {
  checkOptions("close", options, shutdownChecks);
  formatClosePayload("server", goingAway, options.reason ?? "");
}

const shutdownChecks: OptionChecks<ShutdownOptions> = { timeout: takes.duration, reason: takes.text };

/**
 * A server.
 *
 * @example
 * const server = new WebSocketServer((opening) => {
 *   const socket = opening.accept();
 *   socket.onmessage = ({ data }) => socket.send(data);
 * });
 * listener.onconnection = (transport) => server.receive(transport);
 */
export class WebSocketServer {
  readonly #handler: OpeningHandler;
  readonly #options: ServerOptions;
  readonly #endpointOptions: EndpointOptions;
  readonly #deadlines: DeadlineOptions;
  readonly #clock: Clock;
  readonly #onFailure: ServerOptions["onFailure"];
  readonly #report: Reporter;
  /** What `checkOrigin` has thrown about a request. */
  readonly #unchecked = new WeakMap<OpeningRequest, { readonly error: unknown }>();
  /** Openings that came with their request, and are answered with this in place of the handler. */
  readonly #refused = new WeakMap<Closable, Rejection>();
  readonly #owner: IncomingOwner;
  readonly #pendingOwner: PendingOwner;
  readonly #connections = new Set<Closable>();
  readonly #sockets = new Set<WebSocket>();
  readonly #byAddress: OpeningsByAddress;
  readonly #sessions: Sessions;
  readonly #turnedAway: TurnedAway;
  readonly #memory: MemoryBudget;
  /** Openings that were refused for want of memory. */
  #refusedForMemory = 0;
  #isClosing = false;
  /** When those that have not ended are dropped: the earliest instant that a `close` has asked for. */
  #dropAt: Instant = Number.POSITIVE_INFINITY;
  #dropTimer: Timer | undefined;
  /** Resolved when the last connection has ended, for all who have called `close` meanwhile. */
  #emptied: Promise<void> | undefined;
  #onEmpty: (() => void) | undefined;

  /** @throws UsageError `opening/origin`, `option/unknown`, `option/type`, `option/range` */
  constructor(handler: OpeningHandler, options: ServerOptions = {}) {
    takes.callback(handler, "The handler");
    checkOptions("a server", options, serverChecks, serverAliases);
    this.#handler = handler;
    this.#options = options;
    const { onError, onFailure } = options;
    this.#clock = clockOf(options.clock);
    this.#report = createReporter(onError, this.#clock, printed);
    this.#onFailure = onFailure && bound(onFailure);
    const { checkOrigin = checkOfOrigins(options.origins) } = options;
    const { extensions, tolerate, host, random, fragmentSize } = options;
    const limits = withDefaults(serverLimits, options.limits);
    this.#deadlines = withDefaults(serverDeadlines, options.deadlines);
    const own = { extensions, limits, tolerate, host, random, fragmentSize };
    this.#endpointOptions = { ...own, checkOrigin: checkOrigin && this.#guardedCheck(checkOrigin) };
    // A usage error comes now, and not with the first connection.
    Endpoint.server(this.#endpointOptions);
    this.#byAddress = new OpeningsByAddress(options.openingsPerAddress);
    this.#sessions = new Sessions(options.streamsPerSession);
    this.#turnedAway = new TurnedAway(this.#clock, this.#report);
    const { memoryBudget = defaultMemoryBudget } = options;
    this.#memory = memoryBudget instanceof MemoryBudget ? memoryBudget : new MemoryBudget(memoryBudget, this.#clock);
    this.#owner = {
      memory: this.#memory,
      // A server wants bytes: a Blob costs a promise to read, and several times the memory.
      binaryType: binaryTypeOf(options.binaryType, "arraybuffer"),
      requested: (opening, incoming) => this.#answer(opening, incoming),
      failed: (detail, info) => this.failed(detail, info),
      report: this.#report,
      replaced: (before, after) => this.#replace(before, after),
      accepted: (socket) => this.#sockets.add(socket),
      closed: (socket) => this.#sockets.delete(socket as WebSocket),
      ended: (connection) => this.#replace(connection, undefined),
    };
    this.#pendingOwner = {
      report: this.#report,
      ready: (pending, transport, info) => this.#ready(pending, transport, info),
      over: (pending) => this.#replace(pending, undefined),
    };
  }

  /** The open sockets, streams not among them. */
  get sockets(): ReadonlySet<WebSocket> {
    return this.#sockets;
  }

  /** Connections, streams included, and openings that are under way. */
  get connections(): number {
    return this.#connections.size;
  }

  /** What it has at the moment, and has done so far. Memory is that of all servers that share a `MemoryBudget`. */
  get totals(): ServerTotals {
    const { held, limit: budget, rested, shed } = this.#memory;
    return { connections: this.connections, held, budget, refused: this.#refusedForMemory, rested, shed };
  }

  // What adapters feed

  /** A client has opened a transport; its first bytes are the opening request. */
  receive(transport: Transport, info: TransportInfo = {}): void {
    const key = this.#byAddress.keyOf(info.remoteAddress);
    const refusal = this.#refusal(key);
    if (refusal !== undefined) this.#turnedAway.add(transport, refusal, info.secure === true);
    else this.#begin(transport, info, key);
  }

  /**
   * A client has connected whose transport is not ready yet, as in its TLS handshake: it has a place from now on, until it is
   * told what became of it. `drop` ends it. Undefined where there is no place for it: then the adapter drops it at once.
   */
  admit(drop: () => void, info: TransportInfo = {}): PendingTransport | undefined {
    const key = this.#byAddress.keyOf(info.remoteAddress);
    if (this.#isClosing || this.#refusal(key) !== undefined) return undefined;
    const pending = new Pending(this.#pendingOwner, info, drop);
    this.#enter(pending, key);
    return pending;
  }

  /**
   * A client has opened a transport whose request somebody else has read, such as the HTTP server of the runtime. `rest`
   * are the bytes that were read beyond it.
   */
  receiveUpgrade(transport: Transport, head: RequestHead, rest?: Uint8Array, info: TransportInfo = {}): void {
    const key = this.#byAddress.keyOf(info.remoteAddress);
    const pump = this.#begin(transport, info, key, this.#refusal(key));
    pump.receiveHead(head);
    if (rest !== undefined && rest.length > 0) pump.data(rest);
  }

  /**
   * A client has asked with an Extended CONNECT over HTTP/2 (RFC 8441) or HTTP/3 (RFC 9220). `fields` are the whole field
   * list of its request, pseudo-header fields first.
   */
  receiveStream(stream: RequestStream, fields: Fields, info: TransportInfo = {}): void {
    const { writeBudget } = this.#options;
    const how = { clock: this.#clock, deadlines: this.#deadlines, writeBudget };
    const key = this.#byAddress.keyOf(info.remoteAddress);
    const refusal = this.#refusal(key) ?? (this.#sessions.isFull(stream.session) ? fullSession : undefined);
    const incoming = new IncomingStream(this.#owner, stream, info, this.#endpointOptions, how);
    if (refusal !== undefined) this.#refused.set(incoming, refusal);
    this.#enter(incoming, key);
    this.#sessions.enter(incoming, stream.session);
    incoming.begin(fields);
  }

  /** A client has failed before it had a transport to give, as in its TLS handshake: tells `onFailure`. */
  failed(detail: FailureDetail, info: TransportInfo = {}): void {
    callGuarded(() => this.#onFailure?.(detail, info), this.#report);
  }

  /** An error that is no connection's, such as one that could not be accepted: tells `onError`, or prints it. */
  reportError(error: unknown): void {
    this.#report(error);
  }

  // What applications do

  /**
   * Sends a message to all open sockets; it is encoded once. Answers to how many.
   *
   * @throws TypeError for a Blob: read it first
   */
  broadcast(data: Exclude<Sendable, Blob>, options: BroadcastOptions = {}): number {
    // biome-ignore lint/complexity/noArguments: a message that was forgotten is none, as `send` has it.
    requireArguments(arguments, 1, "broadcast()");
    const message = sendable(data);
    if (isBlob(message)) throw new TypeError("A Blob cannot be broadcast: read its bytes.");
    const prepared = typeof message === "string" ? prepareText(message, this.#options.host) : prepareBinary(message);
    checkOptions("broadcast", options, broadcastChecks);
    const { except = [], maxBuffered = Number.POSITIVE_INFINITY, priority, compress } = options;
    const how: SendOptions = { priority, compress };
    const excepted = new Set([except].flat());
    let count = 0;
    for (const socket of this.#sockets) {
      if (socket.readyState !== OPEN || excepted.has(socket) || socket.bufferedAmount > maxBuffered) continue;
      socket.sendPrepared(prepared, how);
      count++;
    }
    return count;
  }

  /**
   * Ends the server: who is connected gets a Close frame with 1001 behind what was sent before, who asks is answered with
   * 503, also if that is only later, and who has not asked yet is dropped. Resolves when the last transport is gone, at the
   * latest soon after `timeout`. May be called again: then the earliest end of a `timeout` counts.
   *
   * @throws UsageError `option/range` for a timeout that is none, `close/reason-too-long`; nothing has begun then
   */
  async close(options: ShutdownOptions = {}): Promise<void> {
    checkShutdown(options);
    const { timeout = defaultShutdown, reason = "" } = options;
    if (!this.#isClosing) {
      this.#isClosing = true;
      for (const connection of [...this.#connections]) connection.startClosing(goingAway, reason);
      this.#turnedAway.drop();
    }
    if (this.#connections.size === 0) return;
    const at = this.#clock.now() + timeout;
    if (at < this.#dropAt) {
      this.#dropAt = at;
      this.#dropTimer?.cancel();
      this.#dropTimer = startTimer(this.#clock, timeout, () => this.#drop());
    }
    this.#emptied ??= new Promise((resolve) => {
      this.#onEmpty = resolve;
    });
    await this.#emptied;
  }

  // What it is made of

  /** Why there is no place for one more opening, if there is none. */
  #refusal(key: string | undefined): Rejection | undefined {
    const { maxConnections = Number.POSITIVE_INFINITY } = this.#options;
    if (this.#connections.size >= maxConnections) return unavailable;
    if (this.#memory.isShort) {
      this.#refusedForMemory++;
      return unavailable;
    }
    return this.#byAddress.isFull(key) ? tooMany : undefined;
  }

  #enter(opening: Closable, key: string | undefined): void {
    this.#connections.add(opening);
    this.#byAddress.enter(opening, key);
  }

  #begin(transport: Transport, info: TransportInfo, key: string | undefined, refusal?: Rejection): Pump {
    const incoming = new Incoming(this.#owner, this.#clock, info);
    if (refusal !== undefined) this.#refused.set(incoming, refusal);
    const pump = new Pump({
      endpoint: Endpoint.server(this.#endpointOptions),
      transport,
      listener: incoming.listener,
      clock: this.#clock,
      onError: this.#report,
      deadlines: this.#deadlines,
      writeBudget: this.#options.writeBudget,
    });
    pump.accountTo(this.#memory);
    incoming.attach(pump);
    this.#enter(incoming, key);
    pump.start();
    return pump;
  }

  /** What was pending has a transport now, and keeps its place. */
  #ready(pending: Closable, transport: Transport, info: TransportInfo): void {
    this.#connections.delete(pending);
    this.#byAddress.leave(pending);
    this.#begin(transport, info, this.#byAddress.keyOf(info.remoteAddress));
  }

  /** A request that could not be checked is not accepted: it is answered as if its handler had thrown. */
  #guardedCheck(check: OriginCheck): OriginCheck {
    return (request) => {
      try {
        const refused = check(request);
        if (refused === undefined) return undefined;
        const violation = refusalOf(refused);
        if (violation !== undefined) return violation;
        reportRejection(refused, this.#report);
        throw new TypeError("checkOrigin must return a violation or undefined, and not a promise.");
      } catch (error) {
        this.#unchecked.set(request, { error });
        return undefined;
      }
    };
  }

  async #answer(opening: IncomingOpening, incoming: Closable): Promise<void> {
    const unchecked = this.#unchecked.get(opening.request);
    if (unchecked !== undefined) throw unchecked.error;
    this.#byAddress.requested(incoming, opening.request.fields);
    // Who comes while the server closes is told, and not dropped.
    const refusal = this.#isClosing ? unavailable : this.#refused.get(incoming);
    if (refusal !== undefined) opening.reject(refusal);
    else await this.#handler(opening);
  }

  /** The time to close is over. */
  #drop(): void {
    for (const connection of [...this.#connections]) connection.terminate();
  }

  /** The last connection has ended. Others may come all the same, to be refused, and another `close` waits for them. */
  #emptyNow(): void {
    this.#dropTimer?.cancel();
    this.#dropAt = Number.POSITIVE_INFINITY;
    this.#emptied = undefined;
    this.#onEmpty?.();
    this.#onEmpty = undefined;
  }

  #replace(before: Closable, after: Closable | undefined): void {
    this.#connections.delete(before);
    this.#byAddress.leave(before);
    this.#sessions.replace(before, after);
    if (after !== undefined) {
      this.#connections.add(after);
      if (this.#isClosing) after.startClosing(goingAway, "");
    } else if (this.#connections.size === 0) {
      this.#emptyNow();
    }
  }
}
