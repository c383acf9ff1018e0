/** A message that a program sends to many, one socket after another: it is encoded once, as a frame for all of them. */
import { Buffer } from "node:buffer";
import { type PreparedMessage, prepareBinary, prepareText } from "@hybi/core";
import { bufferOver, bytesOf } from "./data.ts";
import { functions } from "./setup.ts";
import { atEndOfTurn } from "./turns.ts";

/** What was sent last in this turn, and its frame if it was sent twice. */
let latest: unknown;
let isLatestText = false;
let frame: PreparedMessage | undefined;

const { equals } = Buffer.prototype;

/**
 * Returns the message as a frame for many, if it is the one that was sent before it in this turn; otherwise remembers it. `payload` is what
 * is sent of `data`. Programs may change their bytes between two sends, so these are compared, which takes less than to check and copy
 * them again.
 */
export function preparedFor(data: unknown, payload: string | Uint8Array, isText: boolean): PreparedMessage | undefined {
  if (data !== latest || isText !== isLatestText) {
    latest = data;
    isLatestText = isText;
    frame = undefined;
    atEndOfTurn(forget);
    return undefined;
  }
  if (frame === undefined || (typeof payload !== "string" && !equals.call(frame.payload, payload))) {
    frame = prepare(payload, isText);
  }
  return frame;
}

function prepare(payload: string | Uint8Array, isText: boolean): PreparedMessage | undefined {
  if (!isText) return prepareBinary(bytesOf(payload), functions);
  if (typeof payload === "string") return prepareText(payload, functions);
  // What is no UTF-8 is refused where it is sent.
  if (!functions.isUtf8!(payload, 0, payload.length)) return undefined;
  return prepareText(bufferOver(payload, 0, payload.length).toString(), functions);
}

function forget(): void {
  latest = undefined;
  frame = undefined;
}
