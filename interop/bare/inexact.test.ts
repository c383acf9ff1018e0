/**
 * The tests of core that are about text, in an engine whose TextDecoder and TextEncoder are not exact, as polyfills and small engines have them: the
 * decoder ignores its options, so that it replaces what is not UTF-8 instead of refusing it, drops a byte order mark, and keeps
 * nothing from one call to the next; the encoder has no `encodeInto`. Core must notice, and do without them.
 */
import { describeSuites } from "../suites/describe-suites.ts";
import { lent, startEngine } from "./engine.ts";

class InexactTextDecoder {
  readonly #decoder = new TextDecoder();
  readonly encoding = "utf-8";

  decode(bytes?: Uint8Array): string {
    return this.#decoder.decode(bytes);
  }
}

class InexactTextEncoder {
  readonly #encoder = new TextEncoder();
  readonly encoding = "utf-8";

  encode(text: string): Uint8Array {
    return this.#encoder.encode(text);
  }
}

const polyfills = { TextDecoder: InexactTextDecoder, TextEncoder: InexactTextEncoder };

/** Other tests, in which text is at most a payload, meet our own codecs in a bare engine (`suites.test.ts`). */
const about = /UTF-?8|TextDecoder|TextEncoder|U\+FFFD|surrogate/;

await describeSuites("an engine with inexact text codecs", ({ script }) => startEngine(script, polyfills), {
  ...{ lent, isBare: true, packages: ["core"], about },
});
