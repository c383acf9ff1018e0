/** Determines the address of a client behind proxies that send X-Forwarded-For and X-Forwarded-Proto. */
import type { Fields, IncomingOpening } from "@hybi/node";

export interface ForwardedClient {
  readonly address: string | undefined;
  /** Whether it connected over TLS. */
  readonly secure: boolean;
}

/**
 * Trusts only proxies whose address `isTrusted`: each appends the address of its client, and everything before that may have
 * been made up by the client.
 */
export function forwardedClient(
  { request, info }: Pick<IncomingOpening, "request" | "info">,
  isTrusted: (address: string) => boolean,
): ForwardedClient {
  const claimed = valuesOf(request.fields, "x-forwarded-for");
  const [scheme] = valuesOf(request.fields, "x-forwarded-proto").slice(-1);
  let address = info.remoteAddress;
  let secure = info.secure === true;
  if (address !== undefined && isTrusted(address) && scheme !== undefined) secure = scheme === "https";
  while (address !== undefined && isTrusted(address) && claimed.length > 0) address = claimed.pop();
  return { address, secure };
}

/** Returns the elements of a list that may be spread over several fields (RFC 9110 §5.3). */
function valuesOf(fields: Fields, wanted: string): string[] {
  return fields
    .filter(([name]) => name.toLowerCase() === wanted)
    .flatMap(([, value]) => value.split(","))
    .map((element) => element.trim())
    .filter((element) => element !== "");
}
