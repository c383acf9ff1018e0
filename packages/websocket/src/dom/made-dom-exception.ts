/** DOMException (Web IDL §2.8.1) for runtimes without one, such as Hermes. */

/** The legacy codes of the names that this package uses. */
const codes: Readonly<Record<string, number>> = {
  NotSupportedError: 9,
  InvalidStateError: 11,
  SyntaxError: 12,
  InvalidAccessError: 15,
  AbortError: 20,
  TimeoutError: 23,
};

/** A DOMException. The second argument is the name, which determines the code. */
export class MadeDomException extends Error {
  readonly code: number;

  constructor(message = "", name = "Error") {
    super(message);
    Object.defineProperty(this, "name", { value: name, configurable: true });
    this.code = Object.hasOwn(codes, name) ? (codes[name] ?? 0) : 0;
  }

  get [Symbol.toStringTag](): string {
    return "DOMException";
  }
}
