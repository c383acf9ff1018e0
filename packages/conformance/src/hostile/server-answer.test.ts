import { encodeFrame, opcodes } from "@hybi/core/frame";
import { expect, it } from "vitest";
import { ServerAnswer } from "./server-answer.ts";

const head = new TextEncoder().encode("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n");
const messages = [
  encodeFrame({ opcode: opcodes.binary, payload: new Uint8Array(70_000).fill(0x88) }),
  encodeFrame({ opcode: opcodes.text, payload: new Uint8Array(300).fill(0x88) }),
  encodeFrame({ opcode: opcodes.text, payload: new Uint8Array(0) }),
];
const close = (...payload: number[]): Uint8Array =>
  encodeFrame({ opcode: opcodes.close, payload: Uint8Array.from(payload) });

/** The result after reading `parts` in chunks of `step` bytes. */
function read(step: number, ...parts: readonly Uint8Array[]): ServerAnswer {
  const answer = new ServerAnswer();
  const bytes = Uint8Array.from(parts.flatMap((part) => Array.from(part)));
  for (let at = 0; at < bytes.length; at += step) answer.receive(bytes.subarray(at, at + step));
  return answer;
}

it.each([1, 7, 100_000])("finds the status code of a Close frame after messages, in chunks of %i bytes", (step) => {
  const answer = read(step, head, ...messages, close(0x03, 0xf1, 0x61));
  expect([answer.isOpen, answer.status, answer.closeCode]).toEqual([true, 101, 1009]);
});

it("reports 1005 for a Close frame without a status code, and undefined without a Close frame", () => {
  expect(read(1, head, close()).closeCode).toBe(1005);
  expect(read(1, head, ...messages).closeCode).toBeUndefined();
});

it("finds the status of a rejection, whose body is not frames", () => {
  const refusal = new TextEncoder().encode("HTTP/1.1 503 Service Unavailable\r\n\r\n\u0088\u0002no");
  const answer = read(3, refusal);
  expect([answer.isOpen, answer.status, answer.closeCode]).toEqual([false, 503, undefined]);
});
