/** Helpers for writing cases. */
import { opcodes } from "@hybi/core/frame";
import type { Answer, ConformanceCase, Ending, FrameSpec, MessageSpec, Step } from "../case.ts";
import type { Payload } from "../payload.ts";

type Rest = Omit<FrameSpec, "opcode" | "payload">;

export function text(payload: Payload, rest: Rest = {}): FrameSpec {
  return { opcode: opcodes.text, payload, ...rest };
}

export function binary(payload: Payload, rest: Rest = {}): FrameSpec {
  return { opcode: opcodes.binary, payload, ...rest };
}

export function continuation(payload: Payload, rest: Rest = {}): FrameSpec {
  return { opcode: opcodes.continuation, payload, ...rest };
}

export function ping(payload: Payload = "", rest: Rest = {}): FrameSpec {
  return { opcode: opcodes.ping, payload, ...rest };
}

export function pong(payload: Payload = "", rest: Rest = {}): FrameSpec {
  return { opcode: opcodes.pong, payload, ...rest };
}

/** A Close frame; without a status code its payload is empty. */
export function close(statusCode?: number, reason: Payload = "", rest: Rest = {}): FrameSpec {
  if (statusCode === undefined) return { opcode: opcodes.close, ...rest };
  const code = { hex: statusCode.toString(16).padStart(4, "0") };
  return { opcode: opcodes.close, payload: { join: [code, reason] }, ...rest };
}

/** A fragment that is not the last. */
export const more = { final: false } as const;

export function hex(bytes: string): Payload {
  return { hex: bytes };
}

export function compressed(message: "text" | "binary", payload: Payload, fragment?: number): MessageSpec {
  return { message, payload, compress: true, ...(fragment !== undefined && { fragment }) };
}

export function send(...pieces: Extract<Step, { send: unknown }>["send"][number][]): Step {
  return { send: pieces };
}

/** Sends one byte at a time. */
export function octetWise(...pieces: Extract<Step, { send: unknown }>["send"][number][]): Step {
  return { send: pieces, chop: 1 };
}

/** Sends each in a write of its own. */
export function frameWise(...pieces: Extract<Step, { send: unknown }>["send"][number][]): Step[] {
  return pieces.map((piece) => ({ send: [piece] }));
}

export const toFail: Step = { pause: "to-fail" };

/** The connection stays open, and these answers arrive. */
export function answers(...expected: Answer[]): { answers: readonly Answer[]; ending: Ending } {
  return { answers: expected, ending: { type: "open" } };
}

/** The connection is failed after these answers. */
export function fails(
  statusCode: number | readonly number[],
  ...before: Answer[]
): { answers: readonly Answer[]; ending: Ending } {
  return { answers: before, ending: { type: "failed", statusCodes: [statusCode].flat() } };
}

/** The endpoint replies to a Close frame after these answers; null is a Close frame without a status code. */
export function closes(
  statusCode: number | null | readonly (number | null)[],
  ...before: Answer[]
): { answers: readonly Answer[]; ending: Ending } {
  return { answers: before, ending: { type: "closed", statusCodes: [statusCode].flat() } };
}

/** Defaults that most cases share. */
export type Draft = Omit<ConformanceCase, "severity" | "role" | "id" | "section"> &
  Partial<Pick<ConformanceCase, "severity" | "role" | "section">>;

/** Defines a case of a rule that binds both roles, unless `draft` says otherwise. */
export function define(id: string, section: string, draft: Draft): ConformanceCase {
  return { id, section, role: "both", severity: "required", ...draft };
}

/** Like `define`, for a case that has the same number in the Autobahn testsuite. */
export function shared(id: string, section: string, draft: Draft): ConformanceCase {
  return { ...define(id, section, draft), autobahn: id };
}
