/**
 * The closing handshake as a reducer, written from the text of RFC 6455 §7: two endpoints and two pipes, and what each of
 * them owes after whatever has happened. It knows nothing of any implementation.
 *
 * Where the RFC leaves a choice it is core's: control frames leave before messages that wait (§5.4), at most the 16 most
 * recent Pings are answered (§5.5.3), and a Close frame is answered with its own status code and no reason (§5.5.1).
 */
import type { Role } from "@hybi/core";
import type { CloseContent } from "../wire/close-content.ts";

/** A frame that is on its way, as the model sees it. */
export type ModelFrame =
  | { readonly type: "text" | "ping" | "pong"; readonly data: string }
  | { readonly type: "close"; readonly content: CloseContent }
  /** One that must fail the connection. */
  | { readonly type: "illegal" };

/** What an endpoint tells its application, as the model sees it. */
export type ModelEvent =
  | { readonly type: "text" | "ping" | "pong"; readonly data: string }
  | { readonly type: "close"; readonly content: CloseContent }
  | { readonly type: "failure" }
  | { readonly type: "end"; readonly clean: boolean; readonly statusCode: number; readonly reason: string };

/** One endpoint, as RFC 6455 §7 sees it. */
export interface ModelEnd {
  /** Its application has asked for the closing handshake (§7.1.2). */
  asked: boolean;
  /** What its one Close frame says, from when it is known that there will be one; its own after a failure. */
  close: CloseContent | "failure" | undefined;
  closeSent: boolean;
  closeReceived: CloseContent | undefined;
  /** It has failed the connection (§7.1.7). */
  failed: boolean;
  /** A deadline has passed: the transport is to be dropped. */
  aborted: boolean;
  /** It has seen the end of the transport. */
  ended: boolean;
  messages: string[];
  pings: string[];
  pongsDue: string[];
}

/** Both endpoints, and what is between them. */
export interface ClosingModel {
  readonly ends: Readonly<Record<Role, ModelEnd>>;
  /** Frames sent by each role and not yet delivered, and whether it has ended its half of the transport. */
  readonly pipes: Readonly<Record<Role, { frames: ModelFrame[]; ended: boolean }>>;
}

/** Two endpoints whose connection is open, and nothing on its way. */
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

/** §5.5.1: no data frame after a Close frame; and an application that has asked for the end has said its last. */
export function maySend(end: Readonly<ModelEnd>): boolean {
  return !end.asked && !end.closeSent && !end.ended;
}

/** §7.1.1: the server closes the transport first, the client waits for it. §7.1.7: who fails the connection closes it. */
export function owedToTransport(end: Readonly<ModelEnd>, role: Role): "keep" | "await-end" | "end" | "abort" {
  if (end.aborted) return "abort";
  if (end.ended || (end.failed && end.closeSent)) return "end";
  if (end.closeSent && end.closeReceived !== undefined) return role === "server" ? "end" : "await-end";
  return "keep";
}

/** Whether everything that `end` has to say is taken. */
export function isTaken(end: Readonly<ModelEnd>): boolean {
  const waiting = end.messages.length + end.pings.length + end.pongsDue.length;
  return waiting === 0 && (end.close === undefined || end.closeSent);
}

/** The application asks for the closing handshake; only the first Close frame is sent. */
export function ask(end: ModelEnd, content: CloseContent): void {
  if (end.ended) return;
  end.asked = true;
  end.close ??= content;
}

/** Takes everything that waits: control frames first (§5.4), then messages, and the Close frame, once, last of all. */
export function takeFrames(end: ModelEnd): (Exclude<ModelFrame, { type: "illegal" }> | { type: "failure" })[] {
  const named = (type: "text" | "ping" | "pong", all: string[]) => all.splice(0).map((data) => ({ type, data }));
  const frames = [...named("ping", end.pings), ...named("pong", end.pongsDue), ...named("text", end.messages)];
  if (end.close === undefined || end.closeSent) return frames;
  end.closeSent = true;
  return [...frames, end.close === "failure" ? { type: "failure" } : { type: "close", content: end.close }];
}

/** A frame arrives at `end`. Answers what is told of it. */
export function receiveFrame(end: ModelEnd, role: Role, frame: ModelFrame): ModelEvent[] {
  // §1.4, §7.1.7: nothing means anything after the peer's Close frame, a failure, or the end.
  if (end.closeReceived !== undefined || end.failed || end.aborted || end.ended) return [];
  switch (frame.type) {
    case "text":
    case "pong":
      return [frame];
    case "ping":
      // §5.5.2, §5.5.3: answered, and of many only the most recent ones.
      end.pongsDue = [...end.pongsDue, frame.data].slice(-16);
      return [frame];
    case "close":
      end.closeReceived = frame.content;
      end.close ??= echo(frame.content, role);
      // §5.5.2: a Pong, unless a Close frame was received.
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
  // Ours may still leave, unless the transport is dropped first.
  const clean = end.closeSent || !end.aborted;
  return [{ type: "end", clean, statusCode: closeReceived.statusCode ?? 1005, reason: closeReceived.reason }];
}

/** §5.5.1: who has sent no Close frame answers one, typically with its status code; §7.4.1: 1010 is the client's. */
function echo({ statusCode }: CloseContent, role: Role): CloseContent {
  return { statusCode: statusCode === 1010 && role === "server" ? 1000 : statusCode, reason: "" };
}
