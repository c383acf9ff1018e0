/** Chapters 12, 13 and 14: permessage-deflate (RFC 7692). */
import type { Chapter, ConformanceCase } from "../case.ts";
import type { DeflateWish } from "../drive/deflate.ts";
import type { Payload } from "../payload.ts";
import {
  answers,
  binary,
  compressed,
  continuation,
  define,
  fails,
  hex,
  more,
  octetWise,
  ping,
  send,
  shared,
  text,
} from "./write.ts";

const section = "RFC 7692 §7.2";
const parameters = "RFC 7692 §7.1";

/** The length of each message, and of its fragments. */
const sizes: readonly (readonly [length: number, fragment?: number])[] = [
  ...[16, 64, 256, 1024, 4096, 8192, 16_384, 32_768, 65_536, 131_072].map((length) => [length] as const),
  ...[8192, 16_384, 32_768, 65_536, 131_072].map((length) => [length, 256] as const),
  ...[1024, 4096, 32_768].map((fragment) => [131_072, fragment] as const),
];
/**
 * Indices of `sizes` in the quick set: the first message without a window and the second with one, and sizes below, at
 * and above 32 KiB.
 */
const quickSizes = [0, 2, 4, 7, 9, 10, 15];
const timesInAll = 1000;

/** Number of messages in the quick set: about 128 KiB in all. */
function quickTimes(length: number): number {
  return Math.min(20, Math.max(3, 131_072 / length));
}

const data: readonly (readonly [name: string, "text" | "binary", (length: number) => Payload])[] = [
  ["JSON", "text", (json) => ({ json })],
  ["of pictures", "binary", (picture) => ({ picture })],
  ["of prose", "binary", (prose) => ({ prose })],
  ["markup", "text", (markup) => ({ markup })],
  ["that does not compress", "binary", (noise) => ({ noise })],
];

const wishes: readonly (readonly [string, DeflateWish, DeflateWish])[] = [
  ["no parameters", {}, {}],
  ["no context takeover", { serverNoContextTakeover: true }, { clientNoContextTakeover: true }],
  ["a window of 9 bits", { serverMaxWindowBits: 9 }, { clientMaxWindowBits: 9 }],
  ["a window of 15 bits", { serverMaxWindowBits: 15 }, { clientMaxWindowBits: 15 }],
  [
    "no context takeover and a window of 9 bits",
    { serverNoContextTakeover: true, serverMaxWindowBits: 9 },
    { clientNoContextTakeover: true, clientMaxWindowBits: 9 },
  ],
  [
    "no context takeover and a window of 15 bits",
    { serverNoContextTakeover: true, serverMaxWindowBits: 15 },
    { clientNoContextTakeover: true, clientMaxWindowBits: 15 },
  ],
  [
    "no context takeover and a window of 9 bits, or neither",
    { serverNoContextTakeover: true, serverMaxWindowBits: 9, fallback: true },
    { clientNoContextTakeover: true },
  ],
];

type Kind = "text" | "binary";

/** Messages one after another: a few in the quick set, as many as in Autobahn with `--all`. */
function exchange(
  id: string,
  title: string,
  wish: DeflateWish,
  kind: Kind,
  payload: Payload,
  at: number,
): ConformanceCase {
  const [length = 0, fragment] = sizes[at] ?? [];
  const isQuick = quickSizes.includes(at);
  const times = isQuick ? quickTimes(length) : timesInAll;
  return shared(id, section, {
    title: `${times.toLocaleString("en")} compressed messages ${title}${fragment === undefined ? "" : ` in fragments of ${fragment}`} are echoed`,
    ...(!isQuick && { extended: true }),
    requirements: fragment === undefined ? ["E19", "E28"] : ["E25", "E28"],
    opening: { deflate: wish },
    steps: [{ exchange: compressed(kind, payload, fragment), times }],
    expect: answers(kind === "text" ? { text: payload, times } : { binary: payload, times }),
  });
}

export const compressedData: Chapter = {
  number: 12,
  title: "permessage-deflate: kinds of data",
  cases: data.flatMap(([name, kind, payload], index) =>
    sizes.map(([length], at) =>
      exchange(
        `12.${index + 1}.${at + 1}`,
        `${name} of ${length.toLocaleString("en")} bytes`,
        {},
        kind,
        payload(length),
        at,
      ),
    ),
  ),
};

