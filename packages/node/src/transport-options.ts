/** What a client of this package may be told about its transport, in `options.transport`. */
import type { ClientHttp2Session } from "node:http2";
import type { ConnectionOptions, TlsOptions } from "node:tls";
import { type Fields, type OptionCheck, type OptionChecks, parseWebSocketUrl, takes, UsageError } from "@hybi/core";
import type { ClientSocketOptions } from "@hybi/websocket";

/** How to reach a server. Everything may be left out. */
export interface TransportOptions {
  /** For wss: certificates and the like. */
  readonly tls?: ConnectionOptions | undefined;
  /** A Unix socket or named pipe to go to, whatever the host of the URL is. */
  readonly path?: string | undefined;
  /** A proxy that forms a tunnel to the server (RFC 9110 §9.3.6). */
  readonly proxy?: string | URL | ProxyOptions | undefined;
  /**
   * HTTP/2 in place of HTTP/1.1 (RFC 8441): `true` for a session of its own, or a session whose server speaks for the host
   * of the URL. A redirect to another origin takes a session of its own.
   */
  readonly http2?: boolean | ClientHttp2Session | undefined;
}

/** A proxy, and what to say to it. */
export interface ProxyOptions {
  /** Its http or https URL. A user and a password in it become Proxy-Authorization. */
  readonly url: string | URL;
  /** Fields of the CONNECT request. */
  readonly fields?: Fields | undefined;
  /** For an https proxy. */
  readonly tls?: ConnectionOptions | undefined;
}

/** Options of a client over the transports of Node. */
export interface ClientOptions extends ClientSocketOptions<TransportOptions> {}

/** Node checks what is in them. */
const tlsCheck: OptionCheck = takes.only("an object of options of node:tls", isObject);

const proxyChecks: OptionChecks<ProxyOptions> = { url: checkProxyUrl, fields: takes.fields, tls: tlsCheck };

/** The option `transport` of a client. */
export const transportCheck: OptionCheck = takes.options<TransportOptions>(
  {
    tls: tlsCheck,
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
    agent: "proxy",
    socketpath: "path",
    session: "http2",
    ...Object.fromEntries(
      ["ca", "cert", "key", "pfx", "servername", "rejectunauthorized"].map((name) => [name, "tls"]),
    ),
  },
);

/** The option `tls` of a server. Without a certificate, every client would be told of a handshake that has failed. */
export const serverTlsCheck: OptionCheck = (value, path) => {
  tlsCheck(value, path);
  const { cert, key, pfx, SNICallback, secureContext } = value as TlsOptions;
  if ((cert && key) || pfx || SNICallback || secureContext) return;
  throw new UsageError("option/type", `${path} takes a cert and its key, a pfx, or an SNICallback.`);
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
