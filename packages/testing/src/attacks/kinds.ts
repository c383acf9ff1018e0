/**
 * The kinds of hostile clients: a table in which each kind is described by the bytes it sends, how fast, and what it
 * reads.
 */
import { opcodes } from "@hybi/core/frame";
import { concatBytes } from "../bytes/bytes.ts";
import { closePayload } from "../wire/close-content.ts";
import {
  bomb,
  deflateOffer,
  emptyBlocks,
  flood,
  frame,
  lazily,
  manyOffers,
  openingRequest,
  repeat,
  zeros,
} from "./payloads.ts";

/** The target of an attack. */
export interface AttackAim {
  /** Value of the Host field. */
  readonly authority: string;
  /** Path and query. */
  readonly resource: string;
}

/** One kind of hostile client. */
export interface AttackKind {
  readonly name: string;
  /** Completes the phrase "a client that …". */
  readonly title: string;
  /** `secure`: over TCP, to a server that expects TLS. */
  readonly transport?: "secure";
  /** Has little effect on a server without permessage-deflate. */
  readonly needs?: "deflate";
  /** Sent first. Requests are valid, unless they never end. */
  readonly opening: (aim: AttackAim) => Uint8Array;
  /** `trickled`: one byte per tick. By default everything is sent at once. */
  readonly openingPace?: "trickled";
  /** What the client reads once the connection is open. By default everything. */
  readonly reads?: "nothing" | "little";
  /** Sent when the connection is open; every other client of a kind has an odd index. */
  readonly once?: (index: number) => Uint8Array;
  /** Sent with each tick, unless the server accepts no more. */
  readonly again?: () => Uint8Array;
  /** `trickled`: one byte of it per tick. */
  readonly againPace?: "trickled";
  /** How the client ends by itself, at a random moment. By default it stays. */
  readonly ends?: "reset" | "half-close";
}

const mebibyte = 1_048_576;
const kibibytes64 = 65_536;
const none = new Uint8Array(0);
const aByte = Uint8Array.of(0x61);

/** Just under the limit of many servers, 1 MiB, and just under that of others. */
const longMessages = [mebibyte - 1, 16 * mebibyte - 1] as const;

const plain = ({ authority, resource }: AttackAim): Uint8Array => openingRequest(authority, resource);
const deflating = ({ authority, resource }: AttackAim): Uint8Array =>
  openingRequest(authority, resource, [deflateOffer]);

/** Chooses the length by the parity of a client's index. */
function either(make: (length: number) => Uint8Array): (index: number) => Uint8Array {
  const made = longMessages.map((length) => lazily(() => make(length)));
  return (index) => made[index % 2]!();
}

/** Returns a frame that announces `length` bytes, of which the last is missing. */
const unfinished = (length: number): Uint8Array => zeros(length).subarray(0, -1);

const fragment = (payload: Uint8Array): Uint8Array => frame(opcodes.continuation, payload, { final: false });
const firstFragment = (): Uint8Array => frame(opcodes.binary, aByte, { final: false });

/** A TLS 1.2 ClientHello that announces more bytes than it contains (RFC 5246 §6.2.1, §7.4). */
const cutClientHello = Uint8Array.of(0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03);

