/**
 * How an extension takes part in a connection (RFC 6455 §9). Negotiation, which is about parameters, and transformation,
 * which is about bytes, are two interfaces. RSV bits are declared here and checked centrally: an extension never sees a
 * bit that it does not own, and two that own the same bit are never agreed together.
 */
import type { MessageKind } from "./message-kind.ts";
import { type OptionCheck, takes } from "./options.ts";
import type { Role } from "./role.ts";
import type { ViolationCode } from "./violation.ts";

/** A parameter of an extension: `undefined` as value means that it had none (RFC 6455 §9.1). */
export type ExtensionParameter = readonly [name: string, value: string | undefined];

/** Parameters in the order in which they were written. A list, so that duplicates can be seen and refused. */
export type ExtensionParameters = readonly ExtensionParameter[];

/** RSV bits as they stand in the first byte of a frame: RSV1 is 0x40, RSV2 0x20, RSV3 0x10 (RFC 6455 §5.2). */
export type RsvBits = number;

/** Negotiation: what a client offers, what a server agrees to (RFC 6455 §9.1). */
export interface Extension {
  /** The registered token, for example `permessage-deflate`. */
  readonly name: string;
  /** The RSV bits that the extension owns once it is agreed; 0 for none. */
  readonly rsv: RsvBits;
  /** Client: the offers, as alternatives in order of preference. */
  offers(): readonly ExtensionParameters[];
  /** Client: why the server's parameters are unacceptable, as a sentence, or undefined when they are agreed. */
  checkAnswer(parameters: ExtensionParameters): string | undefined;
  /** Server: the parameters to answer this offer with, or undefined to decline it. */
  answer(offer: ExtensionParameters): ExtensionParameters | undefined;
  /** Either role: the transformation under the agreed parameters, which are those of the server's response. */
  createTransform(role: Role, parameters: ExtensionParameters): MessageTransform;
}

/**
 * Takes the bytes that a transform makes, as ranges that are valid during the call only. Answers false when no more is
 * wanted (a limit was reached): the transform must then return at once. An empty range tells that there was work, and
 * nothing came of it.
 */
export type TransformSink = (bytes: Uint8Array, start: number, end: number) => boolean;

/** What an extension may find wrong with a message. */
export type TransformViolation = Extract<ViolationCode, `extension/${string}`>;

/** What a transform is told of a message before it decides whether to take part. */
export interface OutgoingMessageInfo {
  readonly kind: MessageKind;
  /** Bytes of the whole message, or undefined when it is streamed and not known. */
  readonly length: number | undefined;
  /** The application's wish for this message: `false` never, `true` always, undefined as the extension sees fit. */
  readonly compress: boolean | undefined;
}

/** Transformation of the messages of one connection, both directions. Synchronous and streaming. */
export interface MessageTransform {
  /** A message begins; `rsv` are the extension's own bits of its first frame. Answers whether to decode its payload. */
  beginDecode(kind: MessageKind, rsv: RsvBits): boolean;
  /** Payload of the message, cut anywhere. May read `bytes` within the range only, during the call only. */
  decode(bytes: Uint8Array, start: number, end: number, sink: TransformSink): TransformViolation | undefined;
  /** The message ended. */
  endDecode(sink: TransformSink): TransformViolation | undefined;

  /** A message begins; answers the RSV bits to set on its first frame, or undefined to leave the message alone. */
  beginEncode(message: OutgoingMessageInfo): RsvBits | undefined;
  /** Payload of the message, cut anywhere. Must not write to `bytes`. The sink always answers true. */
  encode(bytes: Uint8Array, start: number, end: number, sink: TransformSink): void;
  /**
   * The application has not ended the message, and there is room for what it gave so far: hand it out so that the peer can
   * decode it. Without this method, what the transform keeps back waits for more, or for the end.
   */
  flushEncode?(sink: TransformSink): void;
  /** The message ended. */
  endEncode(sink: TransformSink): void;

  /**
   * Bytes of memory that the transform takes at the moment, its windows above all, about. What a server's budget of memory
   * counts; without it, nothing is counted.
   */
  readonly heldLength?: number | undefined;

  /** The connection is over: release what is held. Called once; nothing is called after it. */
  release(): void;
}

const methods = ["offers", "checkAnswer", "answer", "createTransform"] as const;

/** A list of extensions, and not of what makes them: who forgets to call `permessageDeflate` is told so. */
export const extensionsCheck: OptionCheck = takes.list(
  "a list of extensions, such as [permessageDeflate()]",
  takes.only("an extension, such as permessageDeflate(), which is called", (value) => {
    if (typeof value !== "object" || value === null) return false;
    const extension = value as Record<string, unknown>;
    if (typeof extension.name !== "string" || typeof extension.rsv !== "number") return false;
    return methods.every((method) => typeof extension[method] === "function");
  }),
);
