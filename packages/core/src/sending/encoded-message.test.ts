/** Prepared messages on connections with an extension that encodes them once for all. */
import { patternBytes, sameBytes, utf8Bytes } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { countingSource } from "../../tests/support/connections.ts";
import { adding, rsv1, rsv2 } from "../../tests/support/extensions.ts";
import { readFrames } from "../../tests/support/read-frames.ts";
import { RandomPool } from "../bytes/random-pool.ts";
import type { ActiveTransform, MessageTransform, OutgoingMessageInfo } from "../vocabulary/extension.ts";
import { noNativeFunctions } from "../vocabulary/native-functions.ts";
import { OutputScheduler } from "./output-scheduler.ts";
import { prepareBinary, prepareText } from "./prepared-message.ts";

/** A transform that adds 1 to every byte, and what it was asked to encode for all connections. */
function incrementing(encodePrepared: MessageTransform["encodePrepared"]) {
  const asked: (OutgoingMessageInfo & { payload: Uint8Array })[] = [];
  const log: string[] = [];
  const transform = adding("inc", rsv1, 1, log).createTransform("server", []);
  transform.encodePrepared = (payload, info) => {
    asked.push({ ...info, payload });
    return encodePrepared?.(payload, info);
  };
  return { asked, log, active: { transform, rsv: rsv1 } };
}

function scheduler(transforms: readonly ActiveTransform[], fragmentSize = 65_536, isClient = false): OutputScheduler {
  const keys = isClient ? RandomPool.of(countingSource()) : undefined;
  return new OutputScheduler({ keys, transforms, fragmentSize, native: noNativeFunctions });
}

const shown = (out: OutputScheduler): unknown[] =>
  readFrames(out.take(Number.POSITIVE_INFINITY)).map(({ opcode, rsv, final, payload }) => [
    opcode,
    rsv,
    final,
    new TextDecoder().decode(payload),
  ]);

describe("a prepared message that an extension encodes once", () => {
  const encoded = { rsv: rsv1, payload: utf8Bytes("bcd") };

  it("is one frame for all connections, beside the messages that are encoded for one", () => {
    const { asked, log, active } = incrementing(() => encoded);
    const message = prepareText("abc");
    const frames = [scheduler([active]), scheduler([active])].map((out) => {
      expect(out.sendPrepared(message, { compress: true })).toBe(3);
      expect(out.length).toBe(5);
      return out.take(100);
    });
    expect(frames[0]).toHaveLength(1);
    expect(frames[0]?.[0]).toBe(frames[1]?.[0]);
    expect(log).toEqual([]);
    expect(asked).toEqual([1, 2].map(() => ({ kind: "text", length: 3, compress: true, payload: message.payload })));
    expect(asked[0]?.payload).toBe(asked[1]?.payload);
    const out = scheduler([active]);
    out.sendText("xyz", undefined);
    out.sendPrepared(message, undefined);
    out.sendText("uvw", undefined);
    expect(shown(out)).toEqual([
      [0x1, rsv1, true, "yz{"],
      [0x1, rsv1, true, "bcd"],
      [0x1, rsv1, true, "vwx"],
    ]);
  });

  it("is masked by a client, and fragmented where a frame may not be so long", () => {
    const { log, active } = incrementing(() => encoded);
    const client = scheduler([active], 65_536, true);
    expect(client.sendPrepared(prepareText("abc"), undefined)).toBe(3);
    expect(shown(client)).toEqual([[0x1, rsv1, true, "bcd"]]);
    expect(encoded.payload).toEqual(utf8Bytes("bcd"));
    const server = scheduler([active], 2);
    server.sendPrepared(prepareBinary(utf8Bytes("abc")), undefined);
    expect(shown(server)).toEqual([
      [0x2, rsv1, false, "bc"],
      [0x0, 0, true, "d"],
    ]);
    expect(log).toEqual([]);
  });

  it("is the frame without extensions if the extension leaves it unchanged", () => {
    const { log, active } = incrementing(() => "plain");
    const message = prepareBinary(patternBytes(300));
    const out = scheduler([active]);
    out.sendPrepared(message, undefined);
    expect(out.take(1_000)).toEqual([message.frame]);
    expect(log).toEqual([]);
  });

  it.each<[string, MessageTransform["encodePrepared"]]>([
    ["says that it depends on the connection", () => undefined],
    [
      "throws",
      () => {
        throw new Error("broken");
      },
    ],
    ["returns bits of others", () => ({ rsv: rsv2, payload: utf8Bytes("x") })],
    ["returns bits that are none", () => ({ rsv: "0x40" as never, payload: utf8Bytes("x") })],
    ["returns no bytes", () => ({ rsv: rsv1, payload: "x" as never })],
    ["returns null", () => null as never],
    ["returns a promise", () => Promise.reject(new Error("late")) as never],
  ])("is encoded for each connection if the extension %s", (_, encodePrepared) => {
    const { log, active } = incrementing(encodePrepared);
    const out = scheduler([active]);
    out.sendPrepared(prepareText("abc"), undefined);
    expect(shown(out)).toEqual([[0x1, rsv1, true, "bcd"]]);
    expect(log[0]).toBe("inc beginEncode text 3 undefined");
  });

  it("is encoded for each connection if there is another extension", () => {
    const { asked, active } = incrementing(() => encoded);
    const second = { transform: adding("two", rsv2, 2).createTransform("server", []), rsv: rsv2 };
    const out = scheduler([active, second]);
    out.sendPrepared(prepareText("abc"), undefined);
    expect([asked, shown(out)]).toEqual([[], [[0x1, rsv1 | rsv2, true, "def"]]]);
  });

  it("goes in the order of its priority, and its bytes are copied by nobody", () => {
    const { active } = incrementing((payload) => ({ rsv: rsv1, payload }));
    const message = prepareBinary(patternBytes(20_000));
    const out = scheduler([active]);
    out.sendText("low", undefined);
    out.sendPrepared(message, { priority: 1 });
    const frames = readFrames(out.take(Number.POSITIVE_INFINITY));
    expect(frames.map(({ opcode }) => opcode)).toEqual([0x2, 0x1]);
    expect(sameBytes(frames[0]?.payload ?? patternBytes(1), message.payload)).toBe(true);
  });
});
