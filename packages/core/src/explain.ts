/**
 * `@hybi/core/explain`: the sentence of each violation and usage error. In Node, Deno and Bun, and in development builds, it is
 * already the message of the error. Bundles for browsers and Workers leave them out of messages in production, which name the code instead.
 */
import type { UsageErrorCode } from "./checks/usage-error.ts";
import { usageErrorSentences } from "./sentences/usage-errors.ts";
import { violationSentences } from "./sentences/violations.ts";
import type { ViolationCode } from "./vocabulary/violation.ts";

/** Returns what the peer did wrong, in a sentence. For a code of another version, as from a log, the sentence says that. */
export function explainViolation(code: ViolationCode): string {
  return sentenceOf(violationSentences, code);
}

/** Returns what the caller did wrong, in a sentence that says what to do; for an unknown code, see `explainViolation`. */
export function explainUsageError(code: UsageErrorCode): string {
  return sentenceOf(usageErrorSentences, code);
}

function sentenceOf(sentences: Readonly<Record<string, string>>, code: string): string {
  const sentence = Object.hasOwn(sentences, code) ? sentences[code] : undefined;
  return sentence ?? `No rule of this version has the code ${JSON.stringify(code)}.`;
}
