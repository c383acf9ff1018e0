/**
 * Negotiation of extensions (RFC 6455 §9.1, RFC 7692 §5.1, §7.1). Each extension negotiates its own parameters; this module
 * has the common rules: which extensions were offered, in which order, no repetition, and no RSV bit used twice.
 */
import { textOf, wrongResult } from "../checks/callback-result.ts";
import { type AgreedExtension, noExtensions } from "../vocabulary/agreement.ts";
import type { Extension, ExtensionParameters } from "../vocabulary/extension.ts";
import type { Fault, ResponseViolationCode } from "../vocabulary/violation.ts";
import type { ExtensionOffer } from "./extension-header.ts";

/** Client: returns the offers. Several offers of one extension are alternatives, in order of preference (RFC 7692 §5.1). */
export function offerExtensions(extensions: readonly Extension[]): ExtensionOffer[] {
  const offers: ExtensionOffer[] = [];
  for (const extension of extensions) {
    const own = extension.offers();
    if (!Array.isArray(own) || !own.every(isParameters)) throw wrongResult("offers", own);
    for (const parameters of own) offers.push({ name: extension.name, parameters });
  }
  return offers;
}

/** Client: checks the extensions in the server's response against those offered. Returns undefined when all are acceptable. */
export function checkExtensionAnswers(
  answers: readonly ExtensionOffer[],
  extensions: readonly Extension[],
): Fault<ResponseViolationCode> | undefined {
  let rsv = 0;
  for (const [index, answer] of answers.entries()) {
    const { name } = answer;
    const extension = extensions.find((candidate) => candidate.name === name);
    // RFC 6455 §4.1: an extension that the client did not request.
    if (extension === undefined) return { code: "opening/extension-not-offered", detail: `The extension is ${name}.` };
    if (answers.findIndex((other) => other.name === name) < index) {
      return { code: "opening/extension-repeated", detail: `The extension is ${name}.` };
    }
    if ((extension.rsv & rsv) !== 0)
      return { code: "opening/extension-rsv-conflict", detail: `One of them is ${name}.` };
    rsv |= extension.rsv;
    const reason = extension.checkAnswer(answer.parameters);
    if (reason === undefined) continue;
    return { code: "opening/extension-unacceptable", detail: `${name}: ${textOf("checkAnswer", reason)}` };
  }
  return undefined;
}

/**
 * Server: selects the extensions to use. Offers are considered in the client's order, which is its preference (RFC 6455
 * §9.1). For each extension the first acceptable offer wins, unless an extension selected before uses one of its RSV bits.
 */
export function selectExtensions(
  offers: readonly ExtensionOffer[],
  extensions: readonly Extension[],
): readonly AgreedExtension[] {
  if (offers.length === 0 || extensions.length === 0) return noExtensions;
  const agreed: AgreedExtension[] = [];
  let rsv = 0;
  for (const { name, parameters: offer } of offers) {
    const extension = extensions.find((candidate) => candidate.name === name);
    const isTaken = agreed.some((other) => other.name === name);
    if (extension === undefined || isTaken || (extension.rsv & rsv) !== 0) continue;
    // RFC 7692 §7.1: decline an offer that cannot be used, and consider the next one.
    const parameters = extension.answer(offer);
    if (parameters === undefined) continue;
    if (!isParameters(parameters)) throw wrongResult("answer", parameters);
    agreed.push({ name, parameters });
    rsv |= extension.rsv;
  }
  return agreed;
}

function isParameters(value: unknown): value is ExtensionParameters {
  return Array.isArray(value) && value.every(isParameter);
}

function isParameter(value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  const [name, text] = value as readonly unknown[];
  return typeof name === "string" && (text === undefined || typeof text === "string");
}
