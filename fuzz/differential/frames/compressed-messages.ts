/** Messages compressed with permessage-deflate, created once: compressing for each stream would dominate the cost. */
import { constants, deflateRawSync } from "node:zlib";
import { concat } from "../../bytes.ts";
import type { Random } from "../../random.ts";
import { writeBinary, writeText } from "./payloads.ts";

interface CompressedMessage {
  readonly kind: "text" | "binary";
  readonly payload: Uint8Array;
}

/** Messages of one connection in order: each may refer to those before it (RFC 7692 §7.1.1). */
export type Conversation = readonly CompressedMessage[];

const conversations = 400;
const maxMessages = 4;

export function compressedConversations(random: Random): readonly Conversation[] {
  return Array.from({ length: conversations }, () => conversation(random));
}

function conversation(random: Random): Conversation {
  let history = Buffer.alloc(0);
  return Array.from({ length: 1 + random.below(maxMessages) }, () => {
    const kind = random.oneIn(2) ? "text" : "binary";
    const plain = Buffer.alloc(random.below(random.oneIn(8) ? 3000 : 80));
    if (kind === "text") writeText(random, plain, 0, plain.length, false);
    else if (random.oneIn(2)) plain.fill(random.below(256));
    else writeBinary(random, plain, 0, plain.length);
    const payload = compress(random, plain, history);
    history = Buffer.concat([history, plain]);
    return { kind, payload };
  });
}

function compress(random: Random, plain: Buffer, history: Buffer): Uint8Array {
  // RFC 7692 §7.2.3.6
  if (plain.length === 0) return Uint8Array.of(0x00);
  const final = random.oneIn(8);
  const bytes = deflateRawSync(plain, {
    level: random.of([0, 1, 6, 9]),
    strategy: random.of([constants.Z_DEFAULT_STRATEGY, constants.Z_FIXED, constants.Z_HUFFMAN_ONLY]),
    finishFlush: final ? constants.Z_FINISH : constants.Z_SYNC_FLUSH,
    dictionary: history.length > 0 && random.oneIn(2) ? history : undefined,
  });
  // RFC 7692 §7.2.3.4
  return final ? concat(bytes, Uint8Array.of(0x00)) : bytes.subarray(0, -4);
}
