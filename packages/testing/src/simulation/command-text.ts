/** Formats and parses commands: the lines of a transcript that record what an application did. */

import { formatBytes, parseBytes } from "../bytes/bytes-text.ts";
import type { CloseContent } from "../wire/close-content.ts";
import type { Command } from "./command.ts";

/** Formats the text after the party's name: `sends text "hello" with priority 1`. `parseCommand` is the inverse. */
export function formatCommand(command: Command): string {
  switch (command.type) {
    case "message": {
      const { message, priority, prepared } = command;
      const data = message.kind === "text" ? JSON.stringify(message.data) : formatBytes(message.data);
      return `sends ${message.kind} ${data}${formatPriority(priority)}${prepared ? " prepared" : ""}`;
    }
    case "stream": {
      const pieces = command.pieces.map((piece) =>
        typeof piece === "string" ? JSON.stringify(piece) : formatBytes(piece),
      );
      return `streams ${command.kind} [${pieces.join(" | ")}]${formatPriority(command.priority)}`;
    }
    case "ping":
    case "pong":
      return `sends ${command.type} ${formatBytes(command.payload)}`;
    case "close":
      return `closes${formatContent(command.content)}`;
    default:
      return command satisfies never;
  }
}

/** Parses a command written by `formatCommand`; returns undefined for any other text. */
export function parseCommand(text: string): Command | undefined {
  const [, type, payload] = /^sends (ping|pong) (.*)$/.exec(text) ?? [];
  if (payload !== undefined) return { type: type === "ping" ? "ping" : "pong", payload: parseBytes(payload) };
  return parseClose(text) ?? parseStream(text) ?? parseMessage(text);
}

const options = "(?: with priority (-?\\d+))?";
const textLine = new RegExp(`^sends text ("(?:[^"\\\\]|\\\\.)*")${options}( prepared)?$`);
const binaryLine = new RegExp(`^sends binary (.*?)${options}( prepared)?$`);
const streamLine = new RegExp(`^streams (text|binary) \\[(.*)\\]${options}$`);

function parseMessage(text: string): Command | undefined {
  const [, json, textPriority = "0", textPrepared] = textLine.exec(text) ?? [];
  if (json !== undefined) {
    const message = { kind: "text", data: JSON.parse(json) as string } as const;
    return { type: "message", message, priority: Number(textPriority), prepared: textPrepared !== undefined };
  }
  const [, bytes, priority = "0", prepared] = binaryLine.exec(text) ?? [];
  if (bytes === undefined) return undefined;
  const message = { kind: "binary", data: parseBytes(bytes) } as const;
  return { type: "message", message, priority: Number(priority), prepared: prepared !== undefined };
}

function parseStream(text: string): Command | undefined {
  const [, kind, pieces = "", priority = "0"] = streamLine.exec(text) ?? [];
  if (kind === "text") {
    const strings = pieces.match(/"(?:[^"\\]|\\.)*"/g) ?? [];
    return { type: "stream", kind, pieces: strings.map((json) => JSON.parse(json)), priority: Number(priority) };
  }
  if (kind !== "binary") return undefined;
  const parts = pieces === "" ? [] : pieces.split(" | ");
  return { type: "stream", kind, pieces: parts.map(parseBytes), priority: Number(priority) };
}

function parseClose(text: string): Command | undefined {
  if (text === "closes") return { type: "close", content: { statusCode: undefined, reason: "" } };
  const [, code, reason] = /^closes with (\d+) (".*")$/.exec(text) ?? [];
  if (reason === undefined) return undefined;
  return { type: "close", content: { statusCode: Number(code), reason: JSON.parse(reason) } };
}

function formatPriority(priority: number): string {
  return priority === 0 ? "" : ` with priority ${priority}`;
}

function formatContent({ statusCode, reason }: CloseContent): string {
  return statusCode === undefined ? "" : ` with ${statusCode} ${JSON.stringify(reason)}`;
}
