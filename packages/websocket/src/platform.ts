/** What differs between the runtimes that this package runs in, told apart by feature. */

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
