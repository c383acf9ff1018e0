/**
 * QuickJS, compiled to WebAssembly: an engine of another family than those of browsers and runtimes, and of the kind that small
 * devices embed. It interprets, has ECMAScript 2023 and nothing of the web platform; timers and random bytes come from here, as
 * from the application that embeds it.
 */
import { setTimeout as wait } from "node:timers/promises";
import variant from "@jitl/quickjs-ng-wasmfile-release-sync";
import { newQuickJSWASMModuleFromVariant, type QuickJSHandle } from "quickjs-emscripten-core";
import type { Environment } from "../suites/describe-suites.ts";

/** Globals that tools and tests get, and the code under test does not. */
export const lentToQuickJs: readonly string[] = [
  ...["AbortController", "Event", "EventTarget", "TextDecoder", "TextEncoder", "atob", "btoa", "performance"],
];

/** What an application gives to a client, and what tests and tools use besides. Runs in the engine. */
const prelude = `"use strict";
{
  const timers = new Map();
  let last = 0;
  const { hybiNow: now, hybiDecode, hybiRandom } = globalThis;
  globalThis.setTimeout = (callback, delay = 0, ...args) => {
    timers.set(++last, { at: now() + Math.max(delay, 1), callback, args });
    return last;
  };
  globalThis.clearTimeout = (id) => void timers.delete(id);
  globalThis.crypto = {
    getRandomValues(target) {
      for (let at = 0; at < target.length; at++) target[at] = hybiRandom();
      return target;
    },
  };
  globalThis.console = { log() {}, error() {}, warn() {} };
  /** Calls the timer that is due first. Returns the milliseconds until the next one, or -1 if there is none. */
  globalThis.hybiTurn = () => {
    let first;
    for (const [id, { at }] of timers) if (first === undefined || at < timers.get(first).at) first = id;
    if (first === undefined) return -1;
    const { at, callback, args } = timers.get(first);
    if (at > now()) return at - now();
    timers.delete(first);
    callback(...args);
    return 0;
  };

  // A byte crosses the border of the engine as a char above 0xff, because a text would end at a zero.
  const outside = (bytes) => {
    const chars = Uint16Array.from(bytes, (byte) => byte + 0x100);
    let text = "";
    for (let at = 0; at < chars.length; at += 1024) text += String.fromCharCode(...chars.subarray(at, at + 1024));
    return text;
  };
  const bytesOf = (text) => Uint8Array.from(text, (char) => char.charCodeAt(0));
  class TextEncoder {
    encode(text = "") {
      return bytesOf(unescape(encodeURIComponent(String(text).toWellFormed())));
    }
    encodeInto(text, target) {
      const whole = this.encode(text);
      if (whole.length <= target.length) {
        target.set(whole);
        return { read: text.length, written: whole.length };
      }
      let [read, written] = [0, 0];
      for (const char of text) {
        const bytes = this.encode(char);
        if (written + bytes.length > target.length) break;
        target.set(bytes, written);
        read += char.length;
        written += bytes.length;
      }
      return { read, written };
    }
  }
  class TextDecoder {
    constructor(label = "utf-8", options = {}) {
      Object.assign(this, { label, options });
    }
    decode(bytes = new Uint8Array(0)) {
      const view = new Uint8Array(bytes.buffer ?? bytes, bytes.byteOffset ?? 0, bytes.byteLength);
      const text = hybiDecode(outside(view), this.label, JSON.stringify(this.options));
      if (text === "") throw new TypeError("The bytes are not " + this.label);
      return JSON.parse(text);
    }
  }
  const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const atob = (text) => {
    let [bits, length, bytes] = [0, 0, ""];
    for (const char of text.replace(/=+$/, "")) {
      bits = ((bits << 6) | digits.indexOf(char)) & 0xffffff;
      length += 6;
      if (length >= 8) bytes += String.fromCharCode((bits >> (length -= 8)) & 0xff);
    }
    return bytes;
  };
  const btoa = (bytes) => {
    let text = "";
    for (let at = 0; at < bytes.length; at += 3) {
      const three = [0, 1, 2].map((index) => bytes.charCodeAt(at + index) || 0);
      const bits = (three[0] << 16) | (three[1] << 8) | three[2];
      for (let index = 0; index < 4; index++) text += at + index > bytes.length ? "=" : digits[(bits >> (18 - 6 * index)) & 63];
    }
    return text;
  };
  // Of the runner and the matchers, which report to listeners that nobody adds.
  class Event {
    constructor(type) {
      this.type = type;
    }
  }
  class EventTarget {
    addEventListener() {}
    removeEventListener() {}
    dispatchEvent() {
      return true;
    }
  }
  class AbortController {
    signal = Object.assign(new EventTarget(), { aborted: false });
    abort() {
      this.signal.aborted = true;
    }
  }
  globalThis.hybiLent = () => ({ AbortController, Event, EventTarget, TextDecoder, TextEncoder, atob, btoa, performance: { now, timeOrigin: 0 } });
}`;

