/** A DOMException (Web IDL §2.8.1) for runtimes that have none, such as Hermes. */

/** The codes of the names that have one, as far as this package uses them. */
const codes: Readonly<Record<string, number>> = {
  NotSupportedError: 9,
  InvalidStateError: 11,
  SyntaxError: 12,
  InvalidAccessError: 15,
  AbortError: 20,
  TimeoutError: 23,
};

/** Its name is the second argument, and decides its code. */
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
