/** Keys and certificates that cannot be used: what OpenSSL says of them names no option. */
import {
  type ConnectionOptions,
  connect,
  createSecureContext,
  type SecureContextOptions,
  type TLSSocket,
} from "node:tls";
import { UsageError } from "@hybi/core";

/**
 * Checks that Node can use the keys and certificates among `options`, which are at `path`. The option that has an error by itself is
 * the one that is named; a key that does not belong to its certificate has none.
 *
 * @throws UsageError `option/range`
 */
export function checkSecureContext(options: SecureContextOptions, path: string): void {
  const error = errorOf(options);
  if (error === undefined) return;
  const { passphrase } = options;
  const names = ["key", "cert", "pfx", "ca", "crl", "ciphers"] as const;
  const name = names.find((name) => errorOf({ passphrase, [name]: options[name] }) !== undefined);
  const where = name === undefined ? path : `${path}.${name}`;
  throw new UsageError("option/range", `${where} cannot be used: ${error.message}`, { cause: error });
}

function errorOf(options: SecureContextOptions): Error | undefined {
  try {
    createSecureContext(options);
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

/** Opens a socket over TLS. @throws UsageError as `checkSecureContext` */
export function openSecure(options: ConnectionOptions, path: string): TLSSocket {
  try {
    return connect(options);
  } catch (error) {
    checkSecureContext(options, path);
    throw error;
  }
}
