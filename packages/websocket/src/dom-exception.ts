/** The errors of the web platform, as the interfaces of WHATWG throw them, from the usage errors of core. */
import { UsageError } from "@hybi/core";

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
