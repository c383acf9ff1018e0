/** Stacks of errors: what they cost, and the objects that an error keeps alive beside its text. */

/**
 * Creates an error whose stack is its message alone, for what a peer has done: the calls of the runtime that tell of it help
 * nobody, and to record and print them takes 5 µs for each connection that is lost.
 */
export function errorWithoutStack(message: string): Error {
  const limit: unknown = Reflect.get(Error, "stackTraceLimit");
  // V8 and JavaScriptCore have this property, unless the program has frozen it.
  if (typeof limit !== "number" || !Reflect.set(Error, "stackTraceLimit", 0)) return new Error(message);
  const error = new Error(message);
  Reflect.set(Error, "stackTraceLimit", limit);
  return error;
}

/**
 * Makes `error` keep nothing alive but its text, by reading its stack. Until then V8 retains the objects whose methods were
 * running when the error was created, among them a connection with everything it holds.
 */
export function detach(error: unknown): void {
  try {
    void (error as Error | undefined)?.stack;
  } catch {
    // An error of the application, with a `stack` of its own that throws.
  }
}
