/** What an error keeps alive, other than what it says. */

/**
 * Lets `error` keep nothing alive but its text. V8 keeps the objects whose methods were running when an error was made, among
 * them a connection with all that it holds, until somebody reads its stack.
 */
export function detach(error: unknown): void {
  try {
    void (error as Error | undefined)?.stack;
  } catch {
    // It is the application's, and has a stack of its own making.
  }
}
