/**
 * Everything one peer may send over a connection: messages in any fragmentation, control frames anywhere between
 * fragments, and a Close frame; and the events that a receiver must emit for it.
 */
import type { ConnectionEvent, Role } from "@hybi/core";
import { encodeFrame, type FrameToEncode, opcodes } from "@hybi/core/frame";
import fc from "fast-check";
import { concatBytes, describeBytes, utf8Bytes } from "../bytes/bytes.ts";
import { closePayload } from "../wire/close-content.ts";
import { cutIntoFragments, messageFrames } from "../wire/message.ts";
import { closeContent } from "./close.ts";
import { controlFrame, maskingKeyOf } from "./frames.ts";
import { fragmentation, message } from "./messages.ts";

/** The bytes that a peer sends, with the expected events. */
export interface Stream {
  readonly frames: readonly FrameToEncode[];
  readonly bytes: Uint8Array;
  /** The events that a receiver must emit with `delivery: "messages"`. */
  readonly events: readonly ConnectionEvent[];
}

/** Options of the stream arbitraries. */
export interface StreamOptions {
  /** The maximum payload length of a binary message. */
  readonly most?: number;
  /** Whether a Close frame may end the stream, after which any bytes may follow. */
  readonly close?: boolean;
}

/** A stream from `sender` that breaks no rule. Shrinks towards no frames; messages become Pings where possible. */
export function legalStream(sender: Role, { most = 70_000, close = true }: StreamOptions = {}): fc.Arbitrary<Stream> {
  const item = fc.oneof({ withCrossShrink: true }, controlItem(sender), wholeMessage(sender, most));
  const items = fc.array(item, { maxLength: 6 });
  const ending = close ? fc.option(closing(sender), { nil: undefined }) : fc.constant(undefined);
  return fc.tuple(items, ending).map(([before, end]) => joined(end === undefined ? before : [...before, end]));
}

/** One item of a stream. */
interface Item {
  readonly frames: readonly FrameToEncode[];
  readonly events: readonly ConnectionEvent[];
  /** Bytes after the frames, which a receiver must ignore. */
  readonly rest?: Uint8Array;
}

function wholeMessage(sender: Role, most: number): fc.Arbitrary<Item> {
  return fc
    .record({
      message: message(most),
      cuts: fragmentation(),
      keys: fc.array(maskingKeyOf(sender), { minLength: 1, maxLength: 3 }),
      between: fc.array(fc.array(controlFrame(sender), { maxLength: 2 }), { maxLength: 6 }),
    })
    .map(({ message, cuts, keys, between }) => {
      const bytes = message.kind === "text" ? utf8Bytes(message.data) : message.data;
      const parts = cutIntoFragments(bytes, cuts);
      const event: ConnectionEvent =
        message.kind === "text" ? { type: "text", data: message.data } : { type: "binary", data: message.data };
      const controls = between.slice(0, parts.length - 1).flat();
      return {
        frames: messageFrames(message.kind, parts, keys, between),
        events: [...controls.map(controlEvent), event],
      };
    });
}

function controlItem(sender: Role): fc.Arbitrary<Item> {
  return controlFrame(sender).map((frame) => ({ frames: [frame], events: [controlEvent(frame)] }));
}

function closing(sender: Role): fc.Arbitrary<Item> {
  return fc
    .tuple(closeContent(), maskingKeyOf(sender), fc.uint8Array({ maxLength: 12 }))
    .map(([content, maskingKey, rest]) => ({
      frames: [{ opcode: opcodes.close, payload: closePayload(content.statusCode, content.reason), maskingKey }],
      events: [{ type: "close", ...content }],
      rest,
    }));
}

function controlEvent({ opcode, payload = new Uint8Array(0) }: FrameToEncode): ConnectionEvent {
  return { type: opcode === opcodes.ping ? "ping" : "pong", payload };
}

function joined(items: readonly Item[]): Stream {
  const frames = items.flatMap((item) => item.frames);
  const rest = items.flatMap((item) => item.rest ?? []);
  const bytes = concatBytes([...frames.map(encodeFrame), ...rest]);
  return readable({ frames, bytes, events: items.flatMap((item) => item.events) });
}

/** Makes fast-check print a readable description of a stream instead of every byte. */
export function readable<S extends Stream & { readonly code?: string; readonly offset?: number }>(stream: S): S {
  const show = (): string => {
    const frames = stream.frames.map(({ opcode, final, payload }) => {
      return `opcode ${opcode.toString(16)}${final === false ? " (not final)" : ""} ${describeBytes(payload ?? new Uint8Array(0))}`;
    });
    const fault = stream.code === undefined ? "" : `, then ${stream.code} at ${stream.offset}`;
    return `${frames.join(", ") || "nothing"}${fault}: ${describeBytes(stream.bytes)}`;
  };
  return Object.defineProperty(stream, fc.toStringMethod, { value: show });
}
