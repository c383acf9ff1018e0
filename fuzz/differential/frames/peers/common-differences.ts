/** Differences shared by several peers: each function takes the peer's name. */
import type { Role, ViolationCode } from "@hybi/core";
import { encodeFrame } from "@hybi/core/frame";
import type { Difference } from "../../peer.ts";
import { prefixOf, withChunk } from "../../stream.ts";
import { isMessage, isPrefix, same, sameEvents } from "../../verdict.ts";
import { holdsFinalBlock } from "../final-block.ts";
import { wholeFrames } from "../frame-end.ts";
import { limits } from "../ours.ts";

export const nonMinimalLength = (peer: string): Difference => ({
  name: `${peer} accepts lengths in more bytes than they need`,
  section: "RFC 6455 §5.2",
  applies: ({ ours }) => ours.code === "frame/length-not-minimal",
  instead: () => ({ options: { tolerate: ["non-minimal-length"] } }),
});

export const signBitIsTooBig = (peer: string): Difference => ({
  name: `${peer} fails a length with bit 63 set with 1009, as too big`,
  section: "RFC 6455 §5.2",
  applies: ({ ours, theirs }) =>
    ours.code === "frame/length-sign-bit" && theirs.failed === 1009 && sameEvents(ours.events, theirs.events),
});

export const utf8OfWholeMessage = (peer: string): Difference => ({
  name: `${peer} validates UTF-8 once a message is complete: control frames, or another fault, may come first`,
  section: "RFC 6455 §8.1",
  applies: ({ ours, theirs }) =>
    ours.code === "message/utf8-invalid" &&
    isPrefix(ours.events, theirs.events) &&
    !theirs.events.slice(ours.events.length).some(isMessage),
});

/** `codes` are those found in the next five bytes, the key and a byte of payload, if these are zeros. */
export const lengthBeforeKey = (peer: string, codes: readonly ViolationCode[]): Difference => ({
  name: `${peer} judges a length before the masking key and the payload have arrived`,
  section: "RFC 6455 §5.2",
  applies: ({ stream, ours, reread, theirs }) => {
    if (ours.failed !== undefined) return false;
    const later = reread(withChunk(stream, new Uint8Array(5)));
    return later.code !== undefined && codes.includes(later.code) && same(later, theirs);
  },
});

export const lastBitsOfFrame = (peer: string): Difference => ({
  name: `${peer} finds a fault in the last bits of a frame within a message; hybi waits for the byte after them`,
  section: "RFC 7692 §6.2",
  applies: ({ stream, ours, reread, theirs }) => {
    if (!stream.deflate || theirs.failed !== 1007) return false;
    const read = ours.failed === undefined ? stream : prefixOf(stream, ours.offset);
    const later = reread(withChunk(wholeFrames(read), moreOfMessage(stream.role)));
    return later.code === "extension/data-malformed" && same(later, theirs);
  },
});

/** A fragment of one byte that does not end the message. */
const moreOfMessage = (role: Role): Uint8Array =>
  encodeFrame({ opcode: 0x0, final: false, payload: Uint8Array.of(0), maskingKey: role === "server" ? 0 : undefined });

export const deflateEndsEarly = (peer: string): Difference => ({
  name: `${peer} delivers compressed payload that ends early as a message`,
  section: "RFC 7692 §7.2.2",
  applies: ({ ours, theirs }) =>
    ours.code === "extension/data-truncated" &&
    isPrefix(ours.events, theirs.events) &&
    (theirs.failed === 1007 || theirs.events.slice(ours.events.length, ours.events.length + 1).some(isMessage)),
});

export const finalBlockEndsAll = (peer: string): Difference => ({
  name: `${peer} drops compressed payload after a block with BFINAL, or forgets the window`,
  section: "RFC 7692 §7.2.3.4",
  applies: holdsFinalBlock,
});

export const limitBeforeInflating = (peer: string): Difference => ({
  name: `${peer} applies the limit of messages to compressed payload, before it is inflated`,
  section: "RFC 6455 §10.4",
  applies: ({ stream, theirs }) => stream.deflate && theirs.failed === 1009,
  instead: () => ({ options: { limits: { ...limits, frame: limits.message } } }),
});
