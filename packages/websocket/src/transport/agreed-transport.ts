/** A transport that comes with the result of its opening handshake, because that was performed by other means. */
import type { Agreement } from "@hybi/core";
import { takes } from "@hybi/core/options";
import { transportCheck } from "./checks.ts";
import type { Transport } from "./transport.ts";

/**
 * A transport whose opening handshake was performed by other means: as an Extended CONNECT (RFC 8441, RFC 9220), by somebody
 * else's HTTP, or none at all.
 */
export interface AgreedTransport {
  readonly transport: Transport;
  readonly agreement: Agreement;
  /** Bytes read behind the handshake, if it was performed over this transport. They are the first of the connection. */
  readonly rest?: Uint8Array | undefined;
}

const agreementCheck = takes.only(
  "an agreement, as the checks of @hybi/core/opening return it",
  (value) => typeof value === "object" && value !== null && "role" in value && "extensions" in value,
);

/** Checks an agreed transport where it is passed in. @throws UsageError `option/type` */
export function checkAgreedTransport(value: AgreedTransport, name: string): void {
  const { transport, agreement } = Object(value) as AgreedTransport;
  transportCheck(transport, `${name}.transport`);
  agreementCheck(agreement, `${name}.agreement`);
}
