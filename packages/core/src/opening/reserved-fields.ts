/** Fields reserved for the opening handshake itself. The application must not set them, to avoid repetition or conflicts. */
import { toAsciiLowerCase } from "../bytes/ascii.ts";
import { UsageError } from "../checks/usage-error.ts";
import type { Fields } from "../http/fields.ts";
import { assertSendable } from "../http/head-encoder.ts";

/** Framing and hop-by-hop fields (RFC 9110 §7.6.1, RFC 9112 §6), and Host, which is derived from the URI. */
const reserved: ReadonlySet<string> = new Set([
  "host",
  "connection",
  "upgrade",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "content-length",
]);

/**
 * Checks fields of the application. `allowed` is a reserved one that it may set here, in lower case.
 *
 * @throws UsageError `http/…` for an invalid field, `opening/field-reserved` for one that the application must not set
 */
export function assertApplicationFields(fields: Fields, allowed?: string): void {
  assertSendable(fields);
  for (const [name] of fields) {
    const lower = toAsciiLowerCase(name);
    if (lower !== allowed && (reserved.has(lower) || lower.startsWith("sec-websocket-"))) {
      throw new UsageError("opening/field-reserved", `The field was ${name}.`);
    }
  }
}
