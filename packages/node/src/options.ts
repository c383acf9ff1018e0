/** The options of this package: `transportOptions` of clients, and `tls` of `listen()`. */
import type { Agent } from "node:http";
import type { ClientHttp2Session } from "node:http2";
import type { TcpNetConnectOpts } from "node:net";
import type { ConnectionOptions, TlsOptions } from "node:tls";
import { UsageError } from "@hybi/core";
import { type Fields, parseWebSocketUrl, type WebSocketUrl } from "@hybi/core/opening";
import { type OptionCheck, type OptionChecks, takes } from "@hybi/core/options";
import { checkSecureContext } from "./secure-context.ts";

/** The transport options of this package's clients, `options.transportOptions`. */
export interface TransportOptions {
  /** TLS options for wss, such as certificates. */
  readonly tls?: ConnectionOptions | undefined;
  /** How to connect over TCP, for ws and wss: from which address, over which family, and how names are resolved. */
  readonly tcp?: TcpOptions | undefined;
  /**
   * Sends the opening request with `node:http` or `node:https` through this agent, which makes or chooses the connection: an agent for
   * a proxy, or one that counts connections. A redirect to another origin is followed only with a function, which is called with each URL.
   * Not together with `path`, `proxy` or `http2`.
   */
  readonly agent?: Agent | ((url: WebSocketUrl) => Agent) | undefined;
  /** Path of a Unix socket or named pipe to connect to, regardless of the URL's host. */
  readonly path?: string | undefined;
  /** A proxy that opens a tunnel to the server (RFC 9110 §9.3.6). */
  readonly proxy?: string | URL | ProxyOptions | undefined;
  /**
   * Uses HTTP/2 in place of HTTP/1.1 (RFC 8441): `true` opens a new session for the connection; a session given here is used as
   * is and must be authoritative for the host of the URL. A redirect to another origin opens a session of its own.
   */
  readonly http2?: boolean | ClientHttp2Session | undefined;
}

/**
 * Options of `net.connect`, as Node documents them: the local address and port, the family, 4 or 6, the function in place of
 * `dns.lookup`, and how soon another address of the host is tried.
 */
export interface TcpOptions
  extends Pick<
    TcpNetConnectOpts,
    | ("localAddress" | "localPort" | "family" | "lookup" | "hints")
    | ("autoSelectFamily" | "autoSelectFamilyAttemptTimeout" | "keepAlive" | "keepAliveInitialDelay")
  > {}

/** Options of a proxy. */
export interface ProxyOptions {
  /** Its http or https URL. A user name and password in the URL become Proxy-Authorization. */
  readonly url: string | URL;
  /** Additional fields of the CONNECT request. */
  readonly fields?: Fields | undefined;
  /** TLS options for an https proxy. */
  readonly tls?: ConnectionOptions | undefined;
}

// Checks

/** Checks the outer type only; Node validates the contents. */
const tlsCheck: OptionCheck = takes.only("an object of options of node:tls", isObject);

const tcpChecks: OptionChecks<TcpOptions> = {
  localAddress: takes.text,
  localPort: takes.integer(0, 65_535),
  family: takes.only("4, 6, or 0 for both", (value) => value === 4 || value === 6 || value === 0),
  lookup: takes.callback,
  hints: takes.integer(0, 0xffff),
  autoSelectFamily: takes.boolean,
  autoSelectFamilyAttemptTimeout: takes.integer(1, 0x7fff_ffff),
  keepAlive: takes.boolean,
  keepAliveInitialDelay: takes.integer(0, 0x7fff_ffff),
};

/** Agents of others are no instances of Node's class, but have its method. */
export const agentCheck: OptionCheck = takes.only("an Agent of node:http or node:https, or one like it", (value) => {
  return isObject(value) && "addRequest" in value && typeof value.addRequest === "function";
});

const proxyChecks: OptionChecks<ProxyOptions> = { url: checkProxyUrl, fields: takes.fields, tls: tlsCheck };

const transportChecks: OptionCheck = takes.options<TransportOptions>(
  {
    tls: tlsCheck,
    tcp: takes.options(tcpChecks),
    agent(value, path) {
      if (typeof value !== "function") agentCheck(value, path);
    },
    path: takes.text,
    proxy(value, path) {
      if (typeof value === "string" || value instanceof URL) checkProxyUrl(value, path);
      else {
        takes.options(proxyChecks, { headers: "fields" })(value, path);
        checkProxyUrl((value as ProxyOptions).url, `${path}.url`);
      }
    },
    http2: takes.only("true, false, or a session of node:http2", (value) => {
      return typeof value === "boolean" || (isObject(value) && "request" in value);
    }),
  },
  {
    socketpath: "path",
    session: "http2",
    ...Object.fromEntries(
      ["ca", "cert", "key", "pfx", "servername", "rejectunauthorized"].map((name) => [name, "tls"]),
    ),
    ...Object.fromEntries(Object.keys(tcpChecks).map((name) => [name.toLowerCase(), "tcp"])),
  },
);

/** Checks the option `transportOptions`. */
export const checkTransportOptions: OptionCheck = (value, path) => {
  transportChecks(value, path);
  const { agent, ...others } = value as TransportOptions;
  if (agent === undefined) return;
  for (const name of ["path", "proxy", "http2"] as const) {
    if (others[name] === undefined || others[name] === false) continue;
    throw new UsageError(
      "option/range",
      `${path}.agent and ${path}.${name} both say how to reach the server: pass only one of them.`,
    );
  }
};

/**
 * Checks the option `tls` of `listen()`. A server without a certificate would fail the handshake of every client, so reject it
 * early.
 */
export const checkTls: OptionCheck = (value, path) => {
  tlsCheck(value, path);
  const { cert, key, pfx, SNICallback, secureContext } = value as TlsOptions;
  if (!((cert && key) || pfx || SNICallback || secureContext)) {
    throw new UsageError("option/type", `${path} takes a cert and its key, a pfx, or an SNICallback.`);
  }
  checkSecureContext(value as TlsOptions, path);
};

function checkProxyUrl(value: unknown, path: string): void {
  if (typeof value !== "string" && !(value instanceof URL)) takes.text(value, path);
  try {
    parseWebSocketUrl(String(value));
  } catch {
    throw new UsageError("option/range", `${path} must be an http or https URL.`);
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
