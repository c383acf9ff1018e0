/** RFC 3629 and RFC 6455 §8.1: which bytes are valid UTF-8, and at which byte a fault is found. */
import {
  concatBytes,
  cutEvery,
  frameFrom,
  framesFrom,
  hexBytes,
  peerRole,
  roles,
  sameBytes,
  utf8Bytes,
} from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { deliver, expectFailure, open, sent, serverWith } from "../support/connections.ts";

const headerBytes = 6;

/** Invalid sequences, and the index of the first invalid byte; -1 when only the end is missing. */
const invalid: readonly (readonly [name: string, hex: string, index: number])[] = [
  ["a lone continuation byte", "80", 0],
  ["the last continuation byte", "bf", 0],
  ["C0, which only starts overlong forms", "c0 80", 0],
  ["C1, which only starts overlong forms", "c1 bf", 0],
  ["E0 80, an overlong form", "e0 80 80", 1],
  ["E0 9F, an overlong form", "e0 9f bf", 1],
  ["F0 80, an overlong form", "f0 80 80 80", 1],
  ["F0 8F, an overlong form", "f0 8f bf bf", 1],
  ["ED A0, the first surrogate", "ed a0 80", 1],
  ["ED BF, the last surrogate", "ed bf bf", 1],
  ["a pair of surrogates (CESU-8)", "ed a1 8c ed be b4", 1],
  ["F4 90, above U+10FFFF", "f4 90 80 80", 1],
  ["F5", "f5 80 80 80", 0],
  ["F8, of a five-byte form", "f8 88 80 80 80", 0],
  ["FC, of a six-byte form", "fc 84 80 80 80 80", 0],
  ["FE", "fe", 0],
  ["FF", "ff", 0],
  ["ASCII after C2", "c2 41", 1],
  ["a start byte after C2", "c2 c2", 1],
  ["ASCII after E1 80", "e1 80 41", 2],
  ["a start byte after E2 82", "e2 82 e2", 2],
  ["ASCII as the second of four", "f1 41 80 80", 1],
  ["ASCII as the third of four", "f1 80 41 80", 2],
  ["ASCII as the fourth of four", "f1 80 80 41", 3],
  ["C0 as the second byte", "e1 c0 80", 1],
  ["FF as the third byte", "ec bf ff", 2],
  ["C0 as the fourth byte of F4", "f4 8f bf c0", 3],
];

const truncated = [
  "c2",
  "df",
  "e0",
  "e0 a0",
  "e1",
  "ed 9f",
  "ef bf",
  "f0",
  "f0 90",
  "f0 90 80",
  "f3 bf bf",
  "f4",
  "f4 8f",
  "f4 8f bf",
];

/** Texts of one code point at each edge of the table in RFC 3629 §4. */
const edges = [
  0x0, 0x7f, 0x80, 0x7ff, 0x800, 0xfff, 0x1000, 0xcfff, 0xd000, 0xd7ff, 0xe000, 0xfdd0, 0xfeff, 0xfffd, 0xfffe, 0xffff,
  0x1_0000, 0x3_ffff, 0x4_0000, 0xf_ffff, 0x10_0000, 0x10_fffe, 0x10_ffff,
];

// Text of several lengths before the fault: short and long text take different paths through the decoder.
const leads = ["", "a", "ascii text", "x".repeat(15), "x".repeat(40), "é".repeat(30), "€".repeat(40), "𝄞".repeat(40)];

