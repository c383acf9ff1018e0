/** A message streamed piece by piece through extensions that hold some of it back. */
import { expect, it } from "vitest";
import { Connection } from "../../src/connection.ts";
import type { MessageTransform } from "../../src/vocabulary/extension.ts";
import { agreeing, extension } from "../support/extensions.ts";

/** Holds everything back until it is flushed, if `flushable`, or ended. */
function keeping(flushable: boolean): MessageTransform {
  let kept: number[] = [];
  const handOut: MessageTransform["endEncode"] = (sink) => {
    sink(Uint8Array.from(kept), 0, kept.length);
    kept = [];
  };
  return {
    beginDecode: () => false,
    decode: () => undefined,
    endDecode: () => undefined,
    beginEncode: () => 0,
    encode: (bytes, start, end) => void kept.push(...bytes.subarray(start, end)),
    ...(flushable ? { flushEncode: handOut } : {}),
    endEncode: handOut,
    release: () => undefined,
  };
}

function lengthsTaken(...flushable: readonly boolean[]): number[] {
  const extensions = flushable.map((each, index) => extension(`keeping${index}`, 0, () => keeping(each)));
  const connection = new Connection(agreeing("server", ...extensions), { extensions });
  const message = connection.startMessage("binary");
  const lengths: number[] = [];
  const take = (): void => void lengths.push(...connection.takeOutput().map(({ length }) => length));
  for (const length of [10, 20]) {
    message.write(new Uint8Array(length));
    take();
    take();
  }
  message.end();
  take();
  return lengths;
}

it("written parts of a message leave before it ends, though extensions held them back", () => {
  expect(lengthsTaken(true)).toEqual([2 + 10, 2 + 20, 2]);
  expect(lengthsTaken(true, true)).toEqual([2 + 10, 2 + 20, 2]);
});

it("data that an extension cannot flush waits for the end of the message", () => {
  expect(lengthsTaken(false)).toEqual([2 + 30]);
  expect(lengthsTaken(true, false)).toEqual([2 + 30]);
});
