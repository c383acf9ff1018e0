import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { link } from "../arbitraries/conversations.ts";
import { payload } from "../arbitraries/payload.ts";
import { script } from "../arbitraries/scripts.ts";
import { patternBytes } from "../bytes/bytes.ts";
import { formatBytes, parseBytes } from "../bytes/bytes-text.ts";
import type { Step } from "./step.ts";
import { formatLink, formatStep, parseLink, parseStep } from "./step-text.ts";

describe("the text of a step", () => {
  it("is parsed as it was formatted, in one line", () => {
    fc.assert(
      fc.property(script(70_000), ({ steps }) => {
        const lines = steps.map(formatStep);
        expect(lines.filter((line) => line.includes("\n"))).toEqual([]);
        expect(lines.map(parseStep)).toEqual(steps);
      }),
    );
  });

  it.each<[string, Step]>([
    ['client sends text "a\\"b" with priority -1 prepared', command({ kind: "text", data: 'a"b' }, -1, true)],
    ["client sends binary none", command({ kind: "binary", data: new Uint8Array(0) }, 0, false)],
    ["peer sends bytes 81 00", { type: "send", by: "peer", bytes: Uint8Array.of(0x81, 0) }],
    ["peer sends bytes pattern(70000, 3)", { type: "send", by: "peer", bytes: patternBytes(70_000, 3) }],
    ["the link is gone", { type: "vanish" }],
    ["runs", { type: "run", milliseconds: 0 }],
    ["runs for 0.5 ms", { type: "run", milliseconds: 0.5 }],
  ])("reads %s", (line, step) => {
    expect(formatStep(step)).toBe(line);
    expect(parseStep(line)).toEqual(step);
  });

  it.each(["", "client", "client sings", "client sends text hello", "peer sends bytes 8", "peer sends bytes 81 zz"])(
    "throws for text that is not a step: %s",
    (line) => {
      expect(() => parseStep(line)).toThrow(SyntaxError);
    },
  );
});

describe("the text of a link", () => {
  it("is parsed as it was formatted", () => {
    fc.assert(
      fc.property(link(), (options) => {
        const read = parseLink(formatLink(options));
        const { latency = 0, window, chunking = { sizes: [], repeated: false } } = options;
        expect({ chunking: { sizes: [], repeated: false }, ...defined(read) }).toEqual({
          latency,
          ...(window === undefined ? {} : { window }),
          // Without sizes, there is nothing to repeat.
          chunking: chunking.sizes.length === 0 ? { sizes: [], repeated: false } : chunking,
        });
      }),
    );
  });
});

describe("the text of bytes", () => {
  it("are parsed as they were formatted", () => {
    fc.assert(
      fc.property(payload(), (bytes) => {
        const read = parseBytes(formatBytes(bytes));
        expect(read.length).toBe(bytes.length);
        expect(read.every((byte, index) => byte === bytes[index])).toBe(true);
      }),
    );
  });
});

function command(
  message: { kind: "text"; data: string } | { kind: "binary"; data: Uint8Array },
  priority: number,
  prepared: boolean,
): Step {
  return { type: "command", by: "client", command: { type: "message", message, priority, prepared } };
}

function defined(options: object): object {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
