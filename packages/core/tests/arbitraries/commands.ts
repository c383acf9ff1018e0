/** What an application may ask of its endpoint, as data, and how to do it. */
import {
  type Connection,
  type Endpoint,
  type MessageKind,
  prepareBinary,
  prepareText,
  type Role,
  UsageError,
} from "@hybi/core";
import fc from "fast-check";
import { payload } from "./bytes.ts";
import { type CloseContent, closeContent } from "./close.ts";
import { controlPayload } from "./frames.ts";
import { type Message, message } from "./streams.ts";
import { text } from "./text.ts";

/** A part of a streamed message. */
type Piece = string | Uint8Array;

/** One command. */
export type Command =
  | { readonly type: "message"; readonly message: Message; readonly priority: number; readonly prepared: boolean }
  | {
      readonly type: "stream";
      readonly kind: MessageKind;
      readonly pieces: readonly Piece[];
      readonly priority: number;
    }
  | { readonly type: "ping" | "pong"; readonly payload: Uint8Array }
  | { readonly type: "close"; readonly content: CloseContent };

/** A data message; `most` bounds binary ones. */
export function messageCommand(most = 70_000): fc.Arbitrary<Command> {
  const priority = fc.constantFrom(0, 0, 0, 1, -1, 7);
  return fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        type: fc.constant("message" as const),
        message: message(most),
        priority,
        prepared: fc.boolean(),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        type: fc.constant("stream" as const),
        kind: fc.constant("text" as const),
        pieces: fc.array(text(), { maxLength: 4 }),
        priority,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        type: fc.constant("stream" as const),
        kind: fc.constant("binary" as const),
        pieces: fc.array(payload(most), { maxLength: 4 }),
        priority,
      }),
    },
  );
}

/** A Ping or an unsolicited Pong. */
export function controlCommand(): fc.Arbitrary<Command> {
  return fc.record({ type: fc.constantFrom("ping" as const, "pong" as const), payload: controlPayload() });
}

export function closeCommand(): fc.Arbitrary<Command> {
  return fc.record({ type: fc.constant("close" as const), content: closeContent() });
}

/** Any command that is legal while the connection is open. */
export function command(most = 70_000): fc.Arbitrary<Command> {
  return fc.oneof(
    { weight: 6, arbitrary: messageCommand(most) },
    { weight: 3, arbitrary: controlCommand() },
    { weight: 1, arbitrary: closeCommand() },
  );
}

/** Carries `command` out. Answers the usage error that refused it, if one did. */
export function perform(endpoint: Connection | Endpoint, command: Command): UsageError | undefined {
  try {
    carryOut(endpoint, command);
    return undefined;
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
}

function carryOut(endpoint: Connection | Endpoint, command: Command): void {
  switch (command.type) {
    case "message": {
      const { message, prepared, priority } = command;
      if (prepared) {
        const whole = message.kind === "text" ? prepareText(message.data) : prepareBinary(message.data);
        endpoint.sendPrepared(whole, { priority });
      } else if (message.kind === "text") endpoint.sendText(message.data, priority === 0 ? undefined : { priority });
      else endpoint.sendBinary(message.data, priority === 0 ? undefined : { priority });
      return;
    }
    case "stream": {
      const stream = endpoint.startMessage(command.kind, { priority: command.priority });
      for (const piece of command.pieces) stream.write(piece);
      stream.end();
      return;
    }
    case "ping":
      endpoint.sendPing(command.payload);
      return;
    case "pong":
      endpoint.sendPong(command.payload);
      return;
    case "close":
      endpoint.sendClose(command.content.statusCode, command.content.reason);
      return;
    default:
      command satisfies never;
  }
}

/** The other one. */
export function peerOf(role: Role): Role {
  return role === "client" ? "server" : "client";
}
