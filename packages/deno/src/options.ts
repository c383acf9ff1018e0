/** The options of this package: `transportOptions` of clients, and `tls` of `listen()`. */
import { UsageError } from "@hybi/core";
import { type OptionCheck, type OptionChecks, takes } from "@hybi/core/options";

/** The transport options of this package's clients, `options.transportOptions`. */
export interface TransportOptions {
  /** TLS options for wss. */
  readonly tls?: TlsClientOptions | undefined;
  /** Path of a Unix socket to connect to, regardless of the URL's host; for ws only. */
  readonly path?: string | undefined;
}

/** The options of `Deno.connectTls` that an application may set. */
export interface TlsClientOptions {
  /** CA certificates to trust in addition to those that Deno trusts, in PEM. */
  readonly caCerts?: readonly string[] | undefined;
  /** Client certificate, in PEM. */
  readonly cert?: string | undefined;
  /** Private key of the client certificate, in PEM. */
  readonly key?: string | undefined;
}

/** The option `tls` of `listen()`: certificate and private key, both in PEM. */
export interface TlsServerOptions {
  readonly cert: string;
  readonly key: string;
}

// Checks

const tlsClientChecks: OptionChecks<TlsClientOptions> = { caCerts: takes.texts, cert: takes.text, key: takes.text };

/** Checks the option `transportOptions`. */
export const checkTransportOptions: OptionCheck = takes.options<TransportOptions>(
  {
    tls(value, path) {
      takes.options(tlsClientChecks, { ca: "caCerts", cacert: "caCerts" })(value, path);
      checkPair(value as TlsClientOptions, path);
    },
    path: takes.text,
  },
  Object.fromEntries(["ca", "cacerts", "cert", "key"].map((name) => [name, "tls"])),
);

/** Deno ignores one of the two without the other. */
function checkPair({ cert, key }: TlsClientOptions, path: string): void {
  if ((cert === undefined) !== (key === undefined)) {
    throw new UsageError("option/range", `${path} requires cert and key together.`);
  }
}

const tlsServerChecks = takes.options({ cert: takes.text, key: takes.text });

/** Checks the option `tls` of `listen()`. */
export const checkTls: OptionCheck = (value, path) => {
  tlsServerChecks(value, path);
  const { cert, key } = value as Partial<TlsServerOptions>;
  if (cert === undefined || key === undefined) throw new UsageError("option/type", `${path} takes a cert and its key.`);
};