/** Formats text as JSON in ASCII, which crosses the border of the engine unchanged. */
function inAscii(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Decodes `bytes`, given as chars above 0xff, or returns "" where the decoder throws. */
function decode(bytes: string, label: string, options: string): string {
  try {
    return inAscii(
      new TextDecoder(label, JSON.parse(options)).decode(Uint8Array.from(bytes, (char) => char.charCodeAt(0) - 0x100)),
    );
  } catch {
    return "";
  }
}

/** Starts QuickJS and loads `script` in it. */
export async function startQuickJs(script: string): Promise<Environment> {
  const quickjs = await newQuickJSWASMModuleFromVariant(variant);
  const context = quickjs.newContext();
  const { runtime } = context;
  const textOf = (handle: QuickJSHandle | undefined): string => (handle === undefined ? "" : context.getString(handle));

  function evaluate(code: string, name: string): QuickJSHandle {
    return context.unwrapResult(context.evalCode(code, name));
  }
  function give(name: string, call: (...args: QuickJSHandle[]) => QuickJSHandle): void {
    context.newFunction(name, call).consume((made) => context.setProp(context.global, name, made));
  }

  let answer: string | undefined;
  give("hybiNow", () => context.newNumber(performance.now()));
  give("hybiRandom", () => context.newNumber(crypto.getRandomValues(new Uint8Array(1))[0] ?? 0));
  give("hybiDecode", (...args) => {
    const [bytes = "", label = "", options = ""] = args.map(textOf);
    return context.newString(decode(bytes, label, options));
  });
  give("hybiAnswer", (text) => {
    answer = textOf(text);
    return context.undefined;
  });
  evaluate(prelude, "prelude.js").dispose();
  evaluate(script, "suites.js").dispose();

  function runJobs(): void {
    context.unwrapResult(runtime.executePendingJobs());
  }
  return {
    async run(file, settings) {
      answer = undefined;
      const call = `hybiSuites.run(${JSON.stringify(file)}, ${JSON.stringify(settings)})`;
      const answering = "(outcomes) => hybiAnswer(JSON.stringify(outcomes))";
      const failing = '(error) => hybiAnswer(JSON.stringify(String(error) + "\\n" + error?.stack))';
      evaluate(`${call}.then(${answering}, ${failing}); undefined`, "run.js").dispose();
      runJobs();
      while (answer === undefined) {
        const delay = evaluate("hybiTurn()", "turn.js").consume((handle) => context.getNumber(handle));
        runJobs();
        if (answer !== undefined) break;
        if (delay < 0) throw new Error(`${file} waits for something that will not happen.`);
        if (delay > 0) await wait(delay);
      }
      const outcomes = JSON.parse(answer);
      if (typeof outcomes === "string") throw new Error(outcomes);
      return outcomes;
    },
    // What tests have left in it goes with the process.
    end() {},
  };
}
