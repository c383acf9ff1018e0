/** permessage-deflate for the tester (RFC 7692): negotiated as a case requires, and applied to what the tester sends. */

import type { Agreement, Extension, MessageKind, MessageTransform, Role } from "@hybi/core";
import type { WindowBits } from "@hybi/permessage-deflate";
import { permessageDeflate } from "@hybi/permessage-deflate/zlib";
import { concatBytes } from "@hybi/testing/wire";

/** The parameters that the tester asks for, in its offer as a client and in its response as a server (RFC 7692 §7.1). */
export interface DeflateWish {
  readonly serverNoContextTakeover?: true;
  readonly clientNoContextTakeover?: true;
  readonly serverMaxWindowBits?: WindowBits;
  readonly clientMaxWindowBits?: WindowBits | false;
  /** Offers the extension without them as the second choice. */
  readonly fallback?: true;
}

/** Returns the extension that negotiates the given parameters. */
export function wishedDeflate(wish: DeflateWish): Extension {
  return permessageDeflate(wish);
}

/** Returns an extension that accepts any response of a server: the case decides what is acceptable, not the decoder. */
export function anyDeflate(): Extension {
  const deflate = permessageDeflate();
  return { ...deflate, offers: () => [[]], checkAnswer: () => undefined };
}

/** Compresses the messages of one connection. */
export class Compressor {
  readonly #transform: MessageTransform | undefined;

  constructor(role: Role, agreement: Agreement, extension: Extension | undefined) {
    const agreed = agreement.extensions.find(({ name }) => name === extension?.name);
    this.#transform = agreed === undefined ? undefined : extension?.createTransform(role, agreed.parameters);
  }

  /** Returns the complete payload of a compressed message (RFC 7692 §7.2.1). */
  compress(kind: MessageKind, payload: Uint8Array): Uint8Array {
    const transform = this.#transform;
    if (transform === undefined) return payload;
    const parts: Uint8Array[] = [];
    const sink = (bytes: Uint8Array, start: number, end: number): boolean => {
      parts.push(bytes.slice(start, end));
      return true;
    };
    transform.beginEncode({ kind, length: payload.length, compress: true });
    transform.encode(payload, 0, payload.length, sink);
    transform.endEncode(sink);
    return concatBytes(parts);
  }

  release(): void {
    this.#transform?.release();
  }
}
