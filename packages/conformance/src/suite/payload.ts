/** Compact descriptions of payloads: long payloads are generated only when they are needed. */
import { concatBytes, hexBytes } from "@hybi/testing/wire";

/** Text, bytes, or a description from which they are generated; `seed` selects the variant. Lengths are in bytes. */
export type Payload =
  | string
  | { readonly hex: string }
  | { readonly repeat: string; readonly times: number }
  | { readonly join: readonly Payload[] }
  /** JSON text, which compresses like typical text. */
  | { readonly json: number; readonly seed?: number }
  | { readonly prose: number; readonly seed?: number }
  | { readonly markup: number; readonly seed?: number }
  /** Smooth bytes, like those of a picture. */
  | { readonly picture: number; readonly seed?: number }
  /** Incompressible bytes. */
  | { readonly noise: number; readonly seed?: number };

/** Generates the bytes of `payload`. `index` is added to its seed. */
export function payloadBytes(payload: Payload, index = 0): Uint8Array {
  if (typeof payload === "string") return new TextEncoder().encode(payload);
  if ("hex" in payload) return hexBytes(payload.hex);
  if ("repeat" in payload) return new TextEncoder().encode(payload.repeat.repeat(payload.times));
  if ("join" in payload) return concatBytes(payload.join.map((part) => payloadBytes(part, index)));
  const seed = (payload.seed ?? 0) + index;
  if ("json" in payload) return fill(payload.json, seed, jsonPiece);
  if ("prose" in payload) return fill(payload.prose, seed, prosePiece);
  if ("markup" in payload) return fill(payload.markup, seed, markupPiece);
  if ("picture" in payload) return picture(payload.picture, seed);
  return noise(payload.noise, seed);
}

/** Returns a short description of `payload` for people. */
export function describePayload(payload: Payload): string {
  if (typeof payload === "string")
    return payload.length > 40 ? `${payload.length} characters` : JSON.stringify(payload);
  if ("hex" in payload) return payload.hex.length > 60 ? `${hexBytes(payload.hex).length} bytes` : payload.hex;
  return `${payloadBytes(payload).length} bytes`;
}

/** A pseudo-random generator with the same output on every machine (xorshift, 32 bits). */
function numbers(seed: number): () => number {
  let state = (seed + 1) * 0x9e37_79b9;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

const words = [
  ...["endpoint", "frame", "message", "the", "a", "of", "and", "payload", "server", "client", "opens", "closes"],
  ...["with", "before", "after", "masking", "key", "fragment", "control", "data", "handshake", "is", "not", "sent"],
];

function prosePiece(next: () => number): string {
  return `${words[next() % words.length]}${next() % 9 === 0 ? ".\n" : " "}`;
}

function jsonPiece(next: () => number): string {
  const id = next() % 100_000;
  return `{"id":${id},"name":"${words[id % words.length]}","value":${(next() % 1000) / 8},"open":${id % 2 === 0}},`;
}

function markupPiece(next: () => number): string {
  const word = words[next() % words.length];
  return `<li class="${word}"><a href="/${word}/${next() % 1000}">${word}</a></li>\n`;
}

/** ASCII only, so that text of any length ends at a character boundary. */
function fill(length: number, seed: number, piece: (next: () => number) => string): Uint8Array {
  const next = numbers(seed);
  let text = "";
  while (text.length < length) text += piece(next);
  return new TextEncoder().encode(text.slice(0, length));
}

function picture(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at++) bytes[at] = 128 + 100 * Math.sin((at % 512) / 40 + seed) + ((at >> 9) & 0x0f);
  return bytes;
}

function noise(length: number, seed: number): Uint8Array {
  const next = numbers(seed);
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at++) bytes[at] = next() >>> 11;
  return bytes;
}