export const attackKinds: readonly AttackKind[] = [
  {
    name: "never-reading",
    title: "floods an echo with messages of 4 KiB and reads nothing",
    opening: plain,
    reads: "nothing",
    again: lazily(() => repeat(zeros(4_096), 4)),
  },
  {
    name: "slow-reading",
    title: "floods an echo with messages of 4 KiB and reads a byte a second",
    opening: plain,
    reads: "little",
    again: lazily(() => repeat(zeros(4_096), 4)),
  },
  { name: "silence", title: "connects and says nothing", opening: () => none },
  {
    name: "unfinished-heads",
    title: "sends most of a request and no more",
    opening: (aim) => openingRequest(aim.authority, aim.resource, [`Cookie: ${"x".repeat(7_000)}`]).subarray(0, -4),
  },
  {
    name: "trickled-heads",
    title: "sends its request byte by byte",
    opening: plain,
    openingPace: "trickled",
  },
  {
    name: "offers",
    title: "opens with thousands of extension offers and parameters",
    opening: ({ authority, resource }) => openingRequest(authority, resource, manyOffers),
  },
  {
    name: "trickled-messages",
    title: "sends most of a message of 1 MiB, and the rest byte by byte",
    opening: plain,
    once: lazily(() => zeros(mebibyte - 1).subarray(0, -kibibytes64)),
    again: lazily(() => new Uint8Array(kibibytes64)),
    againPace: "trickled",
  },
  {
    name: "unfinished-messages",
    title: "sends all of a message of 1 or 16 MiB but its last byte",
    opening: plain,
    once: either(unfinished),
  },
  {
    name: "huge-messages",
    title: "sends messages that are just under 1 MiB, one after the other",
    opening: plain,
    again: lazily(() => zeros(mebibyte - 1)),
  },
  {
    name: "bombs",
    title: "sends compressed messages of 1 KiB that inflate to 1 MiB",
    needs: "deflate",
    opening: deflating,
    again: lazily(() => frame(opcodes.binary, bomb(mebibyte - 1), { compressed: true })),
  },
  {
    name: "unfinished-bombs",
    title: "sends 1 or 16 KiB of a compressed message that inflate to 1 or 16 MiB, and does not end it",
    needs: "deflate",
    opening: deflating,
    once: either((length) => frame(opcodes.binary, bomb(length), { compressed: true, final: false })),
  },
  {
    name: "empty-blocks",
    title: "sends a compressed message of blocks that are empty, which never ends",
    needs: "deflate",
    opening: deflating,
    once: lazily(() => frame(opcodes.binary, emptyBlocks(1), { compressed: true, final: false })),
    again: lazily(() => fragment(emptyBlocks(3_276))),
  },
  {
    name: "empty-messages",
    title: "floods with empty messages",
    opening: plain,
    again: lazily(() => flood(frame(opcodes.text, none))),
  },
  {
    name: "tiny-messages",
    title: "floods with messages of one byte",
    opening: plain,
    again: lazily(() => flood(frame(opcodes.text, aByte))),
  },
  {
    name: "texts",
    title: "floods with texts of 64 bytes",
    opening: plain,
    again: lazily(() => flood(frame(opcodes.text, repeat(aByte, 64)))),
  },
  {
    name: "binaries",
    title: "floods with messages of 64 KiB",
    opening: plain,
    again: lazily(() => zeros(kibibytes64)),
  },
  {
    name: "tiny-fragments",
    title: "floods with fragments of one byte, of a message that never ends",
    opening: plain,
    once: lazily(firstFragment),
    again: lazily(() => flood(fragment(aByte))),
  },
  {
    name: "empty-fragments",
    title: "floods with empty fragments, of a message that never ends",
    opening: plain,
    once: lazily(firstFragment),
    again: lazily(() => flood(fragment(none))),
  },
  {
    name: "pings",
    title: "floods with Pings of 125 bytes and reads no Pong",
    opening: plain,
    reads: "nothing",
    again: lazily(() => flood(frame(opcodes.ping, new Uint8Array(125)))),
  },
  {
    name: "resets",
    title: "resets the connection at any moment",
    opening: plain,
    once: lazily(() => concatBytes([zeros(1_000), zeros(1_000).subarray(0, 500)])),
    ends: "reset",
  },
  {
    name: "half-closes",
    title: "closes its half at any moment and stays",
    opening: plain,
    once: lazily(() => concatBytes([zeros(1_000), zeros(1_000).subarray(0, 500)])),
    ends: "half-close",
  },
  {
    name: "large-closes",
    title: "sends a Close frame of 125 bytes and goes on sending",
    opening: plain,
    once: lazily(() => frame(opcodes.close, closePayload(1000, repeat(aByte, 123)))),
    again: lazily(() => flood(frame(opcodes.text, repeat(aByte, 64)))),
  },
  {
    name: "unfinished-tls",
    title: "begins a TLS handshake and does not go on",
    transport: "secure",
    opening: () => cutClientHello,
  },
];

/**
 * Returns the kinds named in `only` (all when it is empty), without those in `except`.
 *
 * @throws RangeError for an unknown name
 */
export function selectKinds(only: readonly string[] = [], except: readonly string[] = []): readonly AttackKind[] {
  for (const name of [...only, ...except]) {
    if (!attackKinds.some((kind) => kind.name === name))
      throw new RangeError(`There is no kind ${JSON.stringify(name)}.`);
  }
  return attackKinds.filter(({ name }) => (only.length === 0 || only.includes(name)) && !except.includes(name));
}
