import { describe, expect, it } from "vitest";
import { concat, patterned, sameBytes } from "../../tests/support/bytes.ts";
import { ByteQueue } from "./byte-queue.ts";

describe("ByteQueue", () => {
  it.each([1, 2, 100, 4096, 10_000])(
    "gives back in pieces of at most %i bytes what was appended, in order",
    (limit) => {
      const queue = new ByteQueue();
      const parts = [patterned(3), patterned(5000, 1), patterned(700, 2), patterned(9000, 3)];
      for (const part of parts) {
        queue.writer.append(part);
        queue.appended(part.length);
      }
      expect(queue.length).toBe(14_703);
      const pieces: Uint8Array[] = [];
      while (queue.length > 0) {
        const piece = queue.take(limit);
        expect(piece.length > 0 && piece.length <= limit).toBe(true);
        pieces.push(piece);
      }
      expect(sameBytes(concat(pieces), concat(parts))).toBe(true);
      expect(queue.take(limit)).toHaveLength(0);
    },
  );

  it("takes what is appended in between behind what waits", () => {
    const queue = new ByteQueue();
    queue.writer.append(Uint8Array.of(1, 2, 3));
    queue.appended(3);
    expect([...queue.take(2)]).toEqual([1, 2]);
    queue.writer.append(Uint8Array.of(4));
    queue.appended(1);
    expect([...queue.take(9)]).toEqual([3]);
    expect([...queue.take(9)]).toEqual([4]);
    expect(queue.length).toBe(0);
  });
});
