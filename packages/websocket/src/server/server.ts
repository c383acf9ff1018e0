/**
 * A WebSocket server over any transport that an adapter provides: admission, connection limits, accepting and rejecting
 * openings, broadcasts, and shutdown. The rules of the opening handshake are in core.
 */
import {
  createOpenEndpoint,
  createServerEndpoint,
  DeadlineConfig,
  type DeadlineOptions,
  defaultDeadlines,
  type ServerEndpointOptions as EndpointOptions,
  formatClosePayload,
  type Instant,
  type Limits,
  type PreparedMessage,
  prepareBinary,
  prepareText,
  type SendOptions,
  ServerConfig,
  statusCodes,
  UsageError,
  type Violation,
  violationTable,
} from "@hybi/core";
import type { Fields, OpeningRequest, Rejection, RequestHead } from "@hybi/core/opening";
import {
  checkOptions,
  isPrepared,
  type OptionAliases,
  type OptionCheck,
  type OptionChecks,
  sendChecks,
  takes,
} from "@hybi/core/options";
import type { OriginCheck } from "@hybi/core/policy";
import { type AsyncDisposal, defineAsyncDisposal } from "../dom/async-disposal.ts";
import { type BinaryType, messageTypes, type Sendable, sendable, type TextType, typesOf } from "../dom/message-data.ts";
import { isBlob } from "../dom/platform-classes.ts";
import { requireArguments } from "../dom/web-idl.ts";
import { type Clock, clockOf } from "../event-loop/clock.ts";
import {
  callGuarded,
  createReporter,
  type ErrorHandler,
  printed,
  type Reporter,
  reportRejection,
} from "../event-loop/reporter.ts";
import { startTimer, type Timer } from "../event-loop/timer.ts";
import { Turn } from "../event-loop/turn.ts";
import type { Failure } from "../failure/failure.ts";
import { defaultMemoryBudget, MemoryBudget } from "../load/memory-budget.ts";
import { MemberList } from "../platform/member-list.ts";
import { withDefaults } from "../platform/option-checks.ts";
import { bound } from "../platform/runtime.ts";
import type { Closable } from "../pump/closable.ts";
import { Pump } from "../pump/pump.ts";
import { sendAliases, serverAliases } from "../sentences/other-names.ts";
import { endpointChecks } from "../socket/endpoint-checks.ts";
import { Lifecycle, OPEN } from "../socket/lifecycle.ts";
import { type RuntimeOptions, runtimeChecks } from "../socket/runtime-options.ts";
import { coreOf, WebSocket } from "../socket/websocket.ts";
import { type AgreedTransport, ownRest } from "../transport/agreed-transport.ts";
import type { Transport } from "../transport/transport.ts";
import { type AdoptOptions, checkAdoption } from "./adopting.ts";
import type { ServerRefusedMessage } from "./diagnostics-messages.ts";
import { GradualClose } from "./gradual-close.ts";
import { createAcceptedSocket, type IncomingOpening, type TransportInfo } from "./incoming-opening.ts";
import { OpenSockets, openCoresOf } from "./open-sockets.ts";
import { OpeningsByAddress } from "./openings-by-address.ts";
import { checkOfOrigins, type Origins, originsCheck } from "./origins.ts";
import { type ConnectStream, PendingConnect } from "./pending-connect.ts";
import { type OpeningOwner, unavailable } from "./pending-opening.ts";
import { Pending, type PendingOwner, type PendingTransport } from "./pending-transport.ts";
import { PendingUpgrade } from "./pending-upgrade.ts";
import { type RefusalReason, ServerCounts, type ServerTraffic } from "./server-counts.ts";
import { serverDeadlines, serverLimits } from "./server-defaults.ts";
import { Sessions } from "./sessions.ts";
import { TurnedAway } from "./turned-away.ts";

/** Handles an opening request by calling `accept`, `acceptStream` or `reject` before the returned promise resolves. */
export type OpeningHandler = (opening: IncomingOpening) => unknown;

