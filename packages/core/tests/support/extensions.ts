/** Small extensions with simple transforms, to test how the connection handles any extension. */
import type { Connection } from "../../src/connection.ts";
import type { ConnectionEvent } from "../../src/events.ts";
import { type Agreement, plainAgreement } from "../../src/vocabulary/agreement.ts";
import type { Extension, MessageTransform, RsvBits, TransformViolation } from "../../src/vocabulary/extension.ts";
import type { Role } from "../../src/vocabulary/terms.ts";

export const rsv1 = 0x40;
export const rsv2 = 0x20;
export const rsv3 = 0x10;

/** An extension with trivial negotiation, for testing `createTransform`. */
export function extension(name: string, rsv: RsvBits, createTransform: (role: Role) => MessageTransform): Extension {
  return {
    name,
    rsv,
    offers: () => [[]],
    checkAnswer: () => undefined,
    answer: () => [],
    createTransform,
  };
}

/** The agreement to use these extensions, in this order. */
export function agreeing(role: Role, ...extensions: readonly Extension[]): Agreement {
  return { ...plainAgreement(role), extensions: extensions.map(({ name }) => ({ name, parameters: [] })) };
}

/** The calls to a transform, in order, for assertions. */
export type TransformLog = string[];

/**
 * Adds `amount` to every byte when encoding and subtracts it when decoding, in messages with its RSV bits, and unless
 * `compress` is false. Combined with a transform that is not additive, only one order of decoding restores a message.
 */
export function adding(name: string, rsv: RsvBits, amount: number, log: TransformLog = []): Extension {
  return extension(name, rsv, () => ({
    beginDecode: (kind, bits) => {
      log.push(`${name} beginDecode ${kind} ${bits.toString(16)}`);
      return bits !== 0;
    },
    decode: (bytes, start, end, sink) => {
      sink(
        bytes.slice(start, end).map((byte) => byte - amount),
        0,
        end - start,
      );
      return undefined;
    },
    endDecode: () => {
      log.push(`${name} endDecode`);
      return undefined;
    },
    beginEncode: ({ kind, length, compress }) => {
      log.push(`${name} beginEncode ${kind} ${length} ${compress}`);
      return compress === false ? undefined : rsv;
    },
    encode: (bytes, start, end, sink) => {
      sink(
        bytes.slice(start, end).map((byte) => byte + amount),
        0,
        end - start,
      );
    },
    endEncode: () => {
      log.push(`${name} endEncode`);
    },
    release: () => {
      log.push(`${name} release`);
    },
  }));
}

/**
 * Run-length encoding, with RSV2: each pair of bytes is a count and a byte, so a message of `ff` pairs grows 127-fold when
 * decoded. It holds back incomplete runs and pairs, so that its output lags behind its input, and reports a count of 0
 * (malformed) and half a pair at the end (truncated).
 */
export function runLength(log: TransformLog = []): Extension {
  return extension("run-length", rsv2, () => new RunLength(log));
}

class RunLength implements MessageTransform {
  readonly #log: TransformLog;
  #count = 0;
  #byte = 0;
  #held: number | undefined;

  constructor(log: TransformLog) {
    this.#log = log;
  }

  beginDecode(_kind: "text" | "binary", rsv: RsvBits): boolean {
    this.#held = undefined;
    return rsv !== 0;
  }

  decode(
    bytes: Uint8Array,
    start: number,
    end: number,
    sink: (bytes: Uint8Array, start: number, end: number) => boolean,
  ): TransformViolation | undefined {
    for (let at = start; at < end; at++) {
      const byte = bytes[at] ?? 0;
      if (this.#held === undefined) {
        if (byte === 0) return "extension/data-malformed";
        this.#held = byte;
        continue;
      }
      const run = new Uint8Array(this.#held).fill(byte);
      this.#held = undefined;
      if (!sink(run, 0, run.length)) {
        this.#log.push(`stopped after ${at + 1 - start}`);
        return undefined;
      }
    }
    return undefined;
  }

  endDecode(): TransformViolation | undefined {
    return this.#held === undefined ? undefined : "extension/data-truncated";
  }

  beginEncode(message: { compress: boolean | undefined }): RsvBits | undefined {
    this.#count = 0;
    return message.compress === false ? undefined : rsv2;
  }

  encode(bytes: Uint8Array, start: number, end: number, sink: (b: Uint8Array, s: number, e: number) => boolean): void {
    for (let at = start; at < end; at++) {
      const byte = bytes[at] ?? 0;
      if (this.#count > 0 && (byte !== this.#byte || this.#count === 255)) this.endEncode(sink);
      this.#byte = byte;
      this.#count++;
    }
  }

  endEncode(sink: (bytes: Uint8Array, start: number, end: number) => boolean): void {
    if (this.#count > 0) sink(Uint8Array.of(this.#count, this.#byte), 0, 2);
    this.#count = 0;
  }

  release(): void {
    this.#log.push("run-length release");
  }
}

/** Passes all output in both directions until there is none; returns the events of `to`. */
export function pass(from: Connection, to: Connection, budget?: number): ConnectionEvent[] {
  const events: ConnectionEvent[] = [];
  for (;;) {
    const chunks = from.takeOutput(budget);
    if (chunks.length === 0) return events;
    for (const chunk of chunks) events.push(...to.receive(chunk.slice()));
  }
}
