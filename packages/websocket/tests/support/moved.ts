/** Measures the cost of queues by counting, not timing: the lengths of arrays when methods move their elements. */

const names = ["shift", "unshift", "splice", "slice", "indexOf", "includes", "filter", "concat"] as const;

/** Returns the sum of the lengths of all arrays on which such a method was called while `action` ran. */
export async function elementsMoved(action: () => Promise<unknown>): Promise<number> {
  const originals = names.map((name) => Array.prototype[name] as (...args: unknown[]) => unknown);
  let moved = 0;
  for (const [index, name] of names.entries()) {
    const original = originals[index] as (...args: unknown[]) => unknown;
    Reflect.set(Array.prototype, name, function (this: unknown[], ...args: unknown[]): unknown {
      moved += this.length;
      return Reflect.apply(original, this, args);
    });
  }
  try {
    await action();
  } finally {
    for (const [index, name] of names.entries()) Reflect.set(Array.prototype, name, originals[index]);
  }
  return moved;
}
