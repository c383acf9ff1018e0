import { patternBytes, utf8Bytes } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { EventCollector } from "./connection-sink.ts";
import { connectionViolation } from "./vocabulary/violation.ts";

describe("EventCollector", () => {
  it("makes an event of each call, in order", () => {
    const collector = new EventCollector();
    const fault = connectionViolation("frame/too-big", 3);
    collector.text("t");
    collector.binary(utf8Bytes("abc"), 1, 2);
    collector.piece("text", utf8Bytes("abc"), 0, 3, true);
    collector.ping(utf8Bytes("i"));
    collector.pong(utf8Bytes("o"));
    collector.close(1000, "r");
    collector.failure(fault);
    collector.end(false, 1006, "");
    expect(collector.events).toEqual([
      { type: "text", data: "t" },
      { type: "binary", data: utf8Bytes("b") },
      { type: "piece", kind: "text", data: utf8Bytes("abc"), final: true },
      { type: "ping", payload: utf8Bytes("i") },
      { type: "pong", payload: utf8Bytes("o") },
      { type: "close", statusCode: 1000, reason: "r" },
      { type: "failure", violation: fault },
      { type: "end", clean: false, statusCode: 1006, reason: "" },
    ]);
  });

  it("copies up to 64 bytes of a larger array, and references it for more [F25]", () => {
    const array = patternBytes(200);
    const dataOf = (start: number, end: number, source = array) => {
      const collector = new EventCollector();
      collector.binary(source, start, end);
      const [event] = collector.events;
      return event?.type === "binary" ? event.data : array;
    };
    expect(dataOf(10, 74).buffer === array.buffer).toBe(false);
    expect(dataOf(10, 74)).toEqual(array.slice(10, 74));
    expect(dataOf(10, 75).buffer === array.buffer).toBe(true);
    expect(dataOf(10, 75)).toEqual(array.slice(10, 75));
    expect(dataOf(0, 200)).toBe(array);
    const small = utf8Bytes("abc");
    expect(dataOf(0, 3, small)).toBe(small);
  });
});
