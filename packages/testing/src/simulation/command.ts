/** Application commands to an endpoint as data, and a function that carries them out. */
import { type Connection, type Endpoint, type MessageKind, prepareBinary, prepareText, UsageError } from "@hybi/core";
import type { CloseContent } from "../wire/close-content.ts";
import type { Message } from "../wire/message.ts";

/** A piece of a streamed message. */
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

/** An object that can carry out any command: an `Endpoint` or a `Connection`. */
export type CommandSubject = Pick<
  Connection | Endpoint,
  "sendText" | "sendBinary" | "sendPrepared" | "startMessage" | "sendPing" | "sendPong" | "sendClose"
>;

/** Carries out `command`. Returns the usage error that refused it, if any. */
export function performCommand(endpoint: CommandSubject, command: Command): UsageError | undefined {
  try {
    carryOut(endpoint, command);
    return undefined;
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
}

function carryOut(endpoint: CommandSubject, command: Command): void {
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
