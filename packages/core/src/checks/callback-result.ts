/**
 * Runtime checks of what the application's functions return, which otherwise only the compiler has checked. A wrong
 * length or text would go into memory that other connections share, and an unhandled promise rejection ends a process.
 */
import { UsageError } from "./usage-error.ts";

/** Creates the error for what `name` returned. */
export function wrongResult(name: string, result: unknown): UsageError {
  quiet(result);
  const kind = result === null ? "null" : Array.isArray(result) ? "a list" : typeof result;
  return new UsageError("callback/result", `${name} returned ${isThenable(result) ? "a promise" : kind}.`);
}

/** Check for functions that should return nothing: rejects objects, ignores any other value. */
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

/** Check for an integer from 0 to `most`. */
export function countOf(name: string, result: number, most: number): number {
  if (!Number.isInteger(result) || result < 0 || result > most) throw wrongResult(name, result);
  return result;
}

/** Marks a promise that nobody waits for as handled. */
export function quiet(result: unknown): void {
  if (isThenable(result)) result.then(undefined, () => {});
}

/** Whether `value` is a promise or a thenable. */
export function isThenable(value: unknown): value is { then(resolved: undefined, rejected: () => void): unknown } {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}
