import { describe, expect, it } from "vitest";
import { type Decoder, exactDecoder, exactEncoder } from "./platform-text.ts";

/** A decoder that is exact except for what `decode` changes; its constructor accepts any options. */
function decoders(decode: (exact: Decoder, bytes: Uint8Array, options?: object) => string) {
  return class implements Decoder {
    readonly #exact = new TextDecoder("utf-8", { ignoreBOM: true });
    decode(bytes: Uint8Array, options?: object): string {
      return decode(this.#exact as Decoder, bytes, options);
    }
  };
}

describe("exactDecoder", () => {
  it("is the platform's decoder when that is exact", () => {
    for (const streamed of [false, true]) expect(exactDecoder(TextDecoder, streamed)).toBeInstanceOf(TextDecoder);
  });

  it("is undefined when the platform has none, or one that rejects the options [R10]", () => {
    const Unable = class {
      constructor() {
        throw new RangeError("The option ignoreBOM is not supported.");
      }
      decode = () => "";
    };
    expect(exactDecoder(undefined, false)).toBeUndefined();
    expect(exactDecoder(Unable, false)).toBeUndefined();
  });

  it("is undefined when a byte order mark is dropped, or bytes outside the view are read [R10]", () => {
    const dropping = decoders((exact, bytes) => exact.decode(bytes).replace("\ufeff", ""));
    const reading = decoders((exact, bytes) => exact.decode(new Uint8Array(bytes.buffer)));
    for (const wrong of [dropping, reading]) expect(exactDecoder(wrong, false)).toBeUndefined();
  });

  it("is undefined when any invalid byte leaves no trace in the text, or makes the decoder throw [R10]", () => {
    for (const first of [0x80, 0xff, 0xc3, 0xc0, 0xe2, 0xe0, 0xed, 0xf0, 0xf4, 0xf8]) {
      const lenient = decoders((exact, bytes) => (bytes[0] === first ? "x" : exact.decode(bytes)));
      expect(exactDecoder(lenient, false)).toBeUndefined();
    }
    const fatal = decoders((exact, bytes) => {
      if (exact.decode(bytes).includes("\ufffd")) throw new TypeError("not UTF-8");
      return exact.decode(bytes);
    });
    expect(exactDecoder(fatal, false)).toBeUndefined();
  });

  it("is undefined for streams only, when the decoder does not support streaming [R10]", () => {
    const whole = decoders((exact, bytes, options) => {
      if (options !== undefined) throw new RangeError("The option stream is not supported.");
      return exact.decode(bytes);
    });
    expect(exactDecoder(whole, true)).toBeUndefined();
    expect(exactDecoder(whole, false)).toBeInstanceOf(whole);
  });
});

describe("exactEncoder", () => {
  it.runIf("TextEncoder" in globalThis)("is the platform's encoder when that is exact", () => {
    expect(exactEncoder(TextEncoder)).toBeInstanceOf(TextEncoder);
  });

  it("is undefined when the platform has none, or one without encodeInto [R10]", () => {
    expect(exactEncoder(undefined)).toBeUndefined();
    expect(exactEncoder(class {} as never)).toBeUndefined();
  });

  it("is undefined when encodeInto writes other bytes or reports other counts [R10]", () => {
    const encoder = new TextEncoder();
    const wrong = [
      (text: string, target: Uint8Array) => {
        const result = encoder.encodeInto(text, target);
        target.set([0xed, 0xa0, 0x80], 1);
        return result;
      },
      (text: string, target: Uint8Array) => encoder.encodeInto(text, new Uint8Array(target.buffer)),
      (text: string, target: Uint8Array) => ({ ...encoder.encodeInto(text, target), read: 0 }),
      (text: string, target: Uint8Array) => ({ ...encoder.encodeInto(text, target), written: 17 }),
    ];
    for (const encodeInto of wrong) {
      const Platforms = class {
        readonly encodeInto = encodeInto;
      };
      expect(exactEncoder(Platforms)).toBeUndefined();
    }
  });
});
