import { hexBytes } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { Keepalive } from "./keepalive.ts";

describe("Keepalive", () => {
  it("numbers its Pings, and awaits a Pong once the last of them was taken [X23]", () => {
    const keepalive = new Keepalive();
    expect(keepalive.isAwaiting(100)).toBe(false);
    expect(keepalive.next(3)).toEqual(hexBytes("6862 00000001"));
    expect([keepalive.isAwaiting(2), keepalive.isAwaiting(3), keepalive.isAwaiting(4)]).toEqual([false, true, true]);
    expect(keepalive.next(5)).toEqual(hexBytes("6862 00000002"));
    expect([keepalive.isAwaiting(4), keepalive.isAwaiting(5)]).toEqual([false, true]);
  });

  it("accepts a Pong for its own Ping and all earlier ones, and never goes back [X23]", () => {
    const keepalive = new Keepalive();
    const payloads = [1, 2, 3].map((ordinal) => keepalive.next(ordinal));
    keepalive.acknowledge(payloads[0] as Uint8Array, 3);
    expect(keepalive.isAwaiting(3)).toBe(true);
    keepalive.acknowledge(payloads[2] as Uint8Array, 3);
    expect(keepalive.isAwaiting(3)).toBe(false);
    keepalive.acknowledge(payloads[1] as Uint8Array, 3);
    expect(keepalive.isAwaiting(3)).toBe(false);
  });

  it.each([
    "",
    "6862",
    "6862 00000002",
    "6862 ffffffff",
    "6862 00000000",
    "6962 00000001",
    "6863 00000001",
    "6862 0000000100",
  ])("ignores a Pong with payload %s, which none of its Pings had [X22]", (hex) => {
    const keepalive = new Keepalive();
    keepalive.next(1);
    keepalive.acknowledge(hexBytes(hex), 1);
    expect(keepalive.isAwaiting(1)).toBe(true);
  });

  it("recognizes the Pong of the latest Ping of either kind, once that was taken", () => {
    const keepalive = new Keepalive();
    const payload = hexBytes("6162");
    keepalive.note(payload, 1);
    payload[0] = 0;
    keepalive.acknowledge(hexBytes("6162"), 0);
    keepalive.acknowledge(hexBytes("6163"), 1);
    keepalive.acknowledge(hexBytes("616263"), 1);
    expect(keepalive.answered).toBe(0);
    keepalive.acknowledge(hexBytes("6162"), 1);
    expect(keepalive.answered).toBe(1);
    const own = keepalive.next(2);
    keepalive.acknowledge(hexBytes("6162"), 2);
    expect(keepalive.answered).toBe(1);
    keepalive.acknowledge(own, 2);
    expect([keepalive.answered, keepalive.isAwaiting(2)]).toEqual([2, false]);
  });
});
