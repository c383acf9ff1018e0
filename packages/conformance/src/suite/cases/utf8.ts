/** Chapter 6: text must be UTF-8, and invalid UTF-8 must fail the connection (RFC 6455 §5.6, §8.1; RFC 3629 §3, §4). */
import type { Chapter, ConformanceCase, Step } from "../case.ts";
import { payloadBytes } from "../payload.ts";
import { utf8Classes } from "./utf8-classes.ts";
import {
  answers,
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
  toFail,
} from "./write.ts";

const section = "RFC 6455 §8.1";
const greek = "κόσμε";
const mixed = "Hello-µ@ßöäüàá-UTF-8!!";
const greekHex = "ce ba e1 bd b9 cf 83 ce bc ce b5";
/** U+110000, which is beyond Unicode; its first byte alone could still begin a valid sequence. */
const beyond = "f4 90 80 80";
const rest = "65 64 69 74 65 64";
const badGreek = `${greekHex} ed a0 80 ${rest}`;

/** A message with one fragment per byte. */
function fragmentPerByte(bytes: string): Step {
  const all = bytes.split(" ");
  return send(
    ...all.map((byte, index) => {
      const last = index === all.length - 1 ? {} : more;
      return index === 0 ? text(hex(byte), last) : continuation(hex(byte), last);
    }),
  );
}