/** Options of a server. All are optional. */
export interface ServerOptions extends Omit<EndpointOptions, "delivery" | "native" | "random" | "fragmentSize"> {
  /**
   * Origins of the pages that may connect, such as `https://example.com`; `"any"` allows all. Default: the origins of
   * the host named by the request, in Host or `:authority`. Clients without an Origin header, which are not pages, may
   * always connect. If `checkOrigin` is given, it decides instead.
   */
  readonly origins?: Origins | undefined;
  /**
   * Maximum concurrent connections and openings, TLS handshakes included. Above it, new connections are rejected with
   * 503 before they have sent anything; over TLS they are dropped, because a response would cost a TLS handshake.
   * Default: Infinity.
   */
  readonly maxConnections?: number | undefined;
  /**
   * Maximum concurrent openings per remote address, including TLS handshakes and the time the handler takes; IPv6
   * addresses are grouped by their first 64 bits. Above it, new openings are rejected with 429, or dropped over TLS.
   * Default: 128 for public addresses, unlimited for addresses in the same machine or network, which may be a proxy's.
   * An explicit number applies to all addresses. A request with Forwarded, X-Forwarded-For or Via comes through a proxy
   * and is no longer counted.
   */
  readonly openingsPerAddress?: number | undefined;
  /** Initial `binaryType` of accepted sockets, unless `accept` sets another. Default: "arraybuffer". */
  readonly binaryType?: BinaryType | undefined;
  /** Initial `textType` of accepted sockets, unless `accept` sets another. Default: "string". */
  readonly textType?: TextType | undefined;
  /** Deadlines as in `DeadlineOptions`, but with defaults of 300 s for `message` and `resting`. */
  readonly deadlines?: DeadlineOptions | undefined;
  /** Limits as in `Limits`, but with a default of 64 MiB for `queuedOutput`. */
  readonly limits?: Partial<Limits> | undefined;
  /**
   * Maximum WebSockets per HTTP/2 or HTTP/3 session, openings included. Above it, requests are rejected with 503.
   * Default: 100.
   */
  readonly streamsPerSession?: number | undefined;
  /**
   * Called when a client's opening handshake failed through its own fault. If the request was HTTP and is not a valid opening request,
   * the function may return the response to send in place of the usual one, a `Rejection`. What it returns for other failures is
   * ignored: bytes that are no HTTP request, and clients that were too late or have left, as `failure` says. A promise may not resolve
   * with a response, because the client does not wait for it.
   */
  readonly onFailure?: ((failure: Failure, info: TransportInfo) => unknown) | undefined;
  /**
   * Receives errors thrown by the application's own code: handlers and listeners of accepted sockets, including
   * asynchronous ones, the opening handler, and the functions among these options. Without it they are printed with
   * `console.error`.
   */
  readonly onError?: ErrorHandler | undefined;
  /**
   * Bytes of memory that all connections and openings together may hold for their peers: heads, messages in progress,
   * waiting messages and output, compression windows. Above three quarters of it, new openings are rejected with 503;
   * above seven eighths, reading is paused for the connections that hold most and move least; above all of it, such
   * connections are ended with 1013. Connections that hold less than a fair share are not affected. Under load these are
   * shares of one half of the budget; the other half is room for garbage that the runtime has not collected yet. Default: an eighth
   * of the memory available to the runtime if it reports that, otherwise 256 MiB; Infinity for no budget. Several
   * servers can share one `MemoryBudget`.
   */
  readonly memoryBudget?: number | MemoryBudget | undefined;
  /** Supplied by adapters. */
  readonly runtime?: RuntimeOptions | undefined;
}

/** Checks of a server's options. */
export const serverChecks: OptionChecks<ServerOptions> = {
  ...endpointChecks,
  checkOrigin: takes.callback,
  origins: originsCheck,
  maxConnections: takes.atLeast(0),
  openingsPerAddress: takes.atLeast(1),
  streamsPerSession: takes.atLeast(1),
  onFailure: takes.callback,
  runtime: takes.options(runtimeChecks),
  memoryBudget: (value, path) => {
    if (!(value instanceof MemoryBudget)) takes.atLeast(1)(value, path);
  },
};

/** Options that apply to all connections of a server together. */
const serverWide = ["maxConnections", "openingsPerAddress"] as const;

/** Options for a server made for a single request, where options for all connections together have no meaning. */
export type SingleRequestOptions = Omit<ServerOptions, (typeof serverWide)[number] | "memoryBudget"> & {
  readonly memoryBudget?: MemoryBudget | undefined;
};

/**
 * Rejects options that apply to all connections together where a server is made for a single request, because it would
 * only count that one.
 *
 * @throws UsageError `option/unknown`
 */
export function checkSingleRequest(caller: string, options: SingleRequestOptions): void {
  if (typeof options !== "object" || options === null) return;
  for (const name of serverWide) {
    if ((options as ServerOptions)[name] === undefined) continue;
    throw new UsageError(
      "option/unknown",
      `${name} is not an option of ${caller}: it applies to all connections of a server. Create one server for all ` +
        `requests, with new WebSocketServer(handler, { ${name}: … }), and pass it instead of handler and options.`,
    );
  }
  const { memoryBudget } = options;
  if (memoryBudget === undefined || memoryBudget instanceof MemoryBudget) return;
  throw new UsageError(
    "option/type",
    `memoryBudget of ${caller} takes a MemoryBudget, which all requests share: a number would be a budget for each of them.`,
  );
}

/** Names of these options in other implementations. */
export const serverOptionAliases: OptionAliases = serverAliases(runtimeChecks);