/** A server gets the parameters in the offer, a client in the response. */
function forRole(role: "server" | "client", wish: DeflateWish, index: number, what: string): ConformanceCase[] {
  return sizes.map(([length], at) => {
    const id = `13.${index + 1}.${at + 1}`;
    const made = exchange(
      id,
      `of ${length.toLocaleString("en")} bytes, with ${what},`,
      wish,
      "text",
      { json: length },
      at,
    );
    return role === "server" ? { ...made, role } : { ...made, role, id: `${id}c` };
  });
}

export const compressionParameters: Chapter = {
  number: 13,
  title: "permessage-deflate: parameters",
  cases: wishes.flatMap(([what, ofServer, ofClient], index) => [
    ...forRole("server", ofServer, index, what),
    ...forRole("client", ofClient, index, what),
  ]),
};

const deflate = { deflate: {} } as const;
/** "Hello" as compressed in RFC 7692 §7.2.3.1. */
const hello = hex("f2 48 cd c9 c9 07 00");
const helloAgain = hex("f2 00 11 00 00");
const rsv1 = { rsv: 4 } as const;

function raw(
  id: string,
  title: string,
  draft: Omit<ConformanceCase, "id" | "title" | "role" | "severity" | "section"> & Partial<ConformanceCase>,
): ConformanceCase {
  return define(id, section, { opening: deflate, ...draft, title });
}

