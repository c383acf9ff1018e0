/** RFC 7692, requirement by requirement, tested through a connection, the same for each codec. */

import { constants, inflateRawSync } from "node:zlib";
import { type Connection, type Extension, UsageError } from "@hybi/core";
import { encodeFrame, opcodes } from "@hybi/core/frame";
import { type PermessageDeflateOptions, permessageDeflate } from "@hybi/permessage-deflate";
import { concatBytes, hexBytes, utf8Bytes } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { codecs, deflate } from "../codecs.ts";
import { DeflateStream } from "../deflate-stream.ts";
import {
  agreement,
  answerTo,
  compressed,
  deliver,
  offerOf,
  open,
  pair,
  pass,
  plain,
  rsv1,
  sent,
  summary,
  verdictOn,
} from "../wire.ts";

const hello = hexBytes("f2 48 cd c9 c9 07 00");
const helloAgain = hexBytes("f2 00 11 00 00");

describe("the opening handshake with permessage-deflate", () => {
  const deflating = (options?: PermessageDeflateOptions) => permessageDeflate(options);

  it("the server parses offers over several lines, with empty elements and quoted values, but no value that is not a token [E01]", () => {
    expect(answerTo([" ,, permessage-deflate ; server_max_window_bits = 10 , "], deflating())).toBe(
      "permessage-deflate; server_max_window_bits=10",
    );
    expect(answerTo(["foo; a=b", 'permessage-deflate; server_max_window_bits="1\\0"'], deflating())).toBe(
      "permessage-deflate; server_max_window_bits=10",
    );
    // RFC 6455 §9.1: a value that violates the grammar fails the handshake, whichever extension it is about.
    expect(() => answerTo(['permessage-deflate; server_max_window_bits="1 0"'], deflating())).toThrow("400");
  });

  it("the server treats names like constructor as ordinary [E02]", () => {
    for (const name of ["constructor", "__proto__", "toString", "hasOwnProperty"]) {
      expect(answerTo([`${name}, permessage-deflate; ${name}, permessage-deflate`], deflating())).toBe(
        "permessage-deflate",
      );
    }
  });

  it("the server declines an offer, tries the next, and continues without the extension when none is left [E03]", () => {
    expect(answerTo(["permessage-deflate; unknown, permessage-deflate; server_max_window_bits=9"], deflating())).toBe(
      "permessage-deflate; server_max_window_bits=9",
    );
    expect(
      answerTo(
        ["permessage-deflate, permessage-deflate; client_max_window_bits"],
        deflating({ clientMaxWindowBits: 9 }),
      ),
    ).toBe("permessage-deflate; client_max_window_bits=9");
    expect(answerTo(["permessage-deflate; unknown"], deflating())).toBeUndefined();
  });

  it("an offer that the server leaves unanswered compresses nothing, in either direction [E03]", () => {
    const { client, server } = pair([deflating({ threshold: 0 })], []);
    client.sendText("Hello", { compress: true });
    expect(sent(client)).toMatchObject([{ opcode: opcodes.text, rsv: 0, final: true, payload: utf8Bytes("Hello") }]);
    server.sendText("Hello", { compress: true });
    expect(sent(server)).toMatchObject([{ opcode: opcodes.text, rsv: 0, final: true, payload: utf8Bytes("Hello") }]);
    const compressedHello = encodeFrame(compressed(hello));
    expect(summary(client.receive(compressedHello))).toEqual(["frame/rsv-unowned 1002"]);
  });

  it.each([
    "permessage-deflate; unknown",
    "permessage-deflate; unknown=1",
    "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
    "permessage-deflate; client_max_window_bits; client_max_window_bits=10",
    "permessage-deflate; server_max_window_bits=16",
    "permessage-deflate; client_max_window_bits=7",
  ])("the server declines the offer %s [E04]", (offer) => {
    expect(answerTo([offer], deflating())).toBeUndefined();
  });

  it.each([
    "permessage-deflate; unknown",
    "permessage-deflate; client_no_context_takeover; client_no_context_takeover",
    "permessage-deflate; server_max_window_bits=16",
    "permessage-deflate; client_max_window_bits=7",
  ])("the client fails for the response %s [E05]", (response) => {
    expect(verdictOn(response, deflating())).toBe("opening/extension-unacceptable");
  });

  it("both roles reject a value for the parameters without context takeover [E06]", () => {
    for (const parameter of ["server_no_context_takeover", "client_no_context_takeover"]) {
      expect(answerTo([`permessage-deflate; ${parameter}=1`], deflating())).toBeUndefined();
      expect(verdictOn(`permessage-deflate; ${parameter}=1`, deflating())).toBe("opening/extension-unacceptable");
    }
  });

  it.each(["08", "010", "1e1", "+9", "0", "7", "16", "9.0", "0xa"])(
    "both roles reject a window of %s bits [E07]",
    (bits) => {
      for (const parameter of ["server_max_window_bits", "client_max_window_bits"]) {
        expect(answerTo([`permessage-deflate; ${parameter}=${bits}`], deflating())).toBeUndefined();
        expect(verdictOn(`permessage-deflate; ${parameter}=${bits}`, deflating())).toBe(
          "opening/extension-unacceptable",
        );
      }
    },
  );

  it("both roles reject server_max_window_bits without a value [E08]", () => {
    expect(answerTo(["permessage-deflate; server_max_window_bits"], deflating())).toBeUndefined();
    expect(verdictOn("permessage-deflate; server_max_window_bits", deflating())).toBe("opening/extension-unacceptable");
  });

  it("client_max_window_bits may lack its value in an offer, but not in a response [E09]", () => {
    expect(answerTo(["permessage-deflate; client_max_window_bits"], deflating())).toBe("permessage-deflate");
    expect(verdictOn("permessage-deflate; client_max_window_bits", deflating())).toBe("opening/extension-unacceptable");
    expect(verdictOn("permessage-deflate; client_max_window_bits=9", deflating())).toBe("open");
  });

  it("client_max_window_bits is allowed in a response only if it was in the offer [E10]", () => {
    const silent = deflating({ clientMaxWindowBits: false });
    expect(offerOf(silent)).toBe("permessage-deflate");
    expect(verdictOn("permessage-deflate; client_max_window_bits=10", silent)).toBe("opening/extension-unacceptable");
    expect(answerTo(["permessage-deflate"], deflating({ clientMaxWindowBits: 10 }))).toBeUndefined();
  });

  it("the client accepts what the server may choose on its own [E11]", () => {
    for (const parameter of ["server_no_context_takeover", "client_no_context_takeover", "server_max_window_bits=9"]) {
      expect(verdictOn(`permessage-deflate; ${parameter}`, deflating({ clientMaxWindowBits: false }))).toBe("open");
    }
    expect(answerTo(["permessage-deflate"], deflating({ serverMaxWindowBits: 9, serverNoContextTakeover: true }))).toBe(
      "permessage-deflate; server_no_context_takeover; server_max_window_bits=9",
    );
  });

  it("the server's window is no larger than the client asked for [E12]", () => {
    for (const own of [9, 12, 15] as const) {
      expect(answerTo(["permessage-deflate; server_max_window_bits=12"], deflating({ serverMaxWindowBits: own }))).toBe(
        `permessage-deflate; server_max_window_bits=${Math.min(own, 12)}`,
      );
    }
    const asking = deflating({ serverMaxWindowBits: 12 });
    expect(verdictOn("permessage-deflate; server_max_window_bits=12", asking)).toBe("open");
    expect(verdictOn("permessage-deflate; server_max_window_bits=13", asking)).toBe("opening/extension-unacceptable");
    expect(verdictOn("permessage-deflate", asking)).toBe("opening/extension-unacceptable");
  });

  it("the server keeps no context if the client asked for that, and confirms it [E13]", () => {
    expect(answerTo(["permessage-deflate; server_no_context_takeover"], deflating())).toBe(
      "permessage-deflate; server_no_context_takeover",
    );
    const asking = deflating({ serverNoContextTakeover: true });
    expect(verdictOn("permessage-deflate; server_no_context_takeover", asking)).toBe("open");
    expect(verdictOn("permessage-deflate", asking)).toBe("opening/extension-unacceptable");
    expect(verdictOn("permessage-deflate", deflating({ serverNoContextTakeover: true, fallback: true }))).toBe("open");
  });

  it("a client that can keep less than 32,768 bytes says so in its offer, and one that can keep all need not [E12]", () => {
    expect(offerOf(deflating({ serverMaxWindowBits: 10 }))).toContain("server_max_window_bits=10");
    expect(offerOf(deflating())).not.toContain("server_max_window_bits");
  });

  it("extensions apply in the order of the response [E31], and one bit has one owner [E32]", () => {
    const other = (rsv: number): Extension => ({
      name: "other",
      rsv,
      offers: () => [[]],
      checkAnswer: () => undefined,
      answer: () => [],
      createTransform: () => ({
        beginDecode: (_kind, own) => own !== 0,
        decode: (bytes, start, end, sink) => {
          sink(
            bytes.slice(start, end).map((byte) => byte ^ 1),
            0,
            end - start,
          );
          return undefined;
        },
        endDecode: () => undefined,
        beginEncode: () => rsv,
        encode: (bytes, start, end, sink) =>
          void sink(
            bytes.slice(start, end).map((byte) => byte ^ 1),
            0,
            end - start,
          ),
        endEncode: () => undefined,
        release: () => undefined,
      }),
    });
    expect(answerTo(["other, permessage-deflate"], deflating(), other(0x20))).toBe("other, permessage-deflate");
    const both = pair([other(0x20), deflating()], [deflating(), other(0x20)]);
    both.client.sendText("Hello", { compress: true });
    both.server.sendText("Hello, too", { compress: true });
    expect(summary(pass(both.client, both.server))).toEqual(["Hello"]);
    expect(summary(pass(both.server, both.client))).toEqual(["Hello, too"]);
    // The lowest bit of each byte was flipped before compression.
    const client = pair([other(0x20), deflating({ clientNoContextTakeover: true })], [deflating(), other(0x20)]).client;
    client.sendText("Hello", { compress: true });
    const frame = sent(client)[0];
    expect(frame?.rsv).toBe(0x60);
    expect(summary(deliver(open("server", deflating()), compressed(frame?.payload ?? utf8Bytes(""))))).toEqual([
      "Idmmn",
    ]);

    expect(answerTo(["other, permessage-deflate"], deflating(), other(0x40))).toBe("other");
    expect(answerTo(["permessage-deflate, other"], deflating(), other(0x40))).toBe("permessage-deflate");
    expect(verdictOn("permessage-deflate, other", deflating(), other(0x40))).toBe("opening/extension-rsv-conflict");
  });
});