/** Current state and counters of a server. */
export interface ServerTotals {
  /** Connections, streams included, and pending openings. */
  readonly connections: number;
  /** Sockets and streams that have not ended, and openings that are not accepted yet. */
  readonly open: number;
  readonly opening: number;
  /** Openings that were accepted, ever. */
  readonly accepted: number;
  /** Openings that came to nothing, by reason. */
  readonly refusals: Readonly<Record<RefusalReason, number>>;
  /** Bytes of memory held for peers, and the maximum. */
  readonly held: number;
  readonly budget: number;
  /** How often reading of a connection was paused because memory was short. */
  readonly rested: number;
  /** Connections and openings that were ended because memory had run out. */
  readonly shed: number;
}

/** Options of `traffic()`. */
export interface TrafficOptions {
  /** Bytes of output that may wait at a connection that is not slow. Default: 65,536. */
  readonly slowAbove?: number | undefined;
}

const trafficChecks: OptionChecks<TrafficOptions> = { slowAbove: takes.atLeast(0) };

/** Options of a broadcast. */
export interface BroadcastOptions extends SendOptions {
  /** Sockets to skip. */
  readonly except?: WebSocket | readonly WebSocket[] | undefined;
  /** Skips sockets whose `bufferedAmount` exceeds this, because they do not keep up. Default: Infinity. */
  readonly maxBuffered?: number | undefined;
}

const broadcastChecks: OptionChecks<BroadcastOptions> = {
  ...sendChecks,
  except: takes.only("a WebSocket or a list of WebSockets", (value) =>
    [value].flat().every((one) => one instanceof WebSocket),
  ),
  maxBuffered: takes.atLeast(0),
};

const broadcastAliases: OptionAliases = /* @__PURE__ */ sendAliases();

/** Options of a shutdown. */
export interface ShutdownOptions {
  /**
   * Milliseconds that peers get to close before their transports are dropped. Default: 10,000; Infinity waits for all.
   */
  readonly timeout?: number | undefined;
  /**
   * Status code of the Close frames: 1001, "going away", by default, or 1012, "service restart", with which a client may come back
   * at once (RFC 6455 §7.4.1, and the registry of §11.7).
   */
  readonly statusCode?: 1001 | 1012 | undefined;
  /** Reason in the Close frames, at most 123 bytes. */
  readonly reason?: string | undefined;
}

/** Options of `drain()`. The status code is 1012 by default. */
export interface DrainOptions extends ShutdownOptions {
  /** Connections that are closed in a second, at least 0.001; Infinity closes all at once. Takes the place of `share`. */
  readonly perSecond?: number | undefined;
  /**
   * The share of the connections, as many as there are at the call, that is closed in a second: more than 0 and at most 1, and
   * at least one connection a second, whatever the share. Default: 0.1, all within ten seconds.
   */
  readonly share?: number | undefined;
}

/** The same as for one connection. */
const defaultShutdown = defaultDeadlines.closing;

/** Bytes of output that may wait at a connection that is not slow. */
const defaultSlow = 65_536;

/** The share of connections that `drain` closes in a second. */
const defaultShare = 0.1;

/** Why there is no place for an opening, and the response that says so. */
interface Refusal {
  readonly reason: RefusalReason;
  readonly rejection: Rejection;
}

const stopped: Refusal = { reason: "stopped", rejection: unavailable };
const full: Refusal = { reason: "connections", rejection: unavailable };
const memoryIsShort: Refusal = { reason: "memory", rejection: unavailable };

/** RFC 9110 §15.6.4: 503, a temporary overload or maintenance. */
const fullSession: Refusal = {
  reason: "session",
  rejection: {
    ...unavailable,
    body: "This connection has reached the limit of WebSockets per session, the server option `streamsPerSession`.\n",
  },
};

/** RFC 6585 §4 */
const tooMany: Refusal = {
  reason: "address",
  rejection: {
    ...unavailable,
    status: 429,
    body: "Too many openings from this address are in progress; the limit is the server option `openingsPerAddress`.\n",
  },
};

/**
 * Turns what a check has returned into a complete violation with an error status; returns undefined if it is not a
 * violation from the table.
 */
