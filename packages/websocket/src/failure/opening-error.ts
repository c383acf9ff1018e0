/** The error of an opening that failed: an adapter's `connect` rejects with it, and a function that opens transports may too. */
import { errorOf, type Failure, failureText } from "./failure.ts";

/**
 * Reports that a connection could not be opened, and why. `cause` is the error of the transport or the application, if any. With `url`,
 * the message begins with it; a user, a password and the query, which may have a token, are left out.
 */
export class OpeningError extends Error {
  declare readonly failure: Failure;

  constructor(failure: Failure, url?: string) {
    const error = errorOf(failure);
    const text = failureText(failure);
    super(url === undefined ? text : `${publicPart(url)}: ${text}`, error === undefined ? undefined : { cause: error });
    this.name = "OpeningError";
    // An error is printed as the cause already: Node would print it a second time.
    Object.defineProperty(this, "failure", { value: failure, enumerable: error === undefined });
  }
}

function publicPart(url: string): string {
  return url.replace(/[?#].*/, "").replace(/\/\/[^/]*@/, "//");
}
