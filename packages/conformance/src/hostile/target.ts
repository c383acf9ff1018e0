/** Reads the target of an attack from a URL, and checks that it is the local machine. */
import { isIP } from "node:net";
import type { AttackTarget } from "./attacker.ts";

/**
 * Returns the target that `url` names.
 *
 * @throws RangeError when `url` is not the URL of a WebSocket server
 */
export function readTarget(url: string): AttackTarget {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw new RangeError(`${JSON.stringify(url)} is not a URL.`);
  }
  const { protocol, hostname, port, host, pathname, search } = parsed;
  if (protocol !== "ws:" && protocol !== "wss:") throw new RangeError("A URL begins with ws: or wss:.");
  const secure = protocol === "wss:";
  return {
    host: hostname.replace(/^\[|\]$/g, ""),
    port: port === "" ? (secure ? 443 : 80) : Number(port),
    secure,
    authority: host,
    resource: `${pathname}${search}`,
  };
}

/** Whether a target can be reached from this machine only. */
export function isLoopback({ host }: AttackTarget): boolean {
  if (isIP(host) === 4) return host.startsWith("127.");
  return host === "::1" || host === "localhost";
}
