/**
 * An engine with ECMAScript, timers and little else, such as React Native and small engines have: a realm of `node:vm`, which
 * has no globals but those of the language and what is given to it.
 */
import { createContext, Script } from "node:vm";
import type { Environment } from "../suites/describe-suites.ts";

/** What an application has or gives to a client, and `console`, in which errors are reported. */
const least = {
  ...{ setTimeout, clearTimeout, queueMicrotask },
  crypto: { getRandomValues: (target: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(target) },
  console: { log() {}, error() {}, warn() {} },
};

/** What tests and tools use besides: of Node. */
const ofNode = {
  ...{ Event, EventTarget, DOMException, AbortController, AbortSignal, Blob },
  ...{ TextDecoder, TextEncoder, URL, atob, btoa, performance, structuredClone },
};
export const lent: readonly string[] = Object.keys(ofNode);

interface Engine {
  readonly hybiSuites: Environment;
}

/** Starts an engine whose globals are those of the language, the least that an application has, and `polyfills`. */
export function startEngine(script: string, polyfills: object = {}): Environment {
  const engine = createContext({ ...least, ...polyfills, hybiLent }) as unknown as Engine;

  const Bytes: typeof Uint8Array = new Script("Uint8Array").runInContext(engine as never);

  function hybiLent(isForTests: boolean): Record<string, unknown> {
    if (!isForTests) return ofNode;
    // Bytes are of the engine, like those with which tests compare them.
    class TextEncoder extends globalThis.TextEncoder {
      override encode(text: string): Uint8Array<ArrayBuffer> {
        return Bytes.from(super.encode(text));
      }
    }
    return { ...ofNode, TextEncoder };
  }

  new Script(script, { filename: "suites.js" }).runInContext(engine as never);
  const { hybiSuites } = engine;
  return { run: (file, settings) => hybiSuites.run(file, settings), end() {} };
}