describe.each(roles)("text that is not UTF-8, received by a %s", (role) => {
  it.each(invalid)("%s fails the connection with 1007, at its byte [F18]", (_, hex, index) => {
    for (const lead of leads) {
      for (const tail of ["", "tail that is fine"]) {
        const payload = concatBytes([utf8Bytes(lead), hexBytes(hex), utf8Bytes(tail)]);
        const wire = frameFrom(peerRole(role), { opcode: "text", payload });
        expectFailure(open(role), wire.slice(), {
          code: "message/utf8-invalid",
          section: "RFC 6455 §8.1",
          statusCode: 1007,
          offset: wire.length - payload.length + utf8Bytes(lead).length + index,
        });
      }
    }
  });

  it.each(truncated)("%s at the end of a message fails the connection with 1007 [F18]", (hex) => {
    for (const lead of leads) {
      const wire = frameFrom(peerRole(role), {
        opcode: "text",
        payload: concatBytes([utf8Bytes(lead), hexBytes(hex)]),
      });
      expectFailure(open(role), wire, {
        code: "message/utf8-truncated",
        section: "RFC 6455 §8.1",
        statusCode: 1007,
        offset: wire.length,
      });
    }
  });
});

describe("failing fast", () => {
  it.each(invalid)(
    "%s fails the connection before its fragment is complete, at the very byte [F18]",
    (_, hex, index) => {
      const server = serverWith();
      const payload = concatBytes([utf8Bytes("ok"), hexBytes(hex), utf8Bytes("much more to come")]);
      const wire = frameFrom("client", { opcode: "text", payload, final: false });
      const at = headerBytes + 2 + index;
      for (const chunk of cutEvery(wire.slice(0, at), 1)) expect(server.receive(chunk)).toEqual([]);
      expectFailure(server, wire.slice(at, at + 1), { code: "message/utf8-invalid", statusCode: 1007, offset: at });
    },
  );

  it.each(invalid)(
    "%s in a first fragment fails the connection at once, even if more fragments follow [F18]",
    (_, hex, index) => {
      const wire = frameFrom("client", { opcode: "text", payload: hexBytes(hex), final: false });
      const offset = headerBytes + index;
      expectFailure(serverWith(), wire.slice(), { code: "message/utf8-invalid", statusCode: 1007, offset });
      expectFailure(serverWith({ delivery: "pieces" }), wire.slice(), {
        code: "message/utf8-invalid",
        statusCode: 1007,
        offset,
      });
    },
  );

  it.each(invalid)(
    "%s cut between two fragments at every byte fails at the same byte of the text [F18] [F17]",
    (_, hex, index) => {
      const payload = hexBytes(hex);
      for (let at = 1; at < payload.length; at++) {
        const first = frameFrom("client", { opcode: "text", payload: payload.slice(0, at), final: false });
        const second = frameFrom("client", { opcode: "continuation", payload: payload.slice(at) });
        const offset = index < at ? headerBytes + index : first.length + headerBytes + index - at;
        expectFailure(serverWith(), concatBytes([first, second]), {
          code: "message/utf8-invalid",
          statusCode: 1007,
          offset,
        });
      }
    },
  );

  it.each(truncated)(
    "%s is accepted at the end of a fragment, and fails at the end of the message, even in an empty fragment [F18]",
    (hex) => {
      const server = serverWith();
      expect(
        deliver(
          server,
          { opcode: "text", payload: hexBytes(hex), final: false },
          { opcode: "continuation", final: false },
        ),
      ).toEqual([]);
      const offset = server.statistics.bytesReceived + headerBytes;
      expectFailure(server, frameFrom("client", { opcode: "continuation" }), {
        code: "message/utf8-truncated",
        statusCode: 1007,
        offset,
      });
    },
  );

  it("an earlier complete message is delivered, and parts delivered earlier stay delivered [F18]", () => {
    const server = serverWith({ delivery: "pieces" });
    const wire = framesFrom(
      "client",
      { opcode: "text", payload: "ok", final: false },
      { opcode: "continuation", payload: hexBytes("41ff") },
    );
    const events = server.receive(wire);
    expect(events.map(({ type }) => type)).toEqual(["piece", "failure"]);
    expect(events[1]).toMatchObject({ violation: { code: "message/utf8-invalid", offset: wire.length - 1 } });
  });
});

