/** The errors of the web platform, as the interfaces of WHATWG throw them, from the usage errors of core. */
import { UsageError } from "@hybi/core";
import { MadeDomException } from "./made-dom-exception.ts";

/** The platform's; where it has none, the one that is made here. */
export const DOMException: typeof globalThis.DOMException =
  typeof globalThis.DOMException === "function" ? globalThis.DOMException : (MadeDomException as never);
export type DOMException = globalThis.DOMException;

/** Why `signal` was aborted. The first runtimes and polyfills to have signals gave no reason. */
export function abortReason(signal: AbortSignal | undefined): unknown {
  return signal?.reason ?? new DOMException("It was aborted.", "AbortError");
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

/** Runs `action`; a URL or a subprotocol that core refuses is a SyntaxError (WHATWG WebSockets §3.1). */
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
