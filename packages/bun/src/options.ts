/** The options of this package: `transportOptions` of clients, and `tls` of `listen()`. */
import { UsageError } from "@hybi/core";
import { type OptionCheck, type OptionChecks, takes } from "@hybi/core/options";

/** The transport options of this package's clients, `options.transportOptions`. */
export interface TransportOptions {
  /** TLS options for wss. */
  readonly tls?: TlsClientOptions | undefined;
  /** Path of a Unix socket to connect to, regardless of the URL's host. */
  readonly path?: string | undefined;
}

/** The options of `Bun.connect`'s `tls` that an application may set. */
export interface TlsClientOptions {
  /** CA certificates to trust in place of those that Bun trusts, in PEM. */
  readonly ca?: string | string[] | undefined;
  /** Client certificate, in PEM. */
  readonly cert?: string | undefined;
  /** Private key of the client certificate, in PEM. */
  readonly key?: string | undefined;
  /** The name that the server's certificate must be valid for; the host of the URL by default. */
  readonly serverName?: string | undefined;
  /** False accepts any certificate; for tests only. */
  readonly rejectUnauthorized?: boolean | undefined;
}

/** The option `tls` of `listen()`: certificate and private key, both in PEM. */
export interface TlsServerOptions {
  readonly cert: string;
  readonly key: string;
}

// Checks

const tlsClientChecks: OptionChecks<TlsClientOptions> = {
  ca: takes.only("a string, or a list of strings", (value) => [value].flat().every((one) => typeof one === "string")),
  cert: takes.text,
  key: takes.text,
  serverName: takes.text,
  rejectUnauthorized: takes.boolean,
};

/** Checks the option `transportOptions`. */
export const checkTransportOptions: OptionCheck = takes.options<TransportOptions>(
  { tls: takes.options(tlsClientChecks, { cacerts: "ca" }), path: takes.text },
  Object.fromEntries(["ca", "cacerts", "cert", "key", "servername", "rejectunauthorized"].map((name) => [name, "tls"])),
);

const tlsServerChecks = takes.options({ cert: takes.text, key: takes.text });

/** Checks the option `tls` of `listen()`. */
export const checkTls: OptionCheck = (value, path) => {
  tlsServerChecks(value, path);
  const { cert, key } = value as Partial<TlsServerOptions>;
  if (cert === undefined || key === undefined) throw new UsageError("option/type", `${path} takes a cert and its key.`);
};
