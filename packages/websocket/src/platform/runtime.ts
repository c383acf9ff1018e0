/** Differences between the supported runtimes, found by feature detection. */

/**
 * Whether I/O is bound to the request that started it, as in Workers (workerd). There, a timer or promise of one
 * request does not continue in another, and everything a request has started may silently stop with it at any moment.
 * Module-level state must therefore never wait for it.
 */
export const hasRequestContexts: boolean = /* @__PURE__ */ isWorkers();

function isWorkers(): boolean {
  const { navigator } = globalThis as { navigator?: { userAgent?: unknown } };
  return "WebSocketPair" in globalThis || navigator?.userAgent === "Cloudflare-Workers";
}

/**
 * Whether `setImmediate` tasks delay I/O, as in Deno: its event loop is one Tokio task, which polls the system for I/O
 * only when it is idle or when its tasks have been polled 61 times (`event_interval`). With a timer it polls every
 * time.
 */
export const immediatesDelayIo: boolean = /* @__PURE__ */ Reflect.has(globalThis, "Deno");

const resolved = Promise.resolve();

/** The platform's `queueMicrotask`. Without one, an exception thrown by `task` surfaces as an unhandled rejection. */
export function queueMicrotask(task: () => void): void {
  const { queueMicrotask: platforms } = globalThis as { queueMicrotask?: unknown };
  if (typeof platforms === "function") platforms(task);
  else void resolved.then(task);
}

type AnyFunction = (...args: never[]) => unknown;

/** Platform functions that an application may pass in unbound. */
const functionNames = ["setTimeout", "clearTimeout", "queueMicrotask", "setImmediate", "reportError"];

/**
 * Returns `given`, bound to its object if it is one of the platform's own functions. Web IDL §3.7.7: such a function
 * throws ("Illegal invocation" in browsers and Workers) when called as a method of another object, and that is how a
 * function stored in a field or an options object is called.
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
