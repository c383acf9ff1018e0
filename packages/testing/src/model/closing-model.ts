/**
 * The closing handshake as a reducer, written from the text of RFC 6455 §7: two endpoints, two pipes, and what each
 * endpoint owes after every event. It is independent of any implementation.
 *
 * Where the RFC leaves a choice, the model follows @hybi/core: control frames are sent before queued messages (§5.4),
 * at most the 16 most recent Pings get a Pong (§5.5.3), and a Close frame is echoed with its status code and no reason
 * (§5.5.1).
 */
import type { Role } from "@hybi/core";
import type { CloseContent } from "../wire/close-content.ts";

/** A frame in transit, as the model sees it. */
export type ModelFrame =
  | { readonly type: "text" | "ping" | "pong"; readonly data: string }
  | { readonly type: "close"; readonly content: CloseContent }
  /** A frame that must fail the connection. */
  | { readonly type: "illegal" };

/** An event that an endpoint emits to its application, as the model sees it. */
export type ModelEvent =
  | { readonly type: "text" | "ping" | "pong"; readonly data: string }
  | { readonly type: "close"; readonly content: CloseContent }
  | { readonly type: "failure" }
  | { readonly type: "end"; readonly clean: boolean; readonly statusCode: number; readonly reason: string };

/** One endpoint, as RFC 6455 §7 sees it. */
export interface ModelEnd {
  /** The application has started the closing handshake (§7.1.2). */
  asked: boolean;
  /** Content of its only Close frame, set as soon as one is due; `"failure"` if it has failed the connection. */
  close: CloseContent | "failure" | undefined;
  closeSent: boolean;
  closeReceived: CloseContent | undefined;
  /** The endpoint has failed the connection (§7.1.7). */
  failed: boolean;
  /** A deadline has passed: the transport must be dropped. */
  aborted: boolean;
  /** The endpoint has seen the end of the transport. */
  ended: boolean;
  messages: string[];
  pings: string[];
  pongsDue: string[];
}

/** Both endpoints, and the pipes between them. */
export interface ClosingModel {
  readonly ends: Readonly<Record<Role, ModelEnd>>;
  /** Frames sent by each role and not yet delivered, and whether the role has ended its half of the transport. */
  readonly pipes: Readonly<Record<Role, { frames: ModelFrame[]; ended: boolean }>>;
}

/** Returns two endpoints whose connection is open, with nothing in transit. */
export function closingModel(): ClosingModel {
  return {
    ends: { client: openEnd(), server: openEnd() },
    pipes: { client: { frames: [], ended: false }, server: { frames: [], ended: false } },
  };
}

function openEnd(): ModelEnd {
  const nothingYet = { asked: false, closeSent: false, failed: false, aborted: false, ended: false };
  return { ...nothingYet, close: undefined, closeReceived: undefined, messages: [], pings: [], pongsDue: [] };
}

/**
 * §5.5.1: no data frame may follow a Close frame, and an application that has started the close may send no more
 * messages.
 */
export function maySend(end: Readonly<ModelEnd>): boolean {
  return !end.asked && !end.closeSent && !end.ended;
}

/**
 * §7.1.1: the server closes the transport first and the client waits for it. §7.1.7: an endpoint that fails the
 * connection closes it.
 */
export function owedToTransport(end: Readonly<ModelEnd>, role: Role): "keep" | "await-end" | "end" | "abort" {
  if (end.aborted) return "abort";
  if (end.ended || (end.failed && end.closeSent)) return "end";
  if (end.closeSent && end.closeReceived !== undefined) return role === "server" ? "end" : "await-end";
  return "keep";
}

/** Whether all output of `end` has been taken. */
export function isTaken(end: Readonly<ModelEnd>): boolean {
  const waiting = end.messages.length + end.pings.length + end.pongsDue.length;
  return waiting === 0 && (end.close === undefined || end.closeSent);
}

/** The application starts the closing handshake; only the first Close frame is sent. */
export function ask(end: ModelEnd, content: CloseContent): void {
  if (end.ended) return;
  end.asked = true;
  end.close ??= content;
}

/** Takes all pending output: control frames first (§5.4), then messages, and finally the Close frame, once. */
export function takeFrames(end: ModelEnd): (Exclude<ModelFrame, { type: "illegal" }> | { type: "failure" })[] {
  const named = (type: "text" | "ping" | "pong", all: string[]) => all.splice(0).map((data) => ({ type, data }));
  const frames = [...named("ping", end.pings), ...named("pong", end.pongsDue), ...named("text", end.messages)];
  if (end.close === undefined || end.closeSent) return frames;
  end.closeSent = true;
  return [...frames, end.close === "failure" ? { type: "failure" } : { type: "close", content: end.close }];
}

/** A frame arrives at `end`. Returns the events that it causes. */
export function receiveFrame(end: ModelEnd, role: Role, frame: ModelFrame): ModelEvent[] {
  // §1.4, §7.1.7: frames are ignored after the peer's Close frame, a failure, or the end.
  if (end.closeReceived !== undefined || end.failed || end.aborted || end.ended) return [];
  switch (frame.type) {
    case "text":
    case "pong":
      return [frame];
    case "ping":
      // §5.5.2, §5.5.3: every Ping is due a Pong, but only the most recent ones get one.
      end.pongsDue = [...end.pongsDue, frame.data].slice(-16);
      return [frame];
    case "close":
      end.closeReceived = frame.content;
      end.close ??= echo(frame.content, role);
      // §5.5.2: a Ping gets a Pong, unless a Close frame was received.
      end.pongsDue = [];
      return [frame];
    case "illegal":
      end.failed = true;
      if (!end.closeSent) end.close = "failure";
      return [{ type: "failure" }];
    default:
      return frame satisfies never;
  }
}

/** §7.1.4, §7.1.5: clean after both Close frames; the status code is the peer's, 1005 without one, 1006 without a frame. */
export function receiveEnd(end: ModelEnd): ModelEvent[] {
  if (end.ended) return [];
  end.ended = true;
  const { closeReceived } = end;
  if (closeReceived === undefined) return [{ type: "end", clean: false, statusCode: 1006, reason: "" }];
  // Our Close frame may still be sent, unless the transport is dropped first.
  const clean = end.closeSent || !end.aborted;
  return [{ type: "end", clean, statusCode: closeReceived.statusCode ?? 1005, reason: closeReceived.reason }];
}

/**
 * §5.5.1: an endpoint that has sent no Close frame echoes one, typically with its status code; §7.4.1: only a client
 * may send 1010.
 */
function echo({ statusCode }: CloseContent, role: Role): CloseContent {
  return { statusCode: statusCode === 1010 && role === "server" ? 1000 : statusCode, reason: "" };
}
