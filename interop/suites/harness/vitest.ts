/** Stands for "vitest" in the bundled suites: its runner and its matchers, and as much of `vi` as the suites use. */
import {
  ASYMMETRIC_MATCHERS_OBJECT,
  ChaiStyleAssertions,
  chai,
  customMatchers,
  type ExpectStatic,
  GLOBAL_EXPECT,
  getState,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
  setState,
} from "@vitest/expect";
import { fn, restoreAllMocks, spyOn } from "@vitest/spy";
import type { Loaded } from "./load.ts";

export { afterAll, afterEach, beforeAll, beforeEach, describe, it, onTestFinished, test } from "@vitest/runner";

const globals = globalThis as unknown as Record<PropertyKey, unknown> & { hybiSuites: Loaded };

chai.use(JestExtend);
chai.use(JestChaiExpect);
chai.use(ChaiStyleAssertions);
chai.use(JestAsymmetricMatchers);

export const expect = makeExpect();
globals[GLOBAL_EXPECT] = expect;

function makeExpect(): ExpectStatic {
  const made = ((value: unknown, message?: string) => chai.expect(value, message)) as ExpectStatic;
  Object.assign(made, chai.expect, globals[ASYMMETRIC_MATCHERS_OBJECT]);
  made.getState = () => getState(made);
  made.setState = (state) => setState(state, made);
  made.extend = (matchers) =>
    (chai.expect as unknown as ExpectStatic & { extend: (to: unknown, matchers: unknown) => void }).extend(
      made,
      matchers,
    );
  made.unreachable = (message) => chai.assert.fail(`expected${message ? ` "${message}" ` : " "}not to be reached`);
  setState({ assertionCalls: 0, isExpectingAssertions: false, expectedAssertionsNumber: null }, made);
  made.extend(customMatchers);
  return made;
}

const stubbed = new Map<string, PropertyDescriptor | undefined>();

export const vi = {
  ...{ fn, restoreAllMocks, spyOn },
  resetModules: (): void => globals.hybiSuites.reset(),
  stubGlobal(name: string, value: unknown): void {
    if (!stubbed.has(name)) stubbed.set(name, Object.getOwnPropertyDescriptor(globalThis, name));
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: true });
  },
  unstubAllGlobals(): void {
    for (const [name, descriptor] of stubbed) {
      if (descriptor === undefined) Reflect.deleteProperty(globalThis, name);
      else Object.defineProperty(globalThis, name, descriptor);
    }
    stubbed.clear();
  },
};