describe.each(codecs)("a connection with permessage-deflate, by the %s codec", (_, codec) => {
  const server = (written = "", options = {}) => open("server", permessageDeflate({ codec }), written, options);
  const deflater = () => codec.createDeflater({ windowBits: 15, level: 6, memoryLevel: 8 });
  const truncated = "extension/data-truncated 1007";
  const malformed = "extension/data-malformed 1007";

  it("compresses within a window of 8 bits [E14]", () => {
    const extension = permessageDeflate({ codec, threshold: 0 });
    const sender = open("client", extension, "client_max_window_bits=8");
    const receiver = open("server", extension, "client_max_window_bits=8");
    const words = Array.from({ length: 400 }, (_word, index) => `word${(index * index) % 97}`).join(" ");
    for (const text of [words, words.slice(0, 600), "", words]) {
      sender.sendText(text);
      expect(summary(pass(sender, receiver)).join()).toBe(text);
    }
  });

  it("limits the peer to the agreed window, to the byte [E15]", () => {
    const bits = "client_max_window_bits=9";
    const data = new DeflateStream().stored("x".repeat(600));
    expect(summary(deliver(server(bits), compressed(data.fixed([{ length: 3, distance: 512 }]).end())))).toEqual([
      "x".repeat(603),
    ]);
    const beyond = new DeflateStream()
      .stored("x".repeat(600))
      .fixed([{ length: 3, distance: 513 }])
      .end();
    expect(summary(deliver(server(bits), compressed(beyond)))).toEqual([malformed]);
    expect(summary(deliver(server(), compressed(beyond)))).toEqual(["x".repeat(603)]);
  });

  it.each(["client", "server"] as const)(
    "a %s never refers further back than the window that was agreed for it, whatever was offered [E15]",
    (role) => {
      // The same 200 bytes again, 2,000 bytes later: within 2^11 but beyond 2^9.
      const noise = Array.from({ length: 2000 }, (_char, index) =>
        String.fromCharCode(0x21 + ((index * index * 7919 + (index >> 3)) % 94)),
      ).join("");
      const text = noise + noise.slice(0, 200);
      const peer = role === "client" ? "server" : "client";
      const passing = (written: string, assumed: string): string[] => {
        // The client's hint in the offer is smaller than what was agreed, and not binding.
        const hint = role === "client" ? { clientMaxWindowBits: 8 as const } : {};
        const sender = open(role, permessageDeflate({ codec, threshold: 0, ...hint }), written);
        const receiver = open(peer, permessageDeflate({ codec }), assumed);
        sender.sendText(text);
        return summary(pass(sender, receiver));
      };
      const window = (bits: number): string => `${role}_max_window_bits=${bits}`;
      expect(passing(window(9), window(9))).toEqual([text]);
      expect(passing(window(15), window(15))).toEqual([text]);
      // The receiver detects a violation.
      const careless = open(role, permessageDeflate({ codec, threshold: 0 }), window(11));
      careless.sendText(text);
      expect(summary(pass(careless, open(peer, permessageDeflate({ codec }), window(9))))).toEqual([malformed]);
    },
  );

  it.each(["client", "server"] as const)(
    "a %s decompresses with a window of 32,768 bytes unless a smaller one was agreed [E15]",
    (role) => {
      const start = new DeflateStream().stored("Hello").stored("x".repeat(32_763));
      const receiver = (): Connection => open(role, permessageDeflate({ codec }));
      const furthest = start.fixed([{ length: 5, distance: 32_768 }]).end();
      expect(summary(deliver(receiver(), compressed(furthest)))).toEqual([`Hello${"x".repeat(32_763)}Hello`]);
    },
  );

  it("sends no final block: its messages are one DEFLATE stream, for which there is nothing to pad [E19]", () => {
    const sender = open("server", permessageDeflate({ codec, threshold: 0 }));
    const texts = ["Hello", "", "Hello again", "x".repeat(70_000), "the end"];
    for (const text of texts) sender.sendText(text);
    const tail = hexBytes("00 00 ff ff");
    const stream = concatBytes(sent(sender).flatMap(({ payload }) => [payload, tail]));
    const inflated = inflateRawSync(stream, { finishFlush: constants.Z_SYNC_FLUSH });
    expect(new TextDecoder().decode(inflated)).toBe(texts.join(""));
  });

  it("sets RSV1 on the first frame only, and fails for it on others [E16]", () => {
    const sender = open("server", permessageDeflate({ codec }), "", { fragmentSize: 100 });
    sender.sendText(Array.from({ length: 400 }, (_part, index) => String(index ** 3)).join());
    const frames = sent(sender);
    expect(frames.length).toBeGreaterThan(3);
    expect(frames.map(({ rsv }) => rsv)).toEqual(frames.map((_frame, index) => (index === 0 ? rsv1 : 0)));
    const receiver = server();
    expect(
      summary(
        deliver(
          receiver,
          { opcode: opcodes.text, rsv: rsv1, final: false, payload: hello.subarray(0, 3) },
          { opcode: opcodes.continuation, rsv: rsv1, payload: hello.subarray(3) },
        ),
      ),
    ).toEqual(["frame/rsv-misplaced 1002"]);
  });

  it("sends no compressed control frame, and fails for one [E17]", () => {
    expect(summary(deliver(server(), { opcode: opcodes.ping, rsv: rsv1, payload: hello }))).toEqual([
      "frame/rsv-misplaced 1002",
    ]);
    const sender = open("server", permessageDeflate({ codec, threshold: 0 }));
    sender.sendPing(utf8Bytes("Hello"));
    sender.sendClose(1000, "Hello");
    expect(sent(sender).map(({ rsv }) => rsv)).toEqual([0, 0]);
  });

  it("accepts uncompressed messages, which do not change the window [E18]", () => {
    const receiver = server();
    expect(summary(deliver(receiver, compressed(hello), plain("plain"), compressed(helloAgain)))).toEqual([
      "Hello",
      "plain",
      "Hello",
    ]);
  });

  it("removes the last four octets, and appends them after the last fragment only [E19]", () => {
    const sender = open("server", permessageDeflate({ codec, threshold: 0 }));
    sender.sendText("Hello");
    expect(sent(sender)[0]?.payload).toEqual(hello);
    const receiver = server();
    const two = hexBytes("f2 48 05 00 00 00 ff ff ca c9 c9 07 00");
    for (let cut = 0; cut <= two.length; cut++) {
      expect(
        summary(
          deliver(
            receiver,
            { opcode: opcodes.text, rsv: rsv1, final: false, payload: two.subarray(0, cut) },
            { opcode: opcodes.continuation, payload: two.subarray(cut) },
          ),
        ),
      ).toEqual(["Hello"]);
    }
  });

  it("sends and accepts an empty message as the byte 00 [E20]", () => {
    const sender = open("server", permessageDeflate({ codec, threshold: 0 }));
    sender.sendText("Hello");
    sender.sendText("");
    sender.sendBinary(new Uint8Array(0));
    sender.startMessage("text").end();
    sender.sendText("Hello");
    expect(sent(sender).map(({ payload }) => String(payload))).toEqual([hello, [0], [0], [0], helloAgain].map(String));
    expect(
      summary(deliver(server(), compressed(hexBytes("00")), compressed(hello), compressed(hexBytes("00")))),
    ).toEqual(["", "Hello", ""]);
  });

  it("fails for a compressed message without payload, at that message [E21]", () => {
    expect(summary(deliver(server(), compressed(new Uint8Array(0))))).toEqual([truncated]);
    const receiver = server();
    expect(
      summary(
        deliver(
          receiver,
          compressed(hello),
          { opcode: opcodes.text, rsv: rsv1, final: false },
          { opcode: opcodes.continuation },
          compressed(helloAgain),
        ),
      ),
    ).toEqual(["Hello", truncated]);
  });

  it("fails for a truncated message, at that message, and delivers nothing of it [E22]", () => {
    const payload = deflate(
      deflater(),
      utf8Bytes(JSON.stringify(Array.from({ length: 50 }, (_element, index) => ({ index, square: index ** 2 })))),
    );
    for (const whole of [hello, payload]) {
      for (let length = 0; length < whole.length; length++) {
        expect(summary(deliver(server(), compressed(whole.subarray(0, length)), compressed(hello)))).toEqual([
          truncated,
        ]);
      }
    }
    // Within a stored block, whose length the tail would complete.
    const stored = new DeflateStream().stored("Hello").bytes();
    for (const missing of [1, 4, 5]) {
      expect(summary(deliver(server(), compressed(stored.subarray(0, stored.length - missing))))).toEqual([truncated]);
    }
  });

  it("accepts final blocks, and references to data before them [E23]", () => {
    const receiver = server();
    const final = hexBytes("f3 48 cd c9 c9 07 00 00");
    const back = new DeflateStream()
      .fixed([{ length: 5, distance: 5 }], true)
      .align()
      .end();
    expect(
      summary(
        deliver(
          receiver,
          compressed(final),
          compressed(back),
          compressed(final),
          compressed(hexBytes("00")),
          compressed(helloAgain),
        ),
      ),
    ).toEqual(["Hello", "Hello", "Hello", "", "Hello"]);
    const alone = server("client_no_context_takeover");
    expect(summary(deliver(alone, compressed(final), compressed(final), compressed(back)))).toEqual([
      "Hello",
      "Hello",
      malformed,
    ]);
  });

  it("decodes what follows a final block, or fails for it [E24]", () => {
    const stream = new DeflateStream().fixed("Hello", true).align().fixed(", ").stored("world", true);
    expect(summary(deliver(server(), compressed(stream.fixed([{ length: 5, distance: 12 }]).end())))).toEqual([
      "Hello, worldHello",
    ]);
    const final = new DeflateStream().fixed("Hello", true).bytes();
    expect(summary(deliver(server(), compressed(concatBytes([final, hexBytes("ff ff")]))))).toEqual([malformed]);
    expect(summary(deliver(server(), compressed(concatBytes([final, hexBytes("de ad be ef")]))))).toEqual([malformed]);
    expect(summary(deliver(server(), compressed(concatBytes([hello, hexBytes("00")]))))).toEqual([truncated]);
    expect(summary(deliver(server(), compressed(final)))).toEqual([truncated]);
  });

  it("accepts fragments cut anywhere, including empty ones, with Pings between them [E25]", () => {
    const receiver = server();
    const payload = deflate(deflater(), utf8Bytes("Hello, hello, hello, hello"));
    const ping = { opcode: opcodes.ping, payload: utf8Bytes("?") };
    const events = deliver(
      receiver,
      { opcode: opcodes.text, rsv: rsv1, final: false },
      ping,
      ...Array.from(payload, (byte) => [{ opcode: 0, final: false, payload: Uint8Array.of(byte) }, ping]).flat(),
      { opcode: opcodes.continuation },
    );
    expect(summary(events).filter((name) => name !== "ping")).toEqual(["Hello, hello, hello, hello"]);
    expect(events.length).toBe(payload.length + 2);
  });

  it("sends the parts written to a streamed message as fragments that the peer can decode", () => {
    const extension = permessageDeflate({ codec });
    for (const parameters of ["", "server_no_context_takeover"]) {
      const sender = open("server", extension, parameters);
      const receiver = open("client", extension, parameters, { delivery: "pieces" });
      const received: string[] = [];
      const passOn = (): void => {
        for (const event of pass(sender, receiver)) {
          if (event.type === "piece") received.push(new TextDecoder().decode(event.data) + (event.final ? "." : ""));
        }
      };
      for (const pieces of [["Hel", "lo"], [], ["Hello", "", "Hello"]]) {
        const message = sender.startMessage("text", { compress: true });
        for (const piece of pieces) {
          message.write(piece);
          passOn();
        }
        message.end();
        passOn();
      }
      expect(received).toEqual(["Hel", "lo", ".", ".", "Hello", "Hello", "."]);
    }
  });

  it("stops a message at its limit during decompression [E26]", () => {
    const limit = 100_000;
    const bomb = deflate(deflater(), new Uint8Array(50_000_000));
    expect(bomb.length).toBeLessThan(60_000);
    let delivered = 0;
    const receiver = server("", { limits: { message: limit }, delivery: "pieces" });
    const events = deliver(receiver, compressed(bomb, opcodes.binary));
    for (const event of events) if (event.type === "piece") delivered += event.data.length;
    expect(summary(events.slice(-1))).toEqual(["message/too-big 1009"]);
    expect(delivered).toBeLessThanOrEqual(limit);
    // Invalid text is also found during decompression.
    const text = deflate(deflater(), concatBytes([hexBytes("ff"), new Uint8Array(1_000_000)]));
    expect(summary(deliver(server(), compressed(text)))).toEqual(["message/utf8-invalid 1007"]);
  });

  it("accepts a message of exactly the limit, and none of one byte more [E27]", () => {
    for (const limit of [5, 65_536, 70_000]) {
      const payload = deflate(deflater(), new Uint8Array(limit));
      const more = deflate(deflater(), new Uint8Array(limit + 1));
      const receiving = () => server("", { limits: { message: limit } });
      expect(summary(deliver(receiving(), compressed(payload, opcodes.binary)))).toEqual(["binary"]);
      expect(summary(deliver(receiving(), compressed(more, opcodes.binary)))).toEqual(["message/too-big 1009"]);
    }
  });

  it("keeps or drops the window, independently in each direction [E28]", () => {
    const extension = permessageDeflate({ codec, threshold: 0 });
    for (const serverForgets of [false, true]) {
      for (const clientForgets of [false, true]) {
        const written = [serverForgets && "server_no_context_takeover", clientForgets && "client_no_context_takeover"]
          .filter((part) => part !== false)
          .join("; ");
        for (const role of ["client", "server"] as const) {
          const connection = open(role, extension, written);
          connection.sendText("Hello");
          connection.sendText("plain", { compress: false });
          connection.sendPing();
          connection.sendText("Hello");
          const forgets = role === "server" ? serverForgets : clientForgets;
          const payloads = sent(connection).filter(({ opcode, rsv }) => opcode === opcodes.text && rsv !== 0);
          expect(payloads.map(({ payload }) => String(payload))).toEqual(
            [hello, forgets ? hello : helloAgain].map(String),
          );
          const peerForgets = role === "server" ? clientForgets : serverForgets;
          const ping = { opcode: opcodes.ping };
          const events = deliver(connection, compressed(hello), ping, plain("plain"), ping, compressed(helloAgain));
          expect(summary(events).filter((name) => name !== "ping")).toEqual([
            "Hello",
            "plain",
            peerForgets ? malformed : "Hello",
          ]);
        }
      }
    }
  });

  it("accepts blocks of every type, and fails for invalid ones [E29]", () => {
    const blocks = new DeflateStream()
      .stored("Hel")
      .fixed("lo")
      .stored("")
      .fixed([{ length: 5, distance: 5 }])
      .end();
    expect(summary(deliver(server(), compressed(blocks)))).toEqual(["HelloHello"]);
    const dynamic = deflate(
      deflater(),
      utf8Bytes(Array.from({ length: 2000 }, (_part, index) => (index ** 3 % 1013) % 4).join("")),
    );
    expect((dynamic[0] ?? 0) & 0x06, "BTYPE 10").toBe(0x04);
    expect(summary(deliver(server(), compressed(dynamic)))).toHaveLength(1);
    for (const wrong of [
      new DeflateStream().header(3).bytes(),
      hexBytes("00 05 00 fa fe 48 65 6c 6c 6f 00"),
      new DeflateStream().fixed([{ length: 3, distance: 1 }]).end(),
      new DeflateStream().fixed([0x61, { length: 3, distance: 32_768 }]).end(),
    ]) {
      expect(summary(deliver(server(), compressed(wrong)))).toEqual([malformed]);
    }
  });

  it("fails with 1007 for data that is not DEFLATE, leaves no trace of it, and never throws [E30]", () => {
    let state = 7;
    for (let run = 0; run < 300; run++) {
      const payload = Uint8Array.from({ length: run % 40 }, () => {
        state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
        return state >> 16;
      });
      const receiver = server("client_no_context_takeover");
      const [first, ...more] = summary(deliver(receiver, compressed(payload, opcodes.binary), compressed(hello)));
      if (first === "binary") expect(more).toEqual(["Hello"]);
      else expect([first, ...more].join()).toMatch(/^extension\/data-(truncated|malformed) 1007$/);
      receiver.receiveEnd();
      // The next connection is unaffected, even if it shares the decompressor.
      expect(summary(deliver(server("client_no_context_takeover"), compressed(hello)))).toEqual(["Hello"]);
    }
  });

  it("delivers the same events whether or not messages are compressed [E33]", () => {
    const texts = [
      "",
      "Hello",
      "x".repeat(127),
      "x".repeat(128),
      "é".repeat(511),
      JSON.stringify({ a: 1 }).repeat(300),
    ];
    for (const options of [
      {},
      { threshold: 0 },
      { threshold: Number.POSITIVE_INFINITY },
      { kinds: ["binary"] },
      { kinds: [] },
      { serverNoContextTakeover: true },
      { level: 0 },
      { level: 9, memoryLevel: 1 },
    ] as const) {
      for (const compress of [undefined, false, true]) {
        const { client, server: receiver } = pair(
          [permessageDeflate({ codec })],
          [permessageDeflate({ codec, ...options })],
        );
        for (const text of texts) receiver.sendText(text, { compress });
        receiver.sendBinary(utf8Bytes("binary"), { compress });
        expect(summary(pass(receiver, client))).toEqual([...texts, "binary"]);
      }
    }
    const sender = open("server", permessageDeflate({ codec, kinds: ["text"] }));
    sender.sendText("x".repeat(127));
    sender.sendText("x".repeat(128));
    sender.sendText("x".repeat(128), { compress: false });
    sender.sendText("x", { compress: true });
    sender.sendBinary(new Uint8Array(1000));
    sender.sendBinary(new Uint8Array(1000), { compress: true });
    sender.startMessage("text").end();
    expect(sent(sender).map(({ rsv }) => rsv)).toEqual([0, rsv1, 0, rsv1, 0, rsv1, 0]);
    // A message that starts to leave before its length is known.
    const stream = sender.startMessage("text");
    stream.write("x");
    expect(sent(sender).map(({ rsv, final }) => [rsv, final])).toEqual([[rsv1, false]]);
    stream.end();
    expect(sent(sender).map(({ rsv, final }) => [rsv, final])).toEqual([[0, true]]);
  });
});

it("a handwritten agreement must follow the rules for responses", () => {
  expect(agreement("server", "client_max_window_bits").extensions).toHaveLength(1);
  expect(() => open("server", permessageDeflate(), "client_max_window_bits")).toThrow(UsageError);
});
