/** Frees the objects that an error keeps alive beside its text. */

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
