import { describe, expect, it } from "vitest";
import { ClosingHandshake } from "./closing-handshake.ts";

const received = { statusCode: 4000, reason: "theirs" };

describe("ClosingHandshake", () => {
  it("goes open, closing, close-sent, closed, ended when we begin", () => {
    const closing = new ClosingHandshake("server");
    expect([closing.state, closing.isRequested, closing.canFail]).toEqual(["open", false, true]);
    expect(closing.request()).toBe(true);
    expect([closing.state, closing.isRequested, closing.canFail]).toEqual(["closing", true, true]);
    closing.taken();
    expect(closing.state).toBe("close-sent");
    closing.taken();
    expect([closing.state, closing.canFail]).toEqual(["close-sent", true]);
    closing.receive(received);
    expect([closing.state, closing.transportAction, closing.canFail]).toEqual(["closed", "end", false]);
    expect(closing.end()).toEqual({ type: "end", clean: true, statusCode: 4000, reason: "theirs" });
    expect([closing.state, closing.transportAction, closing.canFail]).toEqual(["ended", "end", false]);
  });

  it("goes open, close-received, closed when the peer begins; requesting a close then starts nothing [X07]", () => {
    const closing = new ClosingHandshake("client");
    closing.receive({ statusCode: undefined, reason: "" });
    expect(closing.request()).toBe(false);
    expect([closing.state, closing.isRequested]).toEqual(["close-received", true]);
    closing.taken();
    expect([closing.state, closing.transportAction]).toEqual(["closed", "await-end"]);
    expect(closing.end()).toEqual({ type: "end", clean: true, statusCode: 1005, reason: "" });
  });

  it("starts once when requested twice", () => {
    const closing = new ClosingHandshake("client");
    expect([closing.request(), closing.request()]).toEqual([true, false]);
  });

  it("goes failing, failed after a failure, and ends unclean with 1006 [X13] [X16]", () => {
    const closing = new ClosingHandshake("client");
    closing.fail();
    expect([closing.state, closing.transportAction, closing.canFail]).toEqual(["failing", "keep", false]);
    closing.taken();
    expect([closing.state, closing.transportAction]).toEqual(["failed", "end"]);
    expect(closing.end()).toEqual({ type: "end", clean: false, statusCode: 1006, reason: "" });
  });

  it("goes to failed at once, without a Close frame, when the connection is dropped [R16]", () => {
    for (const steps of [0, 1, 2]) {
      const closing = new ClosingHandshake("server");
      if (steps > 0) closing.request();
      if (steps > 1) closing.taken();
      closing.drop();
      expect([closing.state, closing.transportAction, closing.canFail]).toEqual(["failed", "abort", false]);
      expect(closing.end()).toEqual({ type: "end", clean: false, statusCode: 1006, reason: "" });
    }
  });

  it("instructs to abort until the end once aborted", () => {
    const closing = new ClosingHandshake("server");
    closing.abort();
    expect(closing.transportAction).toBe("abort");
    closing.end();
    expect(closing.transportAction).toBe("abort");
  });
});
