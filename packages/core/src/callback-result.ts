/**
 * What functions of the application's return: the compiler has checked it, and nobody else. What a length or a text is taken for
 * goes into memory that other connections share; and a promise that rejects, at which nobody looks, ends a process.
 */
import { UsageError } from "./usage-error.ts";

/** The error for what `name` has returned. */
export function wrongResult(name: string, result: unknown): UsageError {
  quiet(result);
  const kind = result === null ? "null" : Array.isArray(result) ? "a list" : typeof result;
  return new UsageError("callback/result", `${name} returned ${isThenable(result) ? "a promise" : kind}.`);
}

/** For functions that return nothing: whatever they return that is no object is of no interest. */
export function noObject(name: string, result: unknown): void {
  if (typeof result === "object" && result !== null) throw wrongResult(name, result);
}

export function textOf(name: string, result: string): string {
  if (typeof result !== "string") throw wrongResult(name, result);
  return result;
}

export function booleanOf(name: string, result: boolean): boolean {
  if (typeof result !== "boolean") throw wrongResult(name, result);
  return result;
}

/** An integer from 0 to `most`. */
export function countOf(name: string, result: number, most: number): number {
  if (!Number.isInteger(result) || result < 0 || result > most) throw wrongResult(name, result);
  return result;
}

/** Looks at a promise that nobody waits for. */
export function quiet(result: unknown): void {
  if (isThenable(result)) result.then(undefined, () => {});
}

/** Whether `value` is a promise, or passes for one. */
export function isThenable(value: unknown): value is { then(resolved: undefined, rejected: () => void): unknown } {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}