describe.each(roles)("text that is UTF-8, received by a %s", (role) => {
  it.each(edges)("the code point %i is delivered, alone and in text of every length [F17] [F19]", (point) => {
    const char = String.fromCodePoint(point);
    for (const lead of leads) {
      const text = `${lead}${char}${lead}`;
      expect(deliver(open(role), { opcode: "text", payload: text })).toEqual([{ type: "text", data: text }]);
    }
  });

  it.each(edges)("the code point %i may be cut at every byte, over chunks and over fragments [F17]", (point) => {
    const text = `a${String.fromCodePoint(point)}z`;
    const payload = utf8Bytes(text);
    for (let at = 0; at <= payload.length; at++) {
      const wire = framesFrom(
        peerRole(role),
        { opcode: "text", payload: payload.slice(0, at), final: false },
        { opcode: "continuation", payload: payload.slice(at) },
      );
      expect(open(role).receive(wire.slice())).toEqual([{ type: "text", data: text }]);
      const connection = open(role);
      expect(cutEvery(wire, 1).flatMap((chunk) => connection.receive(chunk))).toEqual([{ type: "text", data: text }]);
    }
  });

  it("every code point from U+0000 to U+10FFFF arrives unchanged [F17] [F19]", () => {
    const other = open(peerRole(role));
    const connection = open(role);
    for (let from = 0; from < 0x11_0000; from += 0x1_0000) {
      let text = "";
      for (let point = from; point < from + 0x1_0000; point++) {
        if (point < 0xd800 || point > 0xdfff) text += String.fromCodePoint(point);
      }
      other.sendText(text);
      const events = other.takeOutput().flatMap((chunk) => connection.receive(chunk.slice()));
      expect(events.length === 1 && events[0]?.type === "text" && events[0].data === text).toBe(true);
    }
  });

  it.each(["\uFEFF", "\uFEFFtext", "\uFEFF".repeat(20), `\uFEFF${"long ".repeat(20)}`, "in the \uFEFF middle"])(
    "U+FEFF in %j is ordinary text, and is kept [F19]",
    (text) => {
      expect(deliver(open(role), { opcode: "text", payload: text })).toEqual([{ type: "text", data: text }]);
      const connection = open(role);
      const payload = utf8Bytes(text);
      const events = deliver(
        connection,
        { opcode: "text", payload: payload.slice(0, 1), final: false },
        { opcode: "continuation", payload: payload.slice(1) },
      );
      expect(events).toEqual([{ type: "text", data: text }]);
    },
  );

  it.each(["\u0000", "\u0000\u0000", "a\u0000b", "\ufffe", "\uffff", "\ufdd0", "\u{1fffe}", "\u{10ffff}"])(
    "%j, of U+0000 and noncharacters, is valid [F19]",
    (text) => {
      expect(deliver(open(role), { opcode: "text", payload: text })).toEqual([{ type: "text", data: text }]);
    },
  );
});

describe.each(roles)("text with lone surrogates, sent by a %s", (role) => {
  const cases = [
    ["\ud800", "\ufffd"],
    ["\udfff", "\ufffd"],
    ["a\ud83db", "a\ufffdb"],
    ["\udc00\ud800", "\ufffd\ufffd"],
    ["\ud83d\ude00", "\u{1f600}"],
    ["\ud83d\ud83d\ude00", "\ufffd\u{1f600}"],
    [`${"x".repeat(100)}\ud800`, `${"x".repeat(100)}\ufffd`],
  ] as const;

  it.each(cases)("%j is sent as %j, its length counted after encoding [F21]", (text, expected) => {
    const connection = open(role);
    connection.sendText(text);
    const [written] = sent(connection);
    expect(written?.payload).toEqual(utf8Bytes(expected));
  });

  it("text of 65,536 chars and more keeps its pairs and replaces lone surrogates, wherever blocks end [F21]", () => {
    for (const lead of [65_534, 65_535, 65_536]) {
      for (const tail of ["\u{1f600}tail", "\ud83dtail", "\ude00tail", "\ud83d"]) {
        const connection = open(role);
        const text = "x".repeat(lead) + tail;
        connection.sendText(text);
        const written = concatBytes(sent(connection).map(({ payload }) => payload));
        expect(sameBytes(written, utf8Bytes(text))).toBe(true);
      }
    }
  });
});
