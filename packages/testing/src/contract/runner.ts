/** The test runner API that the suites need: the common subset of vitest, bun:test, @std/testing and jest. */

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
