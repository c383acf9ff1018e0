import { concatBytes, scaledRuns } from "@hybi/testing";
import fc from "fast-check";
import { expect, it } from "vitest";
import { History } from "./history.ts";

it("a history holds the last 32 KiB appended, oldest first", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.nat(300), fc.nat(40_000)), { maxLength: 12 }), (lengths) => {
      const history = new History();
      const parts = lengths.map((length, part) =>
        Uint8Array.from({ length: length + 2 }, (_, index) => index * 7 + part),
      );
      for (const part of parts) history.append(part, 1, part.length - 1);
      const all = concatBytes(parts.map((part) => part.subarray(1, part.length - 1)));
      expect(String(history.contents())).toBe(String(all.subarray(Math.max(0, all.length - 32_768))));
    }),
    scaledRuns(30),
  );
});

it("a cleared history is empty", () => {
  const history = new History();
  history.append(Uint8Array.of(1, 2, 3), 0, 3);
  history.clear();
  expect(history.contents()).toHaveLength(0);
  history.append(Uint8Array.of(4), 0, 1);
  expect(history.contents()).toEqual(Uint8Array.of(4));
});
