/** What a parsed opening request takes of memory, while it waits for its answer: an object for each element weighs more than its bytes. */
import type { OpeningRequest } from "./request.ts";

// Bytes of memory beside those of the text, measured in V8 (packages/core/tests/properties/held-program.ts).
const requestCost = 512;
/** A pair, its two strings, and its place in the list. */
const fieldCost = 144;
const offerCost = 176;
const parameterCost = 112;
const subprotocolCost = 40;

/** Bytes of memory that `request` takes, about. */
export function openingRequestLength({ fields, extensionOffers, subprotocols }: OpeningRequest): number {
  let length = requestCost + fieldCost * fields.length;
  for (const [name, value] of fields) length += name.length + value.length;
  for (const { name, parameters } of extensionOffers) {
    length += offerCost + name.length + parameterCost * parameters.length;
    for (const [parameter, value] of parameters) length += parameter.length + (value?.length ?? 0);
  }
  for (const subprotocol of subprotocols) length += subprotocolCost + subprotocol.length;
  return length;
}
