/**
 * The interfaces of an extension (RFC 6455 §9): negotiation, which is about parameters, and transformation, which is
 * about bytes. RSV bits are declared here and checked centrally: an extension never sees a bit that it does not own, and
 * two extensions that own the same bit are never agreed together.
 */

import { type OptionCheck, takes } from "../checks/option-checks.ts";
import type { MessageKind, Role } from "./terms.ts";
import type { ConnectionViolationCode } from "./violation.ts";

/** A parameter of an extension. The value is undefined if it had none (RFC 6455 §9.1). */
export type ExtensionParameter = readonly [name: string, value: string | undefined];

/** Parameters in the order written. A list, so that duplicates can be detected and rejected. */
export type ExtensionParameters = readonly ExtensionParameter[];

/** RSV bits at their position in the first byte of a frame: RSV1 is 0x40, RSV2 0x20, RSV3 0x10 (RFC 6455 §5.2). */
export type RsvBits = number;

/** Negotiation: what a client offers and what a server agrees to (RFC 6455 §9.1). */
export interface Extension {
  /** The registered token, for example `permessage-deflate`. */
  readonly name: string;
  /** The RSV bits that the extension owns once agreed; 0 for none. */
  readonly rsv: RsvBits;
  /** Client: returns the offers, as alternatives in order of preference. */
  offers(): readonly ExtensionParameters[];
  /** Client: returns a sentence that says why the server's parameters are unacceptable, or undefined to agree. */
  checkAnswer(parameters: ExtensionParameters): string | undefined;
  /** Server: returns the parameters of the response to this offer, or undefined to decline it. */
  answer(offer: ExtensionParameters): ExtensionParameters | undefined;
  /** Either role: creates the transform for the agreed parameters, which are those of the server's response. */
  createTransform(role: Role, parameters: ExtensionParameters): MessageTransform;
}

/**
 * Receives the output of a transform, as ranges that are valid during the call only. Returns false when no more output
 * is wanted because a limit was reached: the transform must then return at once. An empty range reports work that
 * produced no output.
 */
export type TransformSink = (bytes: Uint8Array, start: number, end: number) => boolean;

/** Violations that an extension may report for a message. */
export type TransformViolation = Extract<ConnectionViolationCode, `extension/${string}`>;

/** Describes a message to a transform before it decides whether to take part. */
export interface OutgoingMessageInfo {
  readonly kind: MessageKind;
  /** Length of the whole message in bytes, or undefined when it is streamed and the length is not known. */
  readonly length: number | undefined;
  /** The application's preference for this message: `false` never, `true` always, undefined leaves it to the extension. */
  readonly compress: boolean | undefined;
}

/** A whole message as a transform has encoded it once for many connections. Nobody may change it. */
export interface EncodedMessage {
  /** The RSV bits of its first frame. */
  readonly rsv: RsvBits;
  readonly payload: Uint8Array;
}

/** Transformation of the messages of one connection, in both directions. Synchronous and streaming. */
export interface MessageTransform {
  /** Begins a message. `rsv` are the extension's own bits of its first frame. Returns whether to decode its payload. */
  beginDecode(kind: MessageKind, rsv: RsvBits): boolean;
  /** Decodes a part of the payload, split anywhere. May read `bytes` only within the range and during the call. */
  decode(bytes: Uint8Array, start: number, end: number, sink: TransformSink): TransformViolation | undefined;
  /** Ends the message. */
  endDecode(sink: TransformSink): TransformViolation | undefined;

  /** Begins a message. Returns the RSV bits to set on its first frame, or undefined to leave the message unchanged. */
  beginEncode(message: OutgoingMessageInfo): RsvBits | undefined;
  /** Encodes a part of the payload, split anywhere. Must not write to `bytes`. The sink always returns true. */
  encode(bytes: Uint8Array, start: number, end: number, sink: TransformSink): void;
  /**
   * Outputs everything given so far in a form that the peer can decode. Called when the application has not ended the
   * message and there is room for output. Without this method, buffered input waits for more input or the end of the
   * message.
   */
  flushEncode?(sink: TransformSink): void;
  /** Ends the message. */
  endEncode(sink: TransformSink): void;

  /**
   * Encodes a message that is sent to many connections: a broadcast, what `prepareText` and `prepareBinary` return. Returns the same
   * object for all connections where the result is the same, so that the message is encoded once; `"plain"` to leave it unchanged; or
   * undefined if the result depends on what this connection has sent before: then it is encoded as all other messages are, in the
   * order of the wire. `payload` is the same array for all connections, and never changes. May be called while another message
   * is between `beginEncode` and `endEncode`. Called only if no other extension is agreed. If it throws, the message is encoded as
   * others are.
   */
  encodePrepared?(payload: Uint8Array, message: OutgoingMessageInfo): EncodedMessage | "plain" | undefined;

  /**
   * Approximate memory in bytes that the transform currently uses, mainly its windows. Counted against the memory budget
   * of a server; without it, nothing is counted.
   */
  readonly heldLength?: number | undefined;

  /** Releases everything held, because the connection is over. Called once, as the last call. */
  release(): void;
}

const methods = ["offers", "checkAnswer", "answer", "createTransform"] as const;

/**
 * Checks a list of extensions. The message names the usual mistake: passing the factory `permessageDeflate` without
 * calling it.
 */
export const extensionsCheck: OptionCheck = takes.list(
  "a list of extensions, such as [permessageDeflate()]",
  takes.only("an extension, such as the result of permessageDeflate()", (value) => {
    if (typeof value !== "object" || value === null) return false;
    const extension = value as Record<string, unknown>;
    if (typeof extension.name !== "string" || typeof extension.rsv !== "number") return false;
    return methods.every((method) => typeof extension[method] === "function");
  }),
);

/** A transform and the RSV bits it owns. */
export interface ActiveTransform {
  readonly transform: MessageTransform;
  readonly rsv: RsvBits;
}
