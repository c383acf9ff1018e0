/** DOMExceptions as the WHATWG interfaces throw them, and the conversion of core's usage errors to them. */
import { UsageError } from "@hybi/core";
import { MadeDomException } from "./made-dom-exception.ts";

/** The platform's class; where it has none, our own. */
export const DOMException: typeof globalThis.DOMException =
  typeof globalThis.DOMException === "function" ? globalThis.DOMException : (MadeDomException as never);
export type DOMException = globalThis.DOMException;

/** Returns why `signal` was aborted. The first runtimes and polyfills with signals gave no reason. */
export function abortReason(signal: AbortSignal | undefined): unknown {
  return signal?.reason ?? new DOMException("The operation was aborted.", "AbortError");
}

export function notSupported(message: string): DOMException {
  return new DOMException(message, "NotSupportedError");
}

export function syntaxError(message: string): DOMException {
  return new DOMException(message, "SyntaxError");
}

export function invalidAccess(message: string): DOMException {
  return new DOMException(message, "InvalidAccessError");
}

export function invalidState(message: string): DOMException {
  return new DOMException(message, "InvalidStateError");
}

/** Runs `action`; throws a SyntaxError for a URL or subprotocol that core rejects (WHATWG WebSockets §3.1). */
export function withSyntaxErrors<Result>(action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    if (error instanceof UsageError && syntaxErrorCodes.has(error.code)) throw syntaxError(error.message);
    throw error;
  }
}

const syntaxErrorCodes: ReadonlySet<string> = new Set([
  "opening/url",
  "opening/subprotocol",
  "opening/subprotocol-repeated",
]);
