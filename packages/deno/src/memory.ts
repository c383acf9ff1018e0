/** How much memory there is: the default of a server's `memoryBudget`. */

/** Of Deno's, whose types do not have it. */
declare const process: {
  getBuiltinModule?(name: string): { getHeapStatistics(): { readonly heap_size_limit: number } } | undefined;
};

/**
 * Bytes of memory that a server's connections may hold where nobody says otherwise: an eighth of the longest heap. That of the
 * machine is told only with a permission, and V8 has gone by it. Undefined where Deno does not say.
 */
export function defaultMemoryBudget(): number | undefined {
  const v8 = process.getBuiltinModule?.("node:v8");
  return v8 && Math.floor(v8.getHeapStatistics().heap_size_limit / 8);
}
