/** What the suites need of a test runner: the least that vitest, bun:test, @std/testing and jest have in common. */

interface Expectation {
  toBe(expected: unknown): void;
  toEqual(expected: unknown): void;
}

export type Expect = (value: unknown) => Expectation;

export interface Runner {
  describe(title: string, body: () => void): unknown;
  it(title: string, body: () => Promise<void>): unknown;
  readonly expect: Expect;
}
