/**
 * `Symbol.asyncDispose`, by which `await using` closes what it has declared. Bare engines and older browsers lack the symbol, and
 * programs may be compiled without its types; there the method does not exist.
 */

/**
 * Has the method `Symbol.asyncDispose`, where there is such a symbol, and the types of the program know it: it closes, and resolves
 * when that is done.
 */
export type AsyncDisposal = {
  readonly [Key in SymbolConstructor extends { readonly asyncDispose: infer Known extends symbol }
    ? Known
    : never]: () => Promise<void>;
};

/** Returns the symbol; undefined where there is none. */
export function asyncDisposeSymbol(): symbol | undefined {
  return (Symbol as { readonly asyncDispose?: symbol }).asyncDispose;
}

/** Gives the instances of `Class` the method, which calls `close`. Does nothing where there is no such symbol. */
export function defineAsyncDisposal<Instance>(
  Class: { readonly prototype: Instance },
  close: (instance: Instance) => Promise<void>,
): void {
  const key = asyncDisposeSymbol();
  if (key === undefined) return;
  Object.defineProperty(Class.prototype, key, {
    value(this: Instance) {
      return close(this);
    },
    writable: true,
    configurable: true,
  });
}
