/**
 * Determines where a client's transport leads, as far as that is known before it is opened: openings to one destination wait
 * for each other (RFC 6455 §4.1 step 2).
 */
import type { WebSocketUrl } from "@hybi/core/opening";
import type { Connect } from "./socket-options.ts";

/** Names and addresses of this machine (RFC 6761 §6.3, RFC 1122 §3.2.1.3, RFC 4291 §2.5.3). */
const thisMachine = /^(?:(?:.+\.)?localhost|127\.0\.0\.1|0\.0\.0\.0|::1?|::ffff:(?:7f00:1|127\.0\.0\.1))$/;

/**
 * Returns the host and port of `url`. All names of this machine count as one host, as openings wait "even if the remote host
 * is known by another name".
 */
export function hostDestination({ address, port }: WebSocketUrl): string {
  const host = address.replace(/\.$/, "");
  return `${thisMachine.test(host) ? "localhost" : host}:${port}`;
}

/** Returns where `connect` leads with the application's `options`. Never throws: `connect` itself reports invalid ones. */
export function destinationOf(connect: Connect | undefined, url: WebSocketUrl, options: unknown): string {
  try {
    return connect?.destination?.(url, options) ?? hostDestination(url);
  } catch {
    return hostDestination(url);
  }
}