export const deflateStreams: Chapter = {
  number: 14,
  title: "permessage-deflate: encodings of a message",
  cases: [
    raw("14.1.1", "The example of the specification is echoed", {
      section: "RFC 7692 §7.2.3.1",
      requirements: ["E19"],
      steps: [send(text(hello, rsv1))],
      expect: answers({ text: "Hello" }),
    }),
    raw("14.1.2", "The example is echoed if sent in two fragments, only the first of which has RSV1", {
      section: "RFC 7692 §7.2.3.1",
      requirements: ["E16", "E25"],
      steps: [send(text(hex("f2 48 cd"), { ...rsv1, ...more }), continuation(hex("c9 c9 07 00")))],
      expect: answers({ text: "Hello" }),
    }),
    raw("14.1.3", "A message that refers back to the previous one is echoed", {
      section: "RFC 7692 §7.2.3.2",
      requirements: ["E28"],
      steps: [send(text(hello, rsv1), text(helloAgain, rsv1))],
      expect: answers({ text: "Hello" }, { text: "Hello" }),
    }),
    raw("14.1.4", "A block without compression is echoed", {
      section: "RFC 7692 §7.2.3.3",
      requirements: ["E29"],
      steps: [send(text(hex("00 05 00 fa ff 48 65 6c 6c 6f 00"), rsv1))],
      expect: answers({ text: "Hello" }),
    }),
    raw("14.1.5", "A block with BFINAL set is echoed", {
      section: "RFC 7692 §7.2.3.4",
      requirements: ["E23"],
      steps: [send(text(hex("f3 48 cd c9 c9 07 00 00"), rsv1))],
      expect: answers({ text: "Hello" }),
    }),
    raw("14.1.6", "A message after one with BFINAL set is echoed", {
      section: "RFC 7692 §7.2.3.4",
      requirements: ["E23"],
      steps: [send(text(hex("f3 48 cd c9 c9 07 00 00"), rsv1), text(hello, rsv1))],
      expect: answers({ text: "Hello" }, { text: "Hello" }),
    }),
    raw("14.1.7", "A message that refers back to one with BFINAL set is echoed", {
      section: "RFC 7692 §7.2.3.4",
      severity: "recommended",
      requirements: ["E23", "E28"],
      steps: [send(text(hex("f3 48 cd c9 c9 07 00 00"), rsv1), text(helloAgain, rsv1))],
      expect: answers({ text: "Hello" }, { text: "Hello" }),
    }),
    raw("14.1.8", "Two blocks in one message are echoed", {
      section: "RFC 7692 §7.2.3.5",
      requirements: ["E29"],
      steps: [send(text(hex("f2 48 05 00 00 00 ff ff ca c9 c9 07 00"), rsv1))],
      expect: answers({ text: "Hello" }),
    }),
    raw("14.1.9", "An empty message encoded as the byte 00 is echoed", {
      section: "RFC 7692 §7.2.3.6",
      requirements: ["E20"],
      steps: [send(text(hex("00"), rsv1), binary(hex("00"), rsv1))],
      expect: answers({ text: "" }, { binary: "" }),
    }),
    raw("14.1.10", "An empty message encoded as the block 02 00 is echoed", {
      section: "RFC 7692 §7.2.3.6",
      requirements: ["E20"],
      steps: [send(text(hex("02 00"), rsv1))],
      expect: answers({ text: "" }),
    }),
    raw("14.2.1", "A message without RSV1 is not compressed", {
      requirements: ["E18"],
      steps: [send(text("plain"), text(hello, rsv1), text("plain again"), text(helloAgain, rsv1))],
      expect: answers({ text: "plain" }, { text: "Hello" }, { text: "plain again" }, { text: "Hello" }),
    }),
    raw("14.2.2", "A Ping between the fragments of a compressed message gets a Pong, and the message is not affected", {
      section: "RFC 7692 §6.1",
      requirements: ["E17", "F15"],
      steps: [send(text(hex("f2 48 cd"), { ...rsv1, ...more }), ping("between"), continuation(hex("c9 c9 07 00")))],
      expect: answers({ pong: "between" }, { text: "Hello" }),
    }),
    raw("14.2.3", "Empty fragments may be anywhere in a compressed message", {
      section: "RFC 7692 §6.2",
      requirements: ["E25"],
      steps: [send(text("", { ...rsv1, ...more }), continuation(hello, more), continuation(""))],
      expect: answers({ text: "Hello" }),
    }),
    raw("14.2.4", "A compressed message is echoed, byte by byte", {
      requirements: ["E25"],
      steps: [octetWise(text(hello, rsv1))],
      expect: answers({ text: "Hello" }),
    }),
    raw("14.2.5", "A compressed message in fragments of one byte is echoed", {
      section: "RFC 7692 §6.2",
      requirements: ["E25"],
      steps: [{ send: [compressed("text", { json: 500 }, 1)] }],
      expect: answers({ text: { json: 500 } }),
    }),
    ...(["continuation frame", "Ping", "Close frame"] as const).map((name, index) =>
      raw(`14.3.${index + 1}`, `RSV1 on a ${name} fails the connection`, {
        section: "RFC 7692 §6.1",
        requirements: [index === 0 ? "E16" : "E17"],
        steps: [
          index === 0
            ? send(text(hex("f2 48 cd"), { ...rsv1, ...more }), continuation(hex("c9 c9 07 00"), rsv1))
            : index === 1
              ? send(ping("x", rsv1))
              : send({ opcode: 0x8, payload: hex("03 e8"), rsv: 4 }),
        ],
        expect: fails(1002),
      }),
    ),
    raw("14.3.4", "RSV2, which no extension owns, still fails the connection", {
      section: "RFC 6455 §5.2",
      requirements: ["F01"],
      steps: [send(text(hello, { rsv: 6 }))],
      expect: fails(1002),
    }),
    raw("14.4.1", "A reserved kind of block fails the connection", {
      requirements: ["E29", "E30"],
      steps: [send(text(hex("06 00"), rsv1))],
      expect: fails([1007, 1002]),
    }),
    raw("14.4.2", "A block whose LEN and NLEN disagree fails the connection", {
      requirements: ["E29", "E30"],
      steps: [send(text(hex("00 05 00 00 00 48 65 6c 6c 6f 00"), rsv1))],
      expect: fails([1007, 1002]),
    }),
    raw("14.4.3", "A distance beyond what has been sent fails the connection", {
      requirements: ["E29", "E30"],
      steps: [send(text(helloAgain, rsv1))],
      expect: fails([1007, 1002]),
    }),
    raw("14.4.4", "An empty compressed payload fails the connection", {
      requirements: ["E21"],
      severity: "recommended",
      steps: [send(text("", rsv1), text("hello"))],
      expect: fails([1007, 1002]),
    }),
    raw("14.4.5", "A compressed message that ends within a symbol fails the connection", {
      requirements: ["E22"],
      severity: "recommended",
      steps: [send(text(hex("f2 48 cd"), rsv1), text("hello"))],
      expect: fails([1007, 1002]),
    }),
    raw("14.4.6", "Garbage fails the connection", {
      requirements: ["E30"],
      steps: [send(binary(hex("ff ff ff ff ff ff ff ff"), rsv1))],
      expect: fails([1007, 1002]),
    }),
    raw("14.4.7", "Text that is not UTF-8 after inflating fails the connection", {
      section: "RFC 6455 §8.1",
      requirements: ["F18"],
      steps: [send(text(hex("00 02 00 fd ff ff fe 00"), rsv1))],
      expect: fails(1007),
    }),
    raw("14.4.8", "Text in UTF-8 whose compressed form is not UTF-8 is echoed", {
      section: "RFC 6455 §8.1",
      requirements: ["F17"],
      steps: [{ send: [compressed("text", "한글 😀 한글 😀 한글 😀")] }],
      expect: answers({ text: "한글 😀 한글 😀 한글 😀" }),
    }),
    raw("14.5.1", "A message that inflates to a thousand times its size is echoed, or fails the connection", {
      section: "RFC 6455 §10.4",
      mayRefuse: true,
      requirements: ["E26"],
      steps: [{ send: [compressed("binary", { repeat: "\0", times: 4_000_000 })] }],
      expect: answers({ binary: { repeat: "\0", times: 4_000_000 } }),
    }),
    ...(["server", "client"] as const).map((role, index) =>
      define(`14.6.${index + 1}`, parameters, {
        title: `A ${role} understands messages that are each compressed on their own`,
        role,
        requirements: ["E28"],
        opening: { deflate: role === "server" ? { clientNoContextTakeover: true } : { serverNoContextTakeover: true } },
        steps: [{ exchange: compressed("text", { json: 2000 }), times: 5 }],
        expect: answers({ text: { json: 2000 }, times: 5 }),
      }),
    ),
    ...([8, 10, 12] as const).map((bits, index) =>
      define(`14.7.${index + 1}`, "RFC 7692 §7.1.2.1", {
        title: `A server that agrees to a window of ${bits} bits does not reach back further`,
        role: "server",
        requirements: ["E12", "E15"],
        opening: { deflate: { serverMaxWindowBits: bits } },
        steps: [{ exchange: compressed("text", { prose: 20_000 }), times: 3 }],
        expect: answers({ text: { prose: 20_000 }, times: 3 }),
      }),
    ),
    ...([8, 10, 12] as const).map((bits, index) =>
      define(`14.8.${index + 1}`, "RFC 7692 §7.1.2.2", {
        title: `A client that is given a window of ${bits} bits does not reach back further`,
        role: "client",
        requirements: ["E12", "E15"],
        opening: { deflate: { clientMaxWindowBits: bits } },
        steps: [{ exchange: compressed("text", { prose: 20_000 }), times: 3 }],
        expect: answers({ text: { prose: 20_000 }, times: 3 }),
      }),
    ),
    define("14.9.1", "RFC 7692 §7.1.2", {
      title: "A distance beyond an agreed window of 9 bits fails the connection",
      role: "server",
      severity: "recommended",
      requirements: ["E15", "E29"],
      opening: { deflate: { clientMaxWindowBits: 9 } },
      // 1,000 zeros in a stored block, then a match 1,000 bytes back in a fixed block.
      steps: [send(binary(farMatch(), rsv1))],
      expect: fails([1007, 1002]),
    }),
  ],
};

/** Stored: 1,000 bytes. Fixed: length 3, distance 769 + 231 = 1,000 (code 19, eight extra bits); end of block; empty block. */
function farMatch(): Payload {
  return { join: [hex("00 e8 03 17 fc"), { noise: 1000 }, hex(fixedMatch())] };
}

/** Packs the bits of a fixed block, first bit lowest (RFC 1951 §3.1.1, §3.2.6). */
function fixedMatch(): string {
  const lengthThree = "0000001";
  const distanceCode = "10011";
  const extra = [...(231).toString(2).padStart(8, "0")].reverse().join("");
  const endOfBlock = "0000000";
  const emptyBlock = "000";
  const bits = `010${lengthThree}${distanceCode}${extra}${endOfBlock}${emptyBlock}`;
  const bytes = bits.match(/.{1,8}/g) ?? [];
  return bytes
    .map((group) =>
      Number.parseInt([...group.padEnd(8, "0")].reverse().join(""), 2)
        .toString(16)
        .padStart(2, "0"),
    )
    .join(" ");
}
