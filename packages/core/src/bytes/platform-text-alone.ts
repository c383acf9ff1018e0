/**
 * Takes the place of `platform-text.ts` and `portable-text.ts` in bundles for browsers and Workers (the field `browser` of
 * `package.json`): whatever runs there and understands our syntax has both classes, and they are exact. React Native, which takes that
 * field as well, gets the joined files of this package (the condition `react-native`).
 */
import type { Decoder, DecoderConstructor, Encoder } from "./platform-text.ts";

// platform-text.ts
export function exactDecoder(Platforms: DecoderConstructor, streamed: boolean): Decoder {
  const decoder = new Platforms("utf-8", { ignoreBOM: true });
  if (streamed) {
    decoder.decode(new Uint8Array(0), { stream: true });
    decoder.decode(new Uint8Array(0));
  }
  return decoder;
}
export function exactEncoder(Platforms: new () => Encoder): Encoder {
  return new Platforms();
}

// portable-text.ts
export const portableDecode: undefined = undefined;
export const portableEncode: undefined = undefined;
