/** Errors in how the caller uses the API. Thrown before anything has changed, so that the call can be corrected and repeated. */
import { usageErrors as loadedSentences } from "../sentences/loaded.ts";
import type { usageErrorSentences } from "../sentences/usage-errors.ts";

/** Identifies what the caller did wrong. Each code has a heading in docs/reference/errors.md. */
export type UsageErrorCode = keyof typeof usageErrorSentences;

/** Thrown by commands and constructors, before anything has changed. */
export class UsageError extends Error {
  readonly code: UsageErrorCode;

  constructor(code: UsageErrorCode, detail?: string, options?: { readonly cause?: unknown }) {
    super(usageErrorMessage(code, detail, loadedSentences), options);
    this.name = "UsageError";
    this.code = code;
  }
}

/** Returns the message of a usage error. Without its sentence it says where that is. */
export function usageErrorMessage(
  code: UsageErrorCode,
  detail: string | undefined,
  sentences: Readonly<Partial<Record<string, string>>>,
): string {
  const known = Object.hasOwn(sentences, code) ? sentences[code] : undefined;
  const sentence = known ?? `Usage error: see explainUsageError("${code}") of @hybi/core/explain.`;
  return detail === undefined ? sentence : `${sentence} ${detail}`;
}

/** Describes the type of `value` without its content, which may be secret. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "a list";
  if (typeof value === "number") return String(value);
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
