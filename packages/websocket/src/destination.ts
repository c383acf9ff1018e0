/**
 * Where a client's transport leads, as far as can be told before it is opened: openings to one destination wait for each
 * other (RFC 6455 §4.1 step 2).
 */
import type { WebSocketUrl } from "@hybi/core";
import type { Connect } from "./socket-options.ts";

/** Names that mean this machine, and the addresses at which it is reached (RFC 6761 §6.3, RFC 1122 §3.2.1.3, RFC 4291 §2.5.3). */
const thisMachine = /^(?:(?:.+\.)?localhost|127\.0\.0\.1|0\.0\.0\.0|::1?|::ffff:(?:7f00:1|127\.0\.0\.1))$/;

/** The host and the port of `url`, "even if the remote host is known by another name", if that is one for this machine. */
export function hostDestination({ address, port }: WebSocketUrl): string {
  const host = address.replace(/\.$/, "");
  return `${thisMachine.test(host) ? "localhost" : host}:${port}`;
}

/** Where `connect` leads with `options`, which are the application's. Never throws: `connect` tells what is wrong with them. */
export function destinationOf(connect: Connect | undefined, url: WebSocketUrl, options: unknown): string {
  try {
    return connect?.destination?.(url, options) ?? hostDestination(url);
  } catch {
    return hostDestination(url);
  }
}
