/**
 * Estimates the memory of a parsed opening request while it waits for the application's answer. The objects of its elements
 * take more memory than their bytes.
 */
import type { OpeningRequest } from "./request.ts";

// Overhead in bytes, excluding the text itself, measured in V8 (packages/core/tests/properties/held-program.ts).
const requestCost = 512;
/** A pair, its two strings, and its slot in the list. */
const fieldCost = 144;
const offerCost = 176;
const parameterCost = 112;
const subprotocolCost = 40;

/** Returns the approximate memory used by `request`, in bytes. */
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
