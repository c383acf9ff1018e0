/** What an application has in its heap beside its connections. V8 collects less often when it is large. */

const mebibytes = 64;

/** Keeps 64 MiB of the engine's heap for as long as the process runs. */
export function holdBallast(): void {
  const numbers = 131_072;
  const held = Array.from({ length: mebibytes }, () => Array.from({ length: numbers }, (_, index) => index + 0.5));
  Object.assign(globalThis, { ballast: held });
}
