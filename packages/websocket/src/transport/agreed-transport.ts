/** A transport that comes with the result of its opening handshake, because that was performed by other means. */
import type { Agreement } from "@hybi/core";
import { checkOptions, type OptionChecks, takes } from "@hybi/core/options";
import { transportCheck } from "./checks.ts";
import type { Transport } from "./transport.ts";

/**
 * A transport whose opening handshake was performed by other means: as an Extended CONNECT (RFC 8441, RFC 9220), by somebody
 * else's HTTP, or none at all.
 */
export interface AgreedTransport {
  readonly transport: Transport;
  readonly agreement: Agreement;
  /** Bytes read behind the handshake, if it was performed over this transport. They are the first of the connection, and are copied. */
  readonly rest?: Uint8Array | undefined;
}

const agreementCheck = takes.only(
  "an agreement, as the checks of @hybi/core/opening return it",
  (value) => typeof value === "object" && value !== null && "role" in value && "extensions" in value,
);

/**
 * Returns the bytes behind a handshake as bytes of this connection alone: they are unmasked in place, and applications can reach the
 * whole buffer under them, which often has the head of the request in front of them. What is no array of bytes is for core to refuse.
 */
export function ownRest(rest: Uint8Array | undefined): Uint8Array | undefined {
  return rest instanceof Uint8Array ? new Uint8Array(rest) : rest;
}

/** The names of its members; what they must be, core and the two checks below say. */
const members: OptionChecks<AgreedTransport> = {
  transport: takes.anything,
  agreement: takes.anything,
  rest: takes.anything,
};

/** Checks an agreed transport where it is passed in. @throws UsageError `option/type`, and `option/unknown` for other members */
export function checkAgreedTransport(value: AgreedTransport, name: string): void {
  const { transport, agreement } = Object(value) as AgreedTransport;
  transportCheck(transport, `${name}.transport`);
  agreementCheck(agreement, `${name}.agreement`);
  checkOptions(name.replace(/^What /, "what "), value, members, { head: "rest" });
}
