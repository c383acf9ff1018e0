/** Where the errors of the application's own code go: to the application, and never into a socket's event. */

/** Hands errors to `onError`; without one they are uncaught, as if nobody had been in between. */
export function raiseTo(onError: ((error: unknown) => void) | undefined): (error: unknown) => void {
  return (
    onError ??
    ((error) => {
      queueMicrotask(() => {
        throw error;
      });
    })
  );
}
