/** Defenses around any extension that transforms messages. The tests of permessage-deflate itself are in its package. */
import { hexBytes, roles } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { Connection } from "../../src/connection.ts";
import { countingSource, deliver } from "../support/connections.ts";
import { adding, agreeing, rsv1, runLength } from "../support/extensions.ts";

describe.each(roles)("a %s with an extension", (role) => {
  const open = (message: number): Connection =>
    new Connection(agreeing(role, runLength()), {
      random: countingSource(),
      extensions: [runLength()],
      limits: { message },
    });

  it("limits the size of a message after decoding, not as sent [V10] [V22] [V27]", () => {
    // 20 runs of 255 bytes, encoded in 40 bytes.
    const payload = new Uint8Array(40).fill(0xff);
    expect(deliver(open(20 * 255), { opcode: "binary", rsv: 0x20, payload: payload.slice() })).toMatchObject([
      { type: "binary" },
    ]);
    expect(deliver(open(20 * 255 - 1), { opcode: "binary", rsv: 0x20, payload: payload.slice() })).toMatchObject([
      { type: "failure", violation: { code: "message/too-big", statusCode: 1009 } },
    ]);
  });

  it("does not pass it control frames within a message that it transforms [V35]", () => {
    const log: string[] = [];
    const extension = () => adding("adding", rsv1, 1, log);
    const connection = new Connection(agreeing(role, extension()), {
      random: countingSource(),
      extensions: [extension()],
    });
    const events = deliver(
      connection,
      { opcode: "binary", rsv: rsv1, payload: hexBytes("0203"), final: false },
      { opcode: "ping", payload: hexBytes("0909") },
      { opcode: "pong", payload: hexBytes("0808") },
      { opcode: "continuation", payload: hexBytes("0405") },
    );
    expect(events).toEqual([
      { type: "ping", payload: hexBytes("0909") },
      { type: "pong", payload: hexBytes("0808") },
      { type: "binary", data: hexBytes("01020304") },
    ]);
    expect(log.filter((line) => line.includes("Decode"))).toEqual(["adding beginDecode binary 40", "adding endDecode"]);
  });
});