function bytesOf(value: string): string {
  return Array.from(payloadBytes(value), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

/** One message in one frame for each sequence of each class. */
const classCases: readonly ConformanceCase[] = utf8Classes.flatMap(({ title, sequences }, index) =>
  sequences.map(([validity, bytes], at) =>
    shared(`6.${index + 5}.${at + 1}`, validity === "valid" ? "RFC 3629 §4" : section, {
      title: `${title}: ${bytes.length > 40 ? `${bytes.slice(0, 35)} …` : bytes} ${validity === "valid" ? "is echoed" : "fails the connection"}`,
      requirements: [validity === "valid" ? "F17" : "F18"],
      steps: [send(text(hex(bytes)))],
      expect: validity === "valid" ? answers({ text: hex(bytes) }) : fails(1007),
    }),
  ),
);

/** A frame whose payload is sent in three chunks, the second of which contains the invalid byte. */
function threeChunks(first: number): readonly Step[] {
  return [{ cut: text(hex(`${greekHex} ${beyond} ${rest}`)), at: first === 0 ? [11, 15] : [12, 13] }];
}

export const utf8: Chapter = {
  number: 6,
  title: "UTF-8",
  cases: [
    shared("6.1.1", "RFC 6455 §5.6", {
      title: "An empty text message is echoed",
      requirements: ["F24"],
      steps: [send(text(""))],
      expect: answers({ text: "" }),
    }),
    shared("6.1.2", "RFC 6455 §5.4", {
      title: "A text message of three empty fragments is echoed",
      requirements: ["F16"],
      steps: [send(text("", more), continuation("", more), continuation(""))],
      expect: answers({ text: "" }),
    }),
    shared("6.1.3", "RFC 6455 §5.4", {
      title: "A text message whose first and last fragments are empty is echoed",
      requirements: ["F16"],
      steps: [send(text("", more), continuation("middle", more), continuation(""))],
      expect: answers({ text: "middle" }),
    }),
    shared("6.2.1", "RFC 6455 §5.6", {
      title: "Text with characters of one and two bytes is echoed",
      requirements: ["F17"],
      steps: [send(text(mixed))],
      expect: answers({ text: mixed }),
    }),
    shared("6.2.2", "RFC 6455 §5.6", {
      title: "Text in two fragments, cut between characters, is echoed",
      requirements: ["F17"],
      steps: [send(text("Hello-µ@ßöä", more), continuation("üàá-UTF-8!!"))],
      expect: answers({ text: mixed }),
    }),
    ...[mixed, greek].map((value, index) =>
      shared(`6.2.${index + 3}`, "RFC 6455 §5.6", {
        title: `Text in fragments of one byte is echoed (${value})`,
        requirements: ["F17"],
        steps: [fragmentPerByte(bytesOf(value))],
        expect: answers({ text: value }),
      }),
    ),
    shared("6.3.1", section, {
      title: "Text with a surrogate fails the connection",
      requirements: ["F18"],
      steps: [send(text(hex(badGreek)))],
      expect: fails(1007),
    }),
    shared("6.3.2", section, {
      title: "Text with a surrogate fails the connection, in fragments of one byte",
      requirements: ["F18"],
      steps: [fragmentPerByte(badGreek)],
      expect: fails(1007),
    }),
    shared("6.4.1", section, {
      title: "Text that can no longer become valid fails the connection at once: in the second of three fragments",
      requirements: ["F18"],
      steps: [
        send(text(hex(greekHex), more)),
        send(continuation(hex(beyond), more)),
        toFail,
        send(continuation(hex(rest))),
      ],
      expect: fails(1007),
    }),
    shared("6.4.2", section, {
      title: "Text that can no longer become valid fails the connection at once: by the second byte of a character",
      requirements: ["F18"],
      steps: [
        send(text(hex(`${greekHex} f4`), more)),
        send(continuation(hex("90"), more)),
        toFail,
        send(continuation(hex(`80 80 ${rest}`))),
      ],
      expect: fails(1007),
    }),
    ...[0, 1].map((first) =>
      shared(`6.4.${first + 3}`, section, {
        title: `Text that can no longer become valid fails the connection at once: in the second of three chunks of one frame${first === 0 ? "" : ", by the second byte of a character"}`,
        requirements: ["F18"],
        steps: threeChunks(first),
        expect: fails(1007),
      }),
    ),
    ...classCases,
    define("6.24.1", "RFC 3629 §6", {
      title: "U+FEFF at the beginning of a message is part of it",
      requirements: ["F19"],
      steps: [send(text(hex("ef bb bf 68 69")))],
      expect: answers({ text: hex("ef bb bf 68 69") }),
    }),
    define("6.24.2", "RFC 3629 §6", {
      title: "U+FEFF alone is a message",
      requirements: ["F19"],
      steps: [send(text(hex("ef bb bf")))],
      expect: answers({ text: hex("ef bb bf") }),
    }),
    define("6.24.3", "RFC 6455 §5.6", {
      title: "U+0000 is valid in text",
      requirements: ["F19"],
      steps: [send(text(hex("61 00 62")))],
      expect: answers({ text: hex("61 00 62") }),
    }),
    define("6.24.4", section, {
      title: "A character cut at each place, by fragments and by a Ping between them, is echoed",
      requirements: ["F15", "F17"],
      steps: [
        send(
          ...[1, 2, 3].flatMap((cut) => {
            const bytes = ["f0", "9f", "98", "80"];
            const [before, after] = [bytes.slice(0, cut).join(" "), bytes.slice(cut).join(" ")];
            return [text(hex(before), more), ping(`${cut}`), continuation(hex(after))];
          }),
        ),
      ],
      expect: answers(...[1, 2, 3].flatMap((cut) => [{ pong: `${cut}` }, { text: "😀" }])),
    }),
    define("6.24.5", "RFC 6455 §5.6", {
      title: "A long text of characters of three bytes is echoed, in chunks of 1,000 bytes",
      requirements: ["F17"],
      steps: [{ send: [text({ repeat: "한글", times: 10_000 })], chop: 1000 }],
      expect: answers({ text: { repeat: "한글", times: 10_000 } }),
    }),
    define("6.24.6", section, {
      title: "A long text whose last byte is invalid fails the connection",
      requirements: ["F18"],
      steps: [send(text({ join: [{ repeat: "x", times: 70_000 }, hex("ff")] }))],
      expect: fails(1007),
    }),
    define("6.24.7", section, {
      title: "A long text that ends within a character fails the connection",
      requirements: ["F18"],
      steps: [send(text({ join: [{ repeat: "한", times: 30_000 }, hex("ed 95")] }))],
      expect: fails(1007),
    }),
    define("6.24.8", section, {
      title: "A character is not completed by the message after it",
      requirements: ["F18"],
      steps: [send(text(hex("e2 82")), text(hex("ac")))],
      expect: fails(1007),
    }),
    define("6.24.9", "RFC 6455 §5.6", {
      title: "Text with characters of all lengths is echoed, byte by byte",
      requirements: ["F17"],
      steps: [octetWise(text("aµ€😀z"))],
      expect: answers({ text: "aµ€😀z" }),
    }),
  ],
};
