/** The client: a connection to a ws or wss URL over TCP or TLS. */
import * as net from "node:net";
import * as tls from "node:tls";
import { type ClientOptions, type DeadlineOptions, Endpoint, parseWebSocketUrl, type RandomSource } from "@hybi/core";
import { nodeClock } from "./clock.ts";
import { nodeHost } from "./host.ts";
import { NodeTransport } from "./node-transport.ts";
import { OpeningError, type OpeningErrorDetails } from "./opening-error.ts";
import { Peer } from "./peer.ts";
import { raiseTo } from "./raise.ts";

/** How to connect: what the client asks for, and what it goes by. */
export interface ConnectOptions extends Omit<ClientOptions, "url" | "secure" | "random" | "host"> {
  readonly deadlines?: DeadlineOptions | undefined;
  /** For wss: certificates and the like. */
  readonly tls?: tls.ConnectionOptions | undefined;
  /** A Unix socket or named pipe to go to, whatever the host of the URL is. */
  readonly path?: string | undefined;
  /** Gives up the attempt; `connect` rejects with its reason. Does nothing once the connection is open. */
  readonly signal?: AbortSignal | undefined;
  /** Takes what an `onEvent` handler throws. Without it, that is an uncaught exception, as in an event listener. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** One function for all clients: masking keys are drawn from one pool for each source. */
const random: RandomSource = (target) => crypto.getRandomValues(target);

/**
 * Connects to `url` (ws, wss, http or https) and resolves when the connection is open.
 *
 * @throws OpeningError when the server answers otherwise, breaks a rule, is not in time or not there; UsageError for
 *   options that cannot be sent
 * @example
 * const peer = await connect("wss://example.com/chat", { subprotocols: ["chat"] });
 * peer.sendText("hello");
 */
export async function connect(url: string | URL, options: ConnectOptions = {}): Promise<Peer> {
  const { signal } = options;
  signal?.throwIfAborted();
  const { resolve, reject, promise } = withResolvers<Peer>();
  let details: OpeningErrorDetails = {};
  const endpoint = Endpoint.client({ ...options, url: String(url), random, host: nodeHost });
  const peer = new Peer({
    endpoint,
    transport: new NodeTransport(openSocket(String(url), options)),
    clock: nodeClock,
    deadlines: options.deadlines,
    raise: raiseTo(options.onError),
    opening(event) {
      if (event.type === "open") resolve(peer);
      else if (event.type === "rejection") details = { response: event.response, body: event.body };
      else if (event.type === "failure") details = { violation: event.violation, cause: peer.pump.lost };
      if (event.type !== "open") reject(new OpeningError(details));
    },
  });
  const giveUp = (): void => {
    reject(signal?.reason);
    peer.abort();
  };
  signal?.addEventListener("abort", giveUp, { once: true });
  peer.pump.start();
  try {
    return await promise;
  } finally {
    signal?.removeEventListener("abort", giveUp);
  }
}

function openSocket(url: string, { path, tls: tlsOptions }: ConnectOptions): net.Socket {
  const { secure, address, port } = parseWebSocketUrl(url);
  const where = path === undefined ? { host: address, port } : { path };
  const options = { ...where, allowHalfOpen: true, noDelay: true };
  if (!secure) return net.connect(options);
  // RFC 6066 §3: a literal address is no server name.
  const servername = net.isIP(address) === 0 ? address : "";
  return tls.connect({ ALPNProtocols: ["http/1.1"], servername, ...tlsOptions, ...options });
}

interface Resolvers<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

/** `Promise.withResolvers`, which Node 20 does not have. */
function withResolvers<T>(): Resolvers<T> {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((...functions) => {
    [resolve, reject] = functions;
  });
  return { promise, resolve, reject };
}
