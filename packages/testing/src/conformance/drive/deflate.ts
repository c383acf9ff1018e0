/** permessage-deflate as the tester uses it (RFC 7692): asked for as a case wishes, and applied to what it sends. */
import type { Agreement, Extension, MessageKind, MessageTransform, Role } from "@hybi/core";
import { permessageDeflate, type WindowBits } from "@hybi/permessage-deflate";
import { zlibCodec } from "@hybi/permessage-deflate/zlib";
import { joinBytes } from "../payload.ts";

/** What the tester asks for, as client in its offer and as server in its response (RFC 7692 §7.1). */
export interface DeflateWish {
  readonly serverNoContextTakeover?: true;
  readonly clientNoContextTakeover?: true;
  readonly serverMaxWindowBits?: WindowBits;
  readonly clientMaxWindowBits?: WindowBits | false;
  /** Offer the same without it as the second choice. */
  readonly fallback?: true;
}

/** The extension for a wish. */
export function wishedDeflate(wish: DeflateWish): Extension {
  return permessageDeflate({ ...wish, codec: zlibCodec });
}

/** Takes whatever a server answers: what is acceptable is told by the case, not by the reader. */
export function anyDeflate(): Extension {
  const deflate = permessageDeflate({ codec: zlibCodec });
  return { ...deflate, offers: () => [[]], checkAnswer: () => undefined };
}

/** Compresses the messages of one connection. */
export class Compressor {
  readonly #transform: MessageTransform | undefined;

  constructor(role: Role, agreement: Agreement, extension: Extension | undefined) {
    const agreed = agreement.extensions.find(({ name }) => name === extension?.name);
    this.#transform = agreed === undefined ? undefined : extension?.createTransform(role, agreed.parameters);
  }

  /** The payload of a compressed message, whole (RFC 7692 §7.2.1). */
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
    return joinBytes(parts);
  }

  release(): void {
    this.#transform?.release();
  }
}
