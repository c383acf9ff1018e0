/** Formats bytes and text for people. Data from the wire never reaches a terminal unescaped. */
import { statusCodes } from "@hybi/core";
import { opcodes } from "@hybi/core/frame";

/** Names of status codes that the rules in @hybi/core do not use (RFC 6455 §7.4.1, §11.7). */
const otherStatusCodes: Readonly<Record<number, string>> = {
  1004: "reserved",
  1012: "service restart",
  1013: "try again later",
  1014: "bad gateway",
  1015: "TLS handshake",
};

/** Two digits per byte, separated by spaces. */
export function toHex(bytes: Iterable<number>): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

export function amount(bytes: number): string {
  return `${bytes.toLocaleString("en")} ${bytes === 1 ? "byte" : "bytes"}`;
}

/** Returns `text` in quotation marks, on one line, with every character escaped that a terminal would interpret. */
export function quote(text: string): string {
  return escapeUnseen(JSON.stringify(text));
}

/** Formats a line of a head: one char is one byte; control characters are escaped. */
export function escapeLine(line: string): string {
  const escaped = Array.from(line, (char) =>
    char < " " ? `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}` : char,
  );
  return escapeUnseen(escaped.join(""));
}

/** Escapes DEL, the C1 controls, and characters that reverse or hide text. */
function escapeUnseen(text: string): string {
  return text.replace(
    /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

export function opcodeName(opcode: number): string {
  return Object.entries(opcodes).find(([, value]) => value === opcode)?.[0] ?? "reserved";
}

/** The name of a status code; undefined when only the application gives it a meaning. */
function statusCodeName(code: number): string | undefined {
  const name = Object.entries(statusCodes).find(([, value]) => value === code)?.[0];
  return name?.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`) ?? otherStatusCodes[code];
}

/** Formats a status code, its name and the reason (RFC 6455 §5.5.1). */
export function describeClose(payload: Uint8Array): string {
  if (payload.length === 0) return "no status code";
  if (payload.length === 1) return `${toHex(payload)}: half a status code`;
  const code = (payload[0]! << 8) | payload[1]!;
  const reason = new TextDecoder("utf-8", { ignoreBOM: true }).decode(payload.subarray(2));
  return [String(code), statusCodeName(code), reason === "" ? undefined : quote(reason)].filter(Boolean).join("  ");
}

export function isPrintable(payload: Uint8Array): boolean {
  return payload.every((byte) => byte >= 0x20 && byte < 0x7f);
}
