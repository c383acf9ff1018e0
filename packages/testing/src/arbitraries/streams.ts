/**
 * What one peer may send over a whole connection: messages in any fragmentation, control frames anywhere between, and a
 * Close frame; and the events that a receiver owes for it. Legal throughout, or up to one illegal frame.
 */
import type { ConnectionEvent, MessageKind, Role, ViolationCode } from "@hybi/core";
import { encodeFrame, type FrameToEncode, opcodes } from "@hybi/core/frame";
import fc from "fast-check";
import { bytesText, concat, utf8 } from "../bytes/bytes.ts";
import { closePayload } from "../wire/close-content.ts";
import { fragments, type Message, messageFrames } from "../wire/message.ts";
import { brokenClosePayload, closeContent } from "./close.ts";
import { controlFrame, illegalFrame, keyOf } from "./frames.ts";
import { payload } from "./payload.ts";
import { brokenUtf8, text } from "./text.ts";

export function message(most = 70_000): fc.Arbitrary<Message> {
  return fc.oneof(
    fc.record({ kind: fc.constant("text" as const), data: text() }),
    fc.record({ kind: fc.constant("binary" as const), data: payload(most) }),
  );
}

/** Where a message of any length is cut into fragments, as shares of 1,000; repeated ones make empty fragments. */
export function fragmentation(): fc.Arbitrary<readonly number[]> {
  return fc.array(fc.nat(1000), { maxLength: 6 }).map((cuts) => cuts.sort((first, second) => first - second));
}

/** What a peer sends. */
export interface Stream {
  readonly frames: readonly FrameToEncode[];
  readonly bytes: Uint8Array;
  /** The events that a receiver owes, with `delivery: "messages"`. */
  readonly events: readonly ConnectionEvent[];
}

/** Options of the streams. */
export interface StreamOptions {
  /** The longest payload of a binary message. */
  readonly most?: number;
  /** Whether a Close frame may end it, after which anything may come. */
  readonly close?: boolean;
}

/** A stream that breaks no rule. */
export function legalStream(sender: Role, { most = 70_000, close = true }: StreamOptions = {}): fc.Arbitrary<Stream> {
  const items = fc.array(fc.oneof(wholeMessage(sender, most), controlItem(sender)), { maxLength: 6 });
  const ending = close ? fc.option(closing(sender), { nil: undefined }) : fc.constant(undefined);
  return fc.tuple(items, ending).map(([before, end]) => joined(end === undefined ? before : [...before, end]));
}

/** A stream that is legal up to one fault. */
export interface IllegalStream extends Stream {
  readonly code: ViolationCode;
  /** Of the byte at fault. */
  readonly offset: number;
}

/** A legal stream, then something illegal, then anything. `events` are those before the failure. */
export function illegalStream(sender: Role, { most = 300 }: StreamOptions = {}): fc.Arbitrary<IllegalStream> {
  const start = fc.record({
    kind: fc.constantFrom<MessageKind>("text", "binary"),
    key: keyOf(sender),
    begun: fc.boolean(),
  });
  const faults = fc.oneof(
    { weight: 4, arbitrary: illegalFrame(sender) },
    { weight: 1, arbitrary: illegalClose(sender) },
    { weight: 2, arbitrary: illegalText(sender) },
  );
  return fc
    .tuple(legalStream(sender, { most, close: false }), start, faults, fc.uint8Array({ maxLength: 20 }))
    .map(([legal, { kind, key, begun }, fault, after]) => {
      const within = fault.within === "message" || (fault.within === "any" && begun);
      const opening = messageFrames(kind, [Uint8Array.of(0x68, 0x69), new Uint8Array(0)], [key]).slice(
        0,
        within ? 1 : 0,
      );
      const before = concat([legal.bytes, ...opening.map(encodeFrame)]);
      return readable({
        frames: [...legal.frames, ...opening],
        bytes: concat([before, fault.bytes, after]),
        events: legal.events,
        code: fault.code,
        offset: before.length + fault.at,
      });
    });
}

/** A Close frame whose payload is illegal. The frame is at fault, so its first byte is. */
function illegalClose(sender: Role) {
  return fc.tuple(brokenClosePayload(), keyOf(sender)).map(([{ code, payload }, maskingKey]) => ({
    code: code as ViolationCode,
    bytes: encodeFrame({ opcode: opcodes.close, payload, maskingKey }),
    at: 0,
    within: "any" as const,
  }));
}

/** A text message that is no UTF-8, in any fragmentation. */
function illegalText(sender: Role) {
  return fc.tuple(brokenUtf8(), fragmentation(), keyOf(sender)).map(([{ bytes, at }, cuts, key]) => {
    const frames = messageFrames("text", fragments(bytes, cuts), [key]).map((frame) => ({
      header: encodeFrame({ ...frame, payload: frame.payload }).length - (frame.payload?.length ?? 0),
      frame,
    }));
    // The byte at fault is in the fragment that holds it; a text that ends too early is at fault where it ends.
    let offset = 0;
    let seen = 0;
    for (const { header, frame } of frames) {
      const length = frame.payload?.length ?? 0;
      const isLast = frame.final === true;
      if (at < seen + length || (isLast && at === seen + length)) {
        offset += header + at - seen;
        break;
      }
      offset += header + length;
      seen += length;
    }
    return {
      code: (at === bytes.length ? "message/utf8-truncated" : "message/utf8-invalid") as ViolationCode,
      bytes: concat(frames.map(({ frame }) => encodeFrame(frame))),
      at: offset,
      within: "no-message" as const,
    };
  });
}

/** A piece of a stream. */
interface Item {
  readonly frames: readonly FrameToEncode[];
  readonly events: readonly ConnectionEvent[];
  /** Bytes after the frames, which nobody reads. */
  readonly rest?: Uint8Array;
}

function wholeMessage(sender: Role, most: number): fc.Arbitrary<Item> {
  return fc
    .record({
      message: message(most),
      cuts: fragmentation(),
      keys: fc.array(keyOf(sender), { minLength: 1, maxLength: 3 }),
      between: fc.array(fc.array(controlFrame(sender), { maxLength: 2 }), { maxLength: 6 }),
    })
    .map(({ message, cuts, keys, between }) => {
      const bytes = message.kind === "text" ? utf8(message.data) : message.data;
      const parts = fragments(bytes, cuts);
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
    .tuple(closeContent(), keyOf(sender), fc.uint8Array({ maxLength: 12 }))
    .map(([content, maskingKey, rest]) => ({
      frames: [{ opcode: opcodes.close, payload: closePayload(content), maskingKey }],
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
  const bytes = concat([...frames.map(encodeFrame), ...rest]);
  return readable({ frames, bytes, events: items.flatMap((item) => item.events) });
}

/** Lets fast-check show what a stream is, and not its every byte. */
function readable<S extends Stream & Partial<IllegalStream>>(stream: S): S {
  const show = (): string => {
    const frames = stream.frames.map(({ opcode, final, payload }) => {
      return `opcode ${opcode.toString(16)}${final === false ? " (not final)" : ""} ${bytesText(payload ?? new Uint8Array(0))}`;
    });
    const fault = stream.code === undefined ? "" : `, then ${stream.code} at ${stream.offset}`;
    return `${frames.join(", ") || "nothing"}${fault}: ${bytesText(stream.bytes)}`;
  };
  return Object.defineProperty(stream, fc.toStringMethod, { value: show });
}