function refusalOf(answer: Partial<Violation> | null): Violation | undefined {
  const { code, httpStatus, message, section } = answer ?? {};
  if (typeof code !== "string" || !Object.hasOwn(violationTable, code)) return undefined;
  const row = violationTable[code];
  const status = httpStatus ?? row.httpStatus ?? 403;
  // RFC 9110 §15: an error status.
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

/** Whether a callback has returned a response, and not what it happens to return, such as the result of `push`. */
function isResponse(returned: unknown): returned is Rejection {
  return typeof returned === "object" && returned !== null && "status" in returned;
}

function isPromise(returned: unknown): returned is PromiseLike<unknown> {
  return typeof (returned as { then?: unknown } | null | undefined)?.then === "function";
}

/**
 * Checks the arguments of `close` before anything starts closing.
 *
 * @throws UsageError `option/unknown`, `option/type`, `option/range`, `close/reason-too-long`
 */
export function checkShutdown(options: ShutdownOptions): void {
  checkOptions("close", options, shutdownChecks);
  formatClosePayload("server", statusCodes.goingAway, options.reason ?? "");
}

const shutdownChecks: OptionChecks<ShutdownOptions> = {
  timeout: takes.duration,
  statusCode: takes.only(
    "1001 or 1012",
    (value) => value === statusCodes.goingAway || value === statusCodes.serviceRestart,
  ),
  reason: takes.text,
};

/**
 * Checks the arguments of `drain` before anything changes.
 *
 * @throws as `checkShutdown`
 */
export function checkDrain(options: DrainOptions): void {
  checkOptions("drain", options, drainChecks);
  formatClosePayload("server", statusCodes.goingAway, options.reason ?? "");
  if (options.perSecond === undefined || options.share === undefined) return;
  throw new UsageError(
    "option/range",
    "`perSecond` and `share` are two ways to say how fast to drain: pass one of them.",
  );
}

/** The least `perSecond`: one connection in about a quarter of an hour. */
const slowestDrain = 0.001;

const shareCheck: OptionCheck = (value, path) => {
  takes.atLeast(0)(value, path);
  if (value === 0 || (value as number) > 1)
    throw new UsageError("option/range", `${path} must be more than 0 and at most 1.`);
};

const drainChecks: OptionChecks<DrainOptions> = {
  ...shutdownChecks,
  perSecond: takes.atLeast(slowestDrain),
  share: shareCheck,
};

/** `await using` closes the server, and waits until all connections have ended. */
export interface WebSocketServer extends AsyncDisposal {}

/**
 * A WebSocket server.
 *
 * @example
 * const server = new WebSocketServer((opening) => {
 *   const socket = opening.accept();
 *   socket.onmessage = ({ data }) => socket.send(data);
 * });
 * listener.onconnection = (transport) => server.receive(transport);
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: see the interface.
export class WebSocketServer {
  readonly #handler: OpeningHandler;
  readonly #options: ServerOptions;
  readonly #runtime: RuntimeOptions;
  readonly #config: ServerConfig;
  readonly #deadlines: DeadlineConfig;
  readonly #clock: Clock;
  readonly #onFailure: ServerOptions["onFailure"];
  readonly #report: Reporter;
  /** Errors thrown by `checkOrigin`, by request. */
  readonly #unchecked = new WeakMap<OpeningRequest, { readonly error: unknown }>();
  /** Openings that are rejected with this response without calling the handler. */
  readonly #refused = new WeakMap<Closable, Refusal>();
  readonly #owner: OpeningOwner;
  readonly #pendingOwner: PendingOwner;
  readonly #connections = new MemberList<Closable>();
  #socketCount = 0;
  /** The URL of the latest socket: mostly all sockets have the same, and need one string. */
  #latestUrl = "";
  readonly #sockets = new OpenSockets(this.#connections, () => this.#socketCount);
  readonly #byAddress: OpeningsByAddress;
  readonly #sessions: Sessions;
  readonly #turnedAway: TurnedAway;
  readonly #memory: MemoryBudget;
  readonly #counts = new ServerCounts();
  /** What happens to new openings: they are handled, or rejected with 503; and to connections: they stay, or are closed. */
  #state: "accepting" | "stopped" | "closing" = "accepting";
  /** The status code with which connections are closed. */
  #closeCode: number = statusCodes.goingAway;
  /** From `drain` until all connections were closed. */
  #draining: GradualClose<Lifecycle> | undefined;
  /** When the remaining connections are dropped: the earliest deadline of any `close` call. */
  #dropAt: Instant = Number.POSITIVE_INFINITY;
  #dropTimer: Timer | undefined;
  /** Resolved when the last connection has ended; shared by all calls of `close` until then. */
  #emptied: Promise<void> | undefined;
  #onEmpty: (() => void) | undefined;

  /** @throws UsageError `opening/origin`, `option/unknown`, `option/type`, `option/range` */
  constructor(handler: OpeningHandler, options: ServerOptions = {}) {
    if (typeof handler !== "function") {
      throw new UsageError(
        "option/type",
        "The handler must be a function, and is the first argument of WebSocketServer. To listen on a port, call " +
          "listen(handler, { port: … }) of the adapter.",
      );
    }
    checkOptions("a server", options, serverChecks, serverOptionAliases);
    this.#handler = handler;
    this.#options = options;
    const { onError, onFailure, runtime = {} } = options;
    this.#runtime = runtime;
    this.#clock = clockOf(runtime.clock);
    this.#report = createReporter(onError, this.#clock, printed);
    this.#onFailure = onFailure && bound(onFailure);
    const { checkOrigin = checkOfOrigins(options.origins) } = options;
    const { extensions, tolerate, autoPong, echoReason } = options;
    const { native, random, fragmentSize } = runtime;
    const limits = withDefaults(serverLimits, options.limits);
    this.#deadlines = DeadlineConfig.of(withDefaults(serverDeadlines, options.deadlines));
    const own = { extensions, limits, tolerate, autoPong, echoReason, native, random, fragmentSize };
    this.#config = ServerConfig.of({ ...own, checkOrigin: checkOrigin && this.#guardedCheck(checkOrigin) });
    this.#byAddress = new OpeningsByAddress(options.openingsPerAddress);
    this.#sessions = new Sessions(options.streamsPerSession);
    this.#turnedAway = new TurnedAway(this.#clock, this.#report);
    const { memoryBudget = defaultMemoryBudget } = options;
    this.#memory = memoryBudget instanceof MemoryBudget ? memoryBudget : new MemoryBudget(memoryBudget, this.#clock);
    this.#owner = {
      diagnostics: runtime.diagnostics,
      memory: this.#memory,
      // A server usually wants bytes: a Blob costs a promise to read and several times the memory.
      types: typesOf(options, messageTypes("arraybuffer", "string")),
      sharedUrl: (url) => {
        if (url !== this.#latestUrl) this.#latestUrl = url;
        return this.#latestUrl;
      },
      requested: (opening, incoming) => this.#answer(opening, incoming),
      refused: (incoming, reason, message) => this.#count(this.#refused.get(incoming)?.reason ?? reason, message),
      failed: (failure, info, answer) => this.#failed(failure, info, answer),
      report: this.#report,
      replaced: (before, after) => this.#replace(before, after),
      accepted: () => this.#socketCount++,
      closed: () => this.#socketCount--,
      ended: (connection, remainder) => {
        if (remainder instanceof Pump) this.#counts.retired(remainder);
        this.#replace(connection, undefined);
      },
    };
    this.#pendingOwner = {
      report: this.#report,
      ready: (pending, transport, info) => this.#ready(pending, transport, info),
      over: (pending) => this.#replace(pending, undefined),
    };
  }

  /** The open sockets, without streams. */
  get sockets(): ReadonlySet<WebSocket> {
    return this.#sockets;
  }

  /** Number of connections, streams included, and pending openings. */
  get connections(): number {
    return this.#connections.size;
  }

  /**
   * Current state and counters, as plain data, which costs nothing to ask for. The memory figures cover all servers that share the
   * `MemoryBudget`.
   */
  get totals(): ServerTotals {
    const { held, limit: budget, rested, shed } = this.#memory;
    const { connections } = this;
    const { open, lingering, accepted, refusals } = this.#counts;
    const counts = { open, opening: connections - open - lingering, accepted, refusals: { ...refusals } };
    return { connections, ...counts, held, budget, rested, shed };
  }

  /**
   * Bytes and messages of all connections that this server has accepted, and how many are slow. Visits each open connection, so ask for it
   * once in a while and not for each message.
   *
   * @throws UsageError `option/unknown`, `option/type`, `option/range`
   */
  traffic(options: TrafficOptions = {}): ServerTraffic {
    checkOptions("traffic", options, trafficChecks);
    return this.#counts.traffic(this.#connections, options.slowAbove ?? defaultSlow);
  }

  // Called by adapters

  /** Handles a new transport whose first bytes are the opening request. */
  receive(transport: Transport, info: TransportInfo = {}): void {
    const key = this.#byAddress.keyOf(info.remoteAddress);
    const refusal = this.#refusal(key);
    if (refusal !== undefined) this.#turnAway(transport, refusal, info, info.secure === true);
    else this.#begin(transport, info, key);
  }

  /**
   * Reserves a place for a client whose transport is not ready yet, as during its TLS handshake. The adapter must
   * report the outcome to the returned object; `drop` ends the client. Returns undefined if there is no place, and the
   * adapter must then drop the client at once.
   */
  admit(drop: () => void, info: TransportInfo = {}): PendingTransport | undefined {
    const key = this.#byAddress.keyOf(info.remoteAddress);
    const refusal = this.#state === "closing" ? stopped : this.#refusal(key);
    if (refusal !== undefined) {
      this.#publishTurnedAway(refusal, info);
      return undefined;
    }
    const pending = new Pending(this.#pendingOwner, info, drop);
    this.#enter(pending, key);
    return pending;
  }

  /**
   * Handles a transport whose opening request has already been read, for example by the runtime's HTTP server. `rest`
   * are the bytes read beyond the request.
   */
  receiveUpgrade(transport: Transport, head: RequestHead, rest?: Uint8Array, info: TransportInfo = {}): void {
    const key = this.#byAddress.keyOf(info.remoteAddress);
    const refusal = this.#state === "closing" ? undefined : this.#refusal(key);
    if (refusal !== undefined) {
      this.#turnAway(transport, refusal, info, false);
      return;
    }
    const pump = this.#begin(transport, info, key);
    pump.receiveHead(head);
    if (rest !== undefined && rest.length > 0) pump.data(rest);
  }

  /**
   * Handles an Extended CONNECT request over HTTP/2 (RFC 8441) or HTTP/3 (RFC 9220). `fields` is the complete field
   * list of the request, pseudo-header fields first.
   */
  receiveStream(stream: ConnectStream, fields: Fields, info: TransportInfo = {}): void {
    const { writeBudget, wrapTransport } = this.#runtime;
    const how = { clock: this.#clock, deadlines: this.#deadlines, writeBudget, wrapTransport };
    const key = this.#byAddress.keyOf(info.remoteAddress);
    const refusal = this.#refusal(key) ?? (this.#sessions.isFull(stream.session) ? fullSession : undefined);
    const incoming = new PendingConnect(this.#owner, stream, info, this.#config, how);
    if (refusal !== undefined) this.#refused.set(incoming, refusal);
    this.#enter(incoming, key);
    this.#sessions.enter(incoming, stream.session);
    incoming.begin(fields);
  }

  /**
   * Takes over a connection whose opening handshake was performed by other means: the caller has checked the request, has agreed
   * to something, and has sent the response (`checkOpeningRequest` and `answerOpeningRequest` of `@hybi/core/opening`, for HTTP/1.1). Returns the open
   * socket, which counts as any other of this server does. It is not refused: whether there is room for it is for the caller to
   * ask before it answers.
   *
   * @throws UsageError `option/unknown`, `option/type`, and as the constructor of `Connection`; the transport is left as it is
   */
  adopt(opened: AgreedTransport, options: AdoptOptions = {}): WebSocket {
    checkAdoption(opened, options);
    const { transport, agreement, rest } = opened;
    const { url = "", extensions = this.#config.extensions, context } = options;
    const types = typesOf(options, this.#owner.types);
    const pumped = {
      endpoint: createOpenEndpoint(agreement, this.#config, ownRest(rest), { extensions }),
      transport,
      clock: this.#clock,
      onError: this.#report,
      deadlines: this.#deadlines,
      writeBudget: this.#runtime.writeBudget,
      wrapTransport: this.#runtime.wrapTransport,
    };
    const socket = createAcceptedSocket(this.#owner.sharedUrl(url), types, {
      clock: this.#clock,
      report: this.#report,
    });
    const core = coreOf(socket)!;
    const pump = new Pump({ ...pumped, listener: core });
    pump.accountTo(this.#memory);
    if (context !== undefined) socket.context = context;
    // Before it starts: a transport that is lost already may say so at once.
    core.owner = this.#owner;
    this.#connections.add(core);
    this.#counts.entered(core);
    this.#socketCount++;
    core.attach(pump);
    core.open(agreement);
    pump.start();
    if (this.#state === "closing") core.startClosing(this.#closeCode, "");
    return socket;
  }

  /**
   * Reports to `onFailure` a client that failed before its request was processed. `reason` is where `totals.refusals` counts it: its TLS
   * handshake failed, or it had left before the request was passed to this server.
   */
  failed(failure: Failure, info: TransportInfo = {}, reason: "tls" | "left" = "tls"): void {
    this.#count(reason, { request: undefined, info, status: undefined, failure });
    this.#failed(failure, info);
  }

  /** Reports an error that belongs to no connection, such as a failed accept, to `onError`, or prints it. */
  reportError(error: unknown): void {
    this.#report(error);
  }

  // Public API

  /**
   * Sends a message to all open sockets. The message is encoded once, or has been: what `prepareText` and `prepareBinary` return is
   * sent as it is. Returns the number of sockets.
   *
   * What a socket has received can be passed on, as `data as string | ArrayBuffer`: only sockets whose `binaryType` is "blob", which is not
   * the default of servers, receive Blobs.
   *
   * @throws TypeError for a Blob: its bytes would have to be read first, and the message could not keep its place among others
   */
  broadcast(data: Exclude<Sendable, Blob> | PreparedMessage, options: BroadcastOptions = {}): number {
    // biome-ignore lint/complexity/noArguments: a missing message is an error, as in `send`.
    requireArguments(arguments, 1, "broadcast()");
    const prepared = isPrepared(data) ? data : this.#prepare(data);
    checkOptions("broadcast", options, broadcastChecks, broadcastAliases);
    const { except = [], maxBuffered = Number.POSITIVE_INFINITY, priority, compress } = options;
    // Without options there is nothing to check for each socket.
    const how = priority === undefined && compress === undefined ? undefined : { priority, compress };
    const excepted = new Set([except].flat().map(coreOf));
    let count = 0;
    Turn.of(this.#clock).together(() => {
      for (const core of openCoresOf(this.#connections)) {
        if (core.readyState !== OPEN || (excepted.size > 0 && excepted.has(core))) continue;
        if (maxBuffered !== Number.POSITIVE_INFINITY && core.bufferedAmount > maxBuffered) continue;
        core.sendPrepared(prepared, how);
        count++;
      }
    });
    return count;
  }

  /**
   * Shuts the server down. Open connections get a Close frame with 1001 behind all earlier output, requests that are
   * being handled or still arrive are rejected with 503, and clients that have not sent a request are dropped. Resolves
   * when the last transport is closed, at the latest shortly after `timeout`. If called again, the earliest timeout
   * applies.
   *
   * @throws UsageError `option/range` for an invalid timeout, `close/reason-too-long`; in that case nothing has changed
   */
  async close(options: ShutdownOptions = {}): Promise<void> {
    checkShutdown(options);
    const { timeout = defaultShutdown, statusCode = statusCodes.goingAway, reason = "" } = options;
    this.#startClosing(statusCode, reason);
    if (this.#connections.size === 0) return;
    this.#dropAfter(timeout);
    await this.#whenEmpty();
  }

  /**
   * Stops accepting: new openings are rejected with 503, as by a server that is full. Connections live on, and openings that have
   * begun are finished. A no-op if the server has stopped already. Who listens must stop listening; what `listen` returns does both.
   */
  stopAccepting(): void {
    if (this.#state === "accepting") this.#state = "stopped";
  }

  /**
   * Shuts the server down gradually: stops accepting, and closes its connections one after another, those first that have been open
   * longest, so that their clients do not all come back in the same instant. What an opening in progress becomes is closed last,
   * with what is left to do as by `close`, whose `timeout` counts from then on. Resolves when the last transport is closed.
   *
   * `close` ends it early. If called again, the latest call says how fast to go on.
   *
   * @throws UsageError as `close`; in that case nothing has changed
   */
  async drain(options: DrainOptions = {}): Promise<void> {
    checkDrain(options);
    this.stopAccepting();
    const { statusCode = statusCodes.serviceRestart, reason = "", timeout = defaultShutdown } = options;
    if (this.#state === "closing") return this.close({ timeout });
    const open = [...this.#connections].filter(
      (one): one is Lifecycle => one instanceof Lifecycle && one.readyState === OPEN,
    );
    // The sort is stable, and each age is read once.
    const ages = new Map(open.map((one) => [one, one.age]));
    open.sort((left, right) => ages.get(right)! - ages.get(left)!);
    const { perSecond = Math.max(1, open.length * (options.share ?? defaultShare)) } = options;
    this.#draining?.cancel();
    this.#draining = new GradualClose(
      this.#clock,
      open,
      perSecond,
      (one) => one.startClosing(statusCode, reason),
      () => {
        this.#startClosing(statusCode, reason);
        if (this.#connections.size > 0) this.#dropAfter(timeout);
      },
    );
    this.#draining.start();
    if (this.#connections.size > 0) await this.#whenEmpty();
  }

  // Internals

  /** `answer` sends a response in place of the usual one, if one can be sent. */
  #failed(failure: Failure, info: TransportInfo, answer?: (rejection: Rejection) => void): void {
    const onFailure = this.#onFailure;
    if (onFailure === undefined) return;
    callGuarded(() => {
      const returned = onFailure(failure, info);
      if (!isPromise(returned)) {
        if (isResponse(returned)) answer?.(returned);
        return undefined;
      }
      return returned.then((value) => {
        if (!isResponse(value)) return;
        throw new UsageError(
          "callback/result",
          "onFailure returned a promise of a response. The client does not wait for it: return the response itself.",
        );
      });
    }, this.#report);
  }

  /** Rejects a client for which there is no place, before it has sent anything. */
  #turnAway(transport: Transport, refusal: Refusal, info: TransportInfo, isSecure: boolean): void {
    this.#turnedAway.add(transport, refusal.rejection, isSecure);
    this.#publishTurnedAway(refusal, info);
  }

  #publishTurnedAway({ reason, rejection }: Refusal, info: TransportInfo): void {
    this.#count(reason, { request: undefined, info, status: rejection.status, failure: undefined });
  }

  /** Counts and publishes that an opening has come to nothing. */
  #count(reason: RefusalReason, message: ServerRefusedMessage): void {
    this.#counts.refusals[reason]++;
    const { request, info, status, failure } = message;
    this.#runtime.diagnostics?.refused(request, info, status, failure);
  }

  #prepare(data: Exclude<Sendable, Blob>): PreparedMessage {
    const message = sendable(data);
    if (isBlob(message)) throw new TypeError("A Blob cannot be broadcast: read its bytes.");
    const { native } = this.#runtime;
    return typeof message === "string" ? prepareText(message, native) : prepareBinary(message, native);
  }

  #startClosing(statusCode: number, reason: string): void {
    this.#draining?.cancel();
    this.#draining = undefined;
    if (this.#state === "closing") return;
    this.#state = "closing";
    this.#closeCode = statusCode;
    for (const connection of this.#connections) connection.startClosing(statusCode, reason);
    this.#turnedAway.drop();
  }

  /** Drops the connections that are left after `timeout` ms, unless that has been said to happen earlier. */
  #dropAfter(timeout: number): void {
    const at = this.#clock.now() + timeout;
    if (at < this.#dropAt) {
      this.#dropAt = at;
      this.#dropTimer?.cancel();
      this.#dropTimer = startTimer(this.#clock, timeout, () => this.#drop());
    }
  }

  #whenEmpty(): Promise<void> {
    this.#emptied ??= new Promise((resolve) => {
      this.#onEmpty = resolve;
    });
    return this.#emptied;
  }

  /** Returns the rejection for one more opening if there is no place for it. */
  #refusal(key: string | undefined): Refusal | undefined {
    if (this.#state === "stopped") return stopped;
    const { maxConnections = Number.POSITIVE_INFINITY } = this.#options;
    if (this.#connections.size >= maxConnections) return full;
    if (this.#memory.isShort) return memoryIsShort;
    return this.#byAddress.isFull(key) ? tooMany : undefined;
  }

  #enter(opening: Closable, key: string | undefined): void {
    this.#connections.add(opening);
    this.#byAddress.enter(opening, key);
  }

  #begin(transport: Transport, info: TransportInfo, key: string | undefined): Pump {
    const incoming = new PendingUpgrade(this.#owner, this.#clock, info);
    const pump = new Pump({
      endpoint: createServerEndpoint(this.#config),
      transport,
      listener: incoming.listener,
      clock: this.#clock,
      onError: this.#report,
      deadlines: this.#deadlines,
      writeBudget: this.#runtime.writeBudget,
      wrapTransport: this.#runtime.wrapTransport,
    });
    pump.accountTo(this.#memory);
    incoming.attach(pump);
    this.#enter(incoming, key);
    pump.start();
    return pump;
  }

  /** The pending client has a transport now, and keeps its place. */
  #ready(pending: Closable, transport: Transport, info: TransportInfo): void {
    this.#connections.delete(pending);
    this.#byAddress.leave(pending);
    this.#begin(transport, info, this.#byAddress.keyOf(info.remoteAddress));
  }

  /** Wraps `check`: a request that cannot be checked is not accepted, but handled as if the handler had thrown. */
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

  #answer(opening: IncomingOpening, incoming: Closable): unknown {
    const unchecked = this.#unchecked.get(opening.request);
    if (unchecked !== undefined) throw unchecked.error;
    this.#byAddress.requested(incoming, opening.request.fields);
    // A request that arrives while the server is closing gets a response instead of being dropped.
    if (this.#state === "closing") this.#refused.set(incoming, stopped);
    const refusal = this.#refused.get(incoming);
    if (refusal === undefined) return this.#handler(opening);
    opening.reject(refusal.rejection);
    return undefined;
  }

  /** The timeout of `close` is over. */
  #drop(): void {
    for (const connection of this.#connections) connection.terminate();
  }

  /** The last connection has ended. New ones may still arrive, to be rejected, and another `close` waits for them. */
  #emptyNow(): void {
    // Nothing is left to drain.
    if (this.#draining !== undefined) this.#startClosing(this.#closeCode, "");
    this.#dropTimer?.cancel();
    this.#dropAt = Number.POSITIVE_INFINITY;
    this.#emptied = undefined;
    this.#onEmpty?.();
    this.#onEmpty = undefined;
  }

  #replace(before: Closable, after: Closable | undefined): void {
    if (this.#connections.has(before)) this.#counts.left(before);
    this.#connections.delete(before);
    this.#byAddress.leave(before);
    this.#sessions.replace(before, after);
    if (after !== undefined) {
      this.#connections.add(after);
      this.#counts.entered(after);
      if (this.#state === "closing") after.startClosing(this.#closeCode, "");
    } else if (this.#connections.size === 0) {
      this.#emptyNow();
    }
  }
}

defineAsyncDisposal(WebSocketServer, (server) => server.close());
