import { hexBytes, utf8Bytes } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { readFrames } from "../../tests/support/read-frames.ts";
import { OutputScheduler } from "../sending/output-scheduler.ts";
import { noNativeFunctions } from "../vocabulary/native-functions.ts";
import type { Role } from "../vocabulary/terms.ts";
import { connectionViolation } from "../vocabulary/violation.ts";
import { ClosingHandshake } from "./closing-handshake.ts";

const theirs = hexBytes("0fa0 746865697273");

/** Returns a handshake, and a function that takes our frames as the connection does and returns their payloads. */
function start(role: Role): { readonly closing: ClosingHandshake; readonly take: () => Uint8Array[] } {
  const options = {
    role,
    keys: undefined,
    transforms: [],
    fragmentSize: 1024,
    native: noNativeFunctions,
    echoReason: false,
  };
  const output = new OutputScheduler(options);
  const closing = new ClosingHandshake(output, options);
  const take = (): Uint8Array[] => {
    const frames = readFrames([...output.take(Number.POSITIVE_INFINITY)]);
    if (output.closeTaken) closing.taken();
    return frames.map(({ payload }) => payload);
  };
  return { closing, take };
}

function thrownBy(closing: ClosingHandshake): string | undefined {
  try {
    closing.checkCanSend();
    return undefined;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

const ours = hexBytes("03e8");

describe("ClosingHandshake", () => {
  it("goes open, closing, close-sent, closed, ended when we begin", () => {
    const { closing, take } = start("server");
    expect([closing.state, closing.canFail, thrownBy(closing)]).toEqual(["open", true, undefined]);
    closing.request(ours, true);
    expect([closing.state, closing.canFail, thrownBy(closing)]).toEqual(["closing", true, "send/after-close"]);
    expect(take()).toEqual([ours]);
    expect(closing.state).toBe("close-sent");
    closing.taken();
    expect([closing.state, closing.canFail]).toEqual(["close-sent", true]);
    expect(closing.receive(theirs)).toEqual({ statusCode: 4000, reason: "theirs" });
    expect([closing.state, closing.transportAction, closing.canFail]).toEqual(["closed", "end", false]);
    expect(closing.end()).toEqual({ type: "end", clean: true, statusCode: 4000, reason: "theirs" });
    expect([closing.state, closing.transportAction, closing.canFail]).toEqual(["ended", "end", false]);
    expect([take(), thrownBy(closing)]).toEqual([[], "endpoint/ended"]);
  });

  it("goes open, close-received, closed when the peer begins; requesting a close then sends nothing more [X07]", () => {
    const { closing, take } = start("client");
    closing.receive(new Uint8Array(0));
    expect([closing.state, thrownBy(closing)]).toEqual(["close-received", undefined]);
    closing.request(ours, true);
    expect([closing.state, thrownBy(closing)]).toEqual(["close-received", "send/after-close"]);
    expect(take()).toEqual([new Uint8Array(0)]);
    expect([closing.state, closing.transportAction]).toEqual(["closed", "await-end"]);
    expect(closing.end()).toEqual({ type: "end", clean: true, statusCode: 1005, reason: "" });
  });

  it("uses our Close frame as the reply when the peer's arrives before it was taken [X07]", () => {
    const { closing, take } = start("server");
    closing.request(ours, false);
    closing.request(theirs, false);
    closing.receive(theirs);
    expect([closing.state, take(), closing.state]).toEqual(["close-received", [ours], "closed"]);
  });

  it("changes nothing for a Close frame that breaks a rule [X01]", () => {
    const { closing, take } = start("server");
    expect(closing.receive(hexBytes("03"))).toBe("close/payload-truncated");
    expect([closing.state, take()]).toEqual(["open", []]);
  });

  it("goes failing, failed after a failure, and ends unclean with 1006 [X13] [X16]", () => {
    const { closing, take } = start("client");
    closing.fail(connectionViolation("frame/opcode-reserved", 0));
    expect([closing.state, closing.transportAction, closing.canFail]).toEqual(["failing", "keep", false]);
    expect(thrownBy(closing)).toBe(undefined);
    expect(take()).toEqual([Uint8Array.of(0x03, 0xea, ...utf8Bytes("frame/opcode-reserved"))]);
    expect([closing.state, closing.transportAction, thrownBy(closing)]).toEqual(["failed", "end", "send/after-close"]);
    expect(closing.end()).toEqual({ type: "end", clean: false, statusCode: 1006, reason: "" });
  });

  it("sends no second Close frame when it fails afterwards [X16]", () => {
    for (const fail of ["fail", "giveUp"] as const) {
      const { closing, take } = start("server");
      closing.request(ours, true);
      take();
      if (fail === "fail") closing.fail(connectionViolation("frame/opcode-reserved", 0));
      else closing.giveUp(theirs);
      expect([closing.state, take()]).toEqual(["failed", []]);
    }
  });

  it("sends the given Close frame alone when the application gives up", () => {
    const { closing, take } = start("server");
    closing.giveUp(ours);
    expect([closing.state, take(), closing.state]).toEqual(["failing", [ours], "failed"]);
  });

  it("goes to failed at once, without a Close frame, when the connection is dropped [R16]", () => {
    for (const steps of [0, 1, 2]) {
      const { closing, take } = start("server");
      if (steps > 0) closing.request(ours, true);
      if (steps > 1) take();
      closing.drop();
      expect([closing.state, closing.transportAction, closing.canFail]).toEqual(["failed", "abort", false]);
      expect(closing.end()).toEqual({ type: "end", clean: false, statusCode: 1006, reason: "" });
    }
  });

  it("instructs to abort until the end once aborted", () => {
    const { closing } = start("server");
    closing.abort();
    expect(closing.transportAction).toBe("abort");
    closing.end();
    expect(closing.transportAction).toBe("abort");
  });
});
