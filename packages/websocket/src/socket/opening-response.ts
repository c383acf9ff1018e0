/** The response with which a server has opened a client's connection. It comes with the agreement, and costs other sockets nothing. */
import type { Agreement } from "@hybi/core";
import type { ClientAgreement, ResponseHead } from "@hybi/core/opening";

/** Returns the response that came with `agreement`; undefined without one, and for a server's. */
export function responseOf(agreement: Agreement | undefined): ResponseHead | undefined {
  return (agreement as Partial<ClientAgreement> | undefined)?.response;
}
