/** What differs between the runtimes that this package runs in, told apart by feature. */

/**
 * Whether I/O belongs to the request that it was begun in, as in Workers (workerd). There, a timer or a promise of one request
 * does not go on in another, and all that a request has begun may end with it at any moment, without a word: nothing that
 * the module keeps may wait for it.
 */
export const hasRequestContexts: boolean = isWorkers();

function isWorkers(): boolean {
  const { navigator } = globalThis as { navigator?: { userAgent?: unknown } };
  return "WebSocketPair" in globalThis || navigator?.userAgent === "Cloudflare-Workers";
}

/**
 * Whether tasks of `setImmediate` keep I/O waiting, as in Deno: its event loop is one task of Tokio's, which asks the system for
 * I/O when nothing is to do, or when its tasks have been polled 61 times (`event_interval`). A timer lets it ask each time.
 */
export const immediatesDelayIo: boolean = "Deno" in globalThis;

const resolved = Promise.resolve();

/** `queueMicrotask` of the platform; where it has none, what `task` throws is told as an unhandled rejection. */
export function queueMicrotask(task: () => void): void {
  const { queueMicrotask: platforms } = globalThis as { queueMicrotask?: unknown };
  if (typeof platforms === "function") platforms(task);
  else void resolved.then(task);
}

type AnyFunction = (...args: never[]) => unknown;

/** Functions of the platform that an application may hand in as they are. */
const functionNames = ["setTimeout", "clearTimeout", "queueMicrotask", "setImmediate", "reportError"];

/**
 * `given`, bound to the object that it belongs to when it is one of the platform's own functions. Web IDL §3.7.7: such a
 * function throws ("Illegal invocation" in browsers and Workers) when it is called as a method of another object, which is
 * how a function is called that is kept in a field or in an object of options.
 */
export function bound<Given extends AnyFunction>(given: Given): Given {
  const owner = ownerOf(given);
  return owner === undefined ? given : (given.bind(owner as never) as Given);
}

function ownerOf(given: unknown): object | undefined {
  const platform = globalThis as Record<string, unknown> & { performance?: { now?: unknown } };
  if (functionNames.some((name) => platform[name] === given)) return platform;
  return platform.performance?.now === given ? platform.performance : undefined;
}
