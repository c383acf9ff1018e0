/** Defects of other implementations of RFC 7692, each with either codec. */

import { Connection, type Extension, type Role, type TransformSink } from "@hybi/core";
import { opcodes } from "@hybi/core/frame";
import { type DeflateCodec, permessageDeflate, type WindowBits } from "@hybi/permessage-deflate";
import { zlibCodec } from "@hybi/permessage-deflate/zlib";
import { concatBytes, hexBytes, utf8Bytes } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { codecs, deflate, isSame } from "./codecs.ts";
import { DeflateStream } from "./deflate-stream.ts";
import {
  agreement,
  answerTo,
  compressed,
  countingSource,
  deliver,
  open,
  pair,
  pass,
  plain,
  rsv1,
  sent,
  summary,
  verdictOn,
} from "./wire.ts";

/** Empty final blocks, after each of which the stream starts anew, and empty stored blocks. */
const emptyBlocks = { final: hexBytes("03 00"), stored: hexBytes("00 00 00 ff ff") };

/** Wraps `codec`, and counts the bytes that its inflaters output. */
function counting(codec: DeflateCodec): { codec: DeflateCodec; inflated: () => number } {
  let inflated = 0;
  const counted =
    (sink: TransformSink): TransformSink =>
    (bytes, start, end) => {
      inflated += end - start;
      return sink(bytes, start, end);
    };
  return {
    inflated: () => inflated,
    codec: {
      createDeflater: (options) => codec.createDeflater(options),
      createInflater: (options) => {
        const inflater = codec.createInflater(options);
        return {
          push: (bytes, start, end, sink) => inflater.push(bytes, start, end, counted(sink)),
          finish: () => inflater.finish(),
          reset: () => inflater.reset(),
          close: () => inflater.close(),
        };
      },
    },
  };
}

const roles: readonly Role[] = ["server", "client"];

/** `data` as one compressed message. The choice of compressor does not matter here, so use the faster one. */
const deflated = (data: Uint8Array): Uint8Array =>
  deflate(zlibCodec.createDeflater({ windowBits: 15, level: 9, memoryLevel: 9 }), data);
const bomb = deflated(new Uint8Array(64 * 1_048_576));

