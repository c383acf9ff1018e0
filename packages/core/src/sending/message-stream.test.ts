import { hexBytes, utf8Bytes } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { usageErrorOf } from "../../tests/support/connections.ts";
import { readFrames } from "../../tests/support/read-frames.ts";
import { wordsOf } from "../bytes/view-cache.ts";
import { UsageError } from "../checks/usage-error.ts";
import { noNativeFunctions } from "../vocabulary/native-functions.ts";
import type { MessageKind } from "../vocabulary/terms.ts";
import { MessageStream } from "./message-stream.ts";
import { OutputScheduler } from "./output-scheduler.ts";

function stream(kind: MessageKind, check: (adding: "payload" | "nothing") => void = () => {}) {
  const outgoing = new OutputScheduler({
    keys: undefined,
    transforms: [],
    fragmentSize: 65_536,
    native: noNativeFunctions,
  });
  const message = new MessageStream(outgoing, outgoing.startMessage(kind, undefined), check);
  return {
    outgoing,
    message,
    payload: () => readFrames(outgoing.take(Number.POSITIVE_INFINITY)).map((frame) => frame.payload),
  };
}

describe("MessageStream", () => {
  it("adds what is written to the output length, in bytes, and the header at its end", () => {
    const { outgoing, message } = stream("text");
    message.write("é");
    expect(outgoing.length).toBe(2);
    message.write(utf8Bytes("abc"));
    expect(outgoing.length).toBe(5);
    message.write("\ud83d");
    expect(outgoing.length).toBe(5);
    message.end();
    message.end();
    expect(outgoing.length).toBe(5 + 3 + 2);
  });

  it("runs the check before adding payload or nothing, and changes nothing when it throws", () => {
    const asked: string[] = [];
    let refuse = false;
    const { outgoing, message, payload } = stream("text", (adding) => {
      asked.push(adding);
      if (refuse) throw new UsageError("send/queue-full");
    });
    message.write("a");
    refuse = true;
    expect(usageErrorOf(() => message.write("b"))).toBe("send/queue-full");
    expect(usageErrorOf(() => message.end())).toBe("send/queue-full");
    refuse = false;
    expect(outgoing.length).toBe(1);
    message.end();
    expect(asked).toEqual(["payload", "payload", "nothing", "nothing"]);
    expect(payload()).toEqual([utf8Bytes("a")]);
    expect(usageErrorOf(() => message.write("c"))).toBe("send/message-ended");
  });

  it.each<[pieces: (string | Uint8Array)[], expected: string]>([
    [["\ud83d", "\ude00"], "\u{1f600}"],
    [["a\ud83d", "b"], "a\ufffdb"],
    [["a\ud83d", ""], "a\ufffd"],
    [["\ud83d", "\ud83d", "\ude00"], "\ufffd\u{1f600}"],
    [["\ude00"], "\ufffd"],
    [["a\ud83d", utf8Bytes("b")], "a\ufffdb"],
    [[hexBytes("e2"), hexBytes("82"), hexBytes("ac"), "x"], "€x"],
  ])("joins %j to %j [F21]", (pieces, expected) => {
    const { message, payload } = stream("text");
    for (const piece of pieces) message.write(piece);
    message.end();
    expect(new TextDecoder().decode(payload()[0])).toBe(expected);
  });

  it("keeps no view of the bytes that it has validated, which would keep them alive", () => {
    const data = utf8Bytes("é".repeat(50));
    const words = wordsOf(data);
    stream("text").message.write(data);
    expect(wordsOf(data)).not.toBe(words);
  });

  it("can be given up until it begins to leave, and then never was", () => {
    const { outgoing, message } = stream("binary");
    message.write(utf8Bytes("abc"));
    outgoing.mark({ name: "given up" }, undefined);
    outgoing.sendText("behind", undefined);
    outgoing.sendText("urgent", { priority: 1 });
    const length = outgoing.length;
    expect(message.cancel()).toBe(true);
    expect([outgoing.length, outgoing.droppedLength]).toEqual([length - 3, 0]);
    expect(usageErrorOf(() => message.cancel())).toBe("send/message-ended");
    expect(usageErrorOf(() => message.write(utf8Bytes("d")))).toBe("send/message-ended");
    message.end();
    const frames = readFrames(outgoing.take(Number.POSITIVE_INFINITY));
    expect(frames.map(({ payload }) => payload)).toEqual([utf8Bytes("urgent"), utf8Bytes("behind")]);
    outgoing.handedBack();
    expect([outgoing.length, outgoing.queuedLength, outgoing.takeMarks()]).toEqual([0, 0, []]);
  });

  it("cannot be given up once it has begun to leave, or ended", () => {
    const { outgoing, message } = stream("text");
    message.write("abc");
    outgoing.take(1);
    expect(message.cancel()).toBe(false);
    message.write("d");
    message.end();
    expect(usageErrorOf(() => message.cancel())).toBe("send/message-ended");
    expect(readFrames(outgoing.take(100)).map(({ payload }) => payload)).toEqual([utf8Bytes("d")]);
  });

  it("given up before anything was sent leaves nothing, nor does one that a Close frame has dropped already", () => {
    const { outgoing, message } = stream("text");
    outgoing.sendClose(utf8Bytes(""));
    outgoing.take(100);
    expect(message.cancel()).toBe(true);
    expect(outgoing.length).toBe(0);
  });

  it("throws for data that is neither text nor bytes, whatever the kind of the message, and stays unchanged", () => {
    for (const kind of ["text", "binary"] as const) {
      const { outgoing, message } = stream(kind);
      for (const wrong of [undefined, null, 5, [1, 2], new ArrayBuffer(2), Uint16Array.of(1, 2)]) {
        expect(usageErrorOf(() => message.write(wrong as never))).toBe("send/data-type");
      }
      expect(outgoing.length).toBe(0);
      message.end();
    }
  });

  it("throws for text in a binary message and for invalid UTF-8 in a text message, and stays unchanged", () => {
    const binary = stream("binary");
    expect(usageErrorOf(() => binary.message.write("x"))).toBe("send/kind");
    binary.message.write(hexBytes("ff"));
    const { message, payload } = stream("text");
    for (const wrong of ["ff", "61 80", "eda080"])
      expect(usageErrorOf(() => message.write(hexBytes(wrong)))).toBe("send/not-utf8");
    expect(() => message.write(hexBytes("616280"))).toThrow("The byte at index 2 is invalid.");
    message.write(hexBytes("c3"));
    expect(usageErrorOf(() => message.write("x"))).toBe("send/not-utf8");
    expect(() => message.write("x")).toThrow("The preceding bytes end within a UTF-8 sequence.");
    expect(usageErrorOf(() => message.end())).toBe("send/not-utf8");
    expect(() => message.end()).toThrow("The message ends within a UTF-8 sequence.");
    message.write(hexBytes("a9"));
    message.end();
    expect(payload()).toEqual([utf8Bytes("é")]);
  });
});