describe.each(codecs)("permessage-deflate, by the %s codec", (_, codec) => {
  const extension: Extension = permessageDeflate({ codec, threshold: 0 });

  it.each(roles)(
    "inflates for a %s at most the limit and one block, whatever a few bytes expand to [V10] [V16] [V22] [V27] [V34]",
    (role) => {
      expect(bomb.length).toBeLessThan(70_000);
      for (const delivery of ["messages", "pieces"] as const) {
        const { codec: counted, inflated } = counting(codec);
        const limits = { message: 100_000 };
        const connection = open(role, permessageDeflate({ codec: counted }), "", { limits, delivery });
        const events = deliver(connection, compressed(bomb, opcodes.binary));
        expect(summary(events.slice(-1))).toEqual(["message/too-big 1009"]);
        expect(inflated()).toBeLessThanOrEqual(100_000 + 65_536);
      }
    },
  );

  it("has a default limit of 16 MiB on inflated messages [V10] [V16] [V22] [V27] [V34]", () => {
    const limit = 16_777_216;
    const send = (length: number): string[] =>
      summary(deliver(open("server", extension), compressed(deflated(new Uint8Array(length)), opcodes.binary)));
    expect(send(limit)).toEqual(["binary"]);
    expect(send(limit + 1)).toEqual(["message/too-big 1009"]);
  });

  it("limits the sum of compressed fragments [V10] [V16] [V20]", () => {
    const message = deflated(new Uint8Array(50_000));
    const connection = open("server", extension, "", { limits: { message: 49_999 } });
    const last = message.length - 1;
    const events = [...message].flatMap((byte, index) =>
      deliver(connection, {
        opcode: index === 0 ? opcodes.binary : opcodes.continuation,
        rsv: index === 0 ? rsv1 : 0,
        payload: Uint8Array.of(byte),
        final: index === last,
      }),
    );
    expect(summary(events)).toEqual(["message/too-big 1009"]);
  });

  it.each([1, 2, 100, 65_535, 65_536, 65_537, 131_072, 1_000_003])(
    "delivers a message of exactly the limit of %i bytes completely, to the last byte [V50]",
    (length) => {
      const data = Uint8Array.from({ length }, (_none, index) => (index * 2_654_435_761) >>> 24);
      const { client, server } = pair([extension], [extension], { limits: { message: length } });
      client.sendBinary(data);
      const [event, ...others] = pass(client, server);
      expect(others).toEqual([]);
      expect(event?.type === "binary" && isSame(event.data, data)).toBe(true);
    },
  );

  it("sends and receives with a window of 8 bits, in both directions [V15]", () => {
    const small = { codec, threshold: 0, serverMaxWindowBits: 8, clientMaxWindowBits: 8 } as const;
    const { client, server } = pair([permessageDeflate(small)], [permessageDeflate(small)]);
    expect(String(server.agreement?.extensions[0]?.parameters)).toBe(
      "server_max_window_bits,8,client_max_window_bits,8",
    );
    const text = Array.from({ length: 500 }, (_none, index) => `line ${index % 7} ${index}`).join("\n");
    for (let round = 0; round < 3; round++) {
      client.sendText(text);
      server.sendText(text);
      expect(summary(pass(client, server))).toEqual([text]);
      expect(summary(pass(server, client))).toEqual([text]);
    }
  });

  it.each([
    "",
    "7",
    "16",
    "0",
    "08",
    "1e1",
    "-9",
    "9.5",
    "NaN",
    "Infinity",
    "99999999999999999999",
    '"15',
    "__proto__",
  ])("lets no window of %j bits reach the codec, in offers or responses [V18] [V29]", (bits) => {
    const name = "permessage-deflate";
    for (const parameter of ["server_max_window_bits", "client_max_window_bits"]) {
      const value = `${name}; ${parameter}=${bits}`;
      const isGrammatical = /^[\w.-]+$/.test(bits);
      if (isGrammatical) expect(answerTo([value], extension)).toBeUndefined();
      expect(verdictOn(value, extension)).toBe(
        isGrammatical ? "opening/extension-unacceptable" : "opening/extensions-malformed",
      );
    }
    for (const role of roles) {
      // A handwritten agreement, bypassing negotiation.
      const agreed = {
        ...agreement(role),
        extensions: [{ name, parameters: [["server_max_window_bits", bits]] as const }],
      };
      expect(() => new Connection(agreed, { extensions: [extension], random: countingSource() })).toThrow(
        expect.objectContaining({ name: "UsageError" }),
      );
    }
    const window = Number(bits) as WindowBits;
    // An option in JavaScript can have values that text cannot.
    if (window >= 8 && window <= 15 && Number.isInteger(window)) return;
    expect(() => permessageDeflate({ codec, serverMaxWindowBits: window })).toThrow(
      expect.objectContaining({ code: "option/range" }),
    );
  });

  it("accepts no distance to before the window, nor to before the first byte [V29]", () => {
    const beyond = new DeflateStream().fixed([0x61, { length: 258, distance: 2 }]).end();
    expect(summary(deliver(open("server", extension), compressed(beyond)))).toEqual(["extension/data-malformed 1007"]);
    const far = new DeflateStream().fixed([...new Uint8Array(300).fill(0x61), { length: 10, distance: 257 }]).end();
    const written = "client_max_window_bits=8";
    expect(summary(deliver(open("server", extension, written), compressed(far)))).toEqual([
      "extension/data-malformed 1007",
    ]);
    // The window of the previous connection must not be reachable for the next one.
    deliver(
      open("server", extension, "client_no_context_takeover"),
      compressed(deflated(utf8Bytes("secret".repeat(50)))),
    );
    const other = open("server", extension, "client_no_context_takeover");
    expect(summary(deliver(other, compressed(beyond)))).toEqual(["extension/data-malformed 1007"]);
  });

  it("does not mix control frames into the compressed message around them [V35]", () => {
    const message = deflated(utf8Bytes("Hello, hello, hello"));
    const half = message.length >> 1;
    for (const role of roles) {
      const connection = open(role, extension);
      for (let round = 0; round < 2; round++) {
        const first = { opcode: opcodes.text, rsv: rsv1, payload: message.slice(0, half), final: false };
        const ping = { opcode: opcodes.ping, payload: message.slice(0, 5) };
        const pong = { opcode: opcodes.pong, payload: hexBytes("ff ff ff") };
        const rest = { opcode: opcodes.continuation, payload: message.slice(half) };
        const events = deliver(connection, first, ping, pong, rest);
        expect(summary(events)).toEqual(["ping", "pong", "Hello, hello, hello"]);
      }
      expect(sent(connection).map(({ opcode, rsv }) => [opcode, rsv])).toEqual([
        [opcodes.pong, 0],
        [opcodes.pong, 0],
      ]);
    }
  });

  it.each([
    ["a Ping", opcodes.ping],
    ["a Pong", opcodes.pong],
    ["a Close", opcodes.close],
    ["a continuation", opcodes.continuation],
  ])("fails for RSV1 on %s [V40]", (_what, opcode) => {
    const connection = open("server", extension);
    const begin = { opcode: opcodes.text, rsv: rsv1, payload: hexBytes("f2 48"), final: false };
    expect(summary(deliver(connection, begin, { opcode, rsv: rsv1 }))).toEqual(["frame/rsv-misplaced 1002"]);
  });

  it("delivers the messages after a final block unchanged [V41]", () => {
    for (const written of ["", "client_no_context_takeover"]) {
      const connection = open("server", extension, written);
      const last = new DeflateStream().fixed("one", true).align().end();
      const stored = new DeflateStream().stored("two", true).end(true);
      const events = deliver(
        connection,
        compressed(last),
        plain("plain"),
        compressed(stored),
        compressed(deflated(utf8Bytes("three"))),
        compressed(last),
      );
      expect(summary(events)).toEqual(["one", "plain", "two", "three", "one"]);
    }
  });

  it("sends and accepts empty messages between others [V51]", () => {
    const { client, server } = pair([extension], [extension]);
    for (const text of ["", "a", "", "", "b"]) client.sendText(text, { compress: true });
    expect(summary(pass(client, server))).toEqual(["", "a", "", "", "b"]);
    const byHand = open("server", extension);
    const empty = [hexBytes("00"), hexBytes("02 00"), hexBytes("01 00 00 ff ff 00")];
    expect(summary(deliver(byHand, ...empty.map((payload) => compressed(payload))))).toEqual(["", "", ""]);
  });

  it("never throws for arbitrary bytes, whether or not it fails [V18] [V29]", () => {
    let state = 1;
    const random = (): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
      return state >> 16;
    };
    for (let round = 0; round < 300; round++) {
      const payload = Uint8Array.from({ length: random() % 200 }, random);
      const connection = open("server", extension, "", { limits: { message: 100_000 } });
      const [event] = deliver(
        connection,
        compressed(concatBytes([deflated(utf8Bytes("before")).slice(0, -1), payload]), opcodes.binary),
      );
      expect(["binary", "failure"]).toContain(event?.type);
    }
  });
});

describe.each(codecs)("blocks that hold nothing, with the %s codec", (_, codec) => {
  it.each(Object.entries(emptyBlocks))("count as the work that they are: %s [A08]", (_kind, block) => {
    const connection = open("server", permessageDeflate({ codec }));
    const payload = concatBytes(Array.from({ length: 2_000 }, () => block));
    deliver(connection, { ...compressed(payload), final: false });
    // Beginning anew takes microseconds, and a block about one.
    expect(connection.work / 2_000).toBeGreaterThan(block === emptyBlocks.final ? 1_000 : 500);
  });
});
