/** Chapter 5: messages in fragments (RFC 6455 §5.4). */
import type { Chapter, FrameSpec, Step } from "../case.ts";
import {
  answers,
  binary,
  close,
  closes,
  continuation,
  define,
  fails,
  frameWise,
  hex,
  more,
  octetWise,
  ping,
  pong,
  send,
  shared,
  text,
} from "./write.ts";

const section = "RFC 6455 §5.4";
const [one, two] = ["fragment1", "fragment2"];

/** The same frames in one write, in one write per frame, and in one write per byte. */
function threeWays(
  first: number,
  title: string,
  frames: readonly FrameSpec[],
  rest: Omit<Parameters<typeof shared>[2], "title" | "steps">,
) {
  const ways: readonly [string, readonly Step[]][] = [
    ["", [send(...frames)]],
    [", with a write per frame", frameWise(...frames)],
    [", byte by byte", [octetWise(...frames)]],
  ];
  return ways.map(([how, steps], index) =>
    shared(`5.${first + index}`, section, { ...rest, title: `${title}${how}`, steps }),
  );
}

const manyFragments: readonly Step[] = [
  send(text("fragment1", more), continuation("fragment2", more), ping("pongme 1!")),
  { awaitAnswers: 1 },
  send(continuation("fragment3", more), continuation("fragment4", more), ping("pongme 2!"), continuation("fragment5")),
];
const fiveFragments = "fragment1fragment2fragment3fragment4fragment5";
const nothingToContinue = { expect: fails(1002), requirements: ["F13"] };

export const fragmentation: Chapter = {
  number: 5,
  title: "Fragmentation",
  cases: [
    ...[ping(one, more), pong(one, more)].map((frame, index) =>
      shared(`5.${index + 1}`, "RFC 6455 §5.5", {
        title: `A ${index === 0 ? "Ping" : "Pong"} in two fragments fails the connection`,
        requirements: ["F07"],
        steps: [send(frame, continuation(two))],
        expect: fails(1002),
      }),
    ),
    ...threeWays(3, "A text message in two fragments is echoed", [text(one, more), continuation(two)], {
      requirements: ["F23"],
      expect: answers({ text: one + two }),
    }),
    ...threeWays(
      6,
      "A Ping between two fragments gets a Pong before the message is echoed",
      [text(one, more), ping("ping"), continuation(two)],
      {
        requirements: ["F15", "X20"],
        expect: answers({ pong: "ping" }, { text: one + two }),
      },
    ),
    ...threeWays(
      9,
      "A final continuation frame with nothing to continue fails the connection",
      [continuation("non-continuation payload"), text("Hello, world!")],
      nothingToContinue,
    ),
    ...threeWays(
      12,
      "A continuation frame with nothing to continue fails the connection",
      [continuation("non-continuation payload", more), text("Hello, world!")],
      nothingToContinue,
    ),
    shared("5.15", section, {
      title: "A continuation frame after a message has ended fails the connection",
      requirements: ["F13"],
      steps: [send(text(one, more), continuation(two), continuation("fragment3", more), text("fragment4"))],
      expect: fails(1002, { text: one + two }),
    }),
    ...[more, {}].map((rest, index) =>
      shared(`5.${16 + index}`, section, {
        title: `A ${index === 0 ? "" : "final "}continuation frame with nothing to continue, before a text message, twice, fails the connection`,
        requirements: ["F13"],
        steps: [send(continuation(one, rest), text(two), continuation(one, rest), text(two))],
        expect: fails(1002),
      }),
    ),
    shared("5.18", section, {
      title: "A text frame within a fragmented message fails the connection",
      requirements: ["F14"],
      steps: [send(text(one, more), text(two))],
      expect: fails(1002),
    }),
    ...["5.19", "5.20"].map((id, index) =>
      shared(id, section, {
        title: `A message in five fragments is echoed, and the two Pings within it get Pongs at once${index === 0 ? "" : ", with a write per frame"}`,
        requirements: ["F15", "X20"],
        steps:
          index === 0
            ? manyFragments
            : manyFragments.flatMap((step) => ("send" in step ? step.send.map((piece) => send(piece)) : [step])),
        expect: answers({ pong: "pongme 1!" }, { pong: "pongme 2!" }, { text: fiveFragments }),
      }),
    ),
    define("5.21", section, {
      title: "A binary frame within a fragmented text message fails the connection",
      requirements: ["F14"],
      steps: [send(text(one, more), binary(two))],
      expect: fails(1002),
    }),
    define("5.22", section, {
      title: "A text frame within a fragmented binary message fails the connection",
      requirements: ["F14"],
      steps: [send(binary(one, more), text(two, more))],
      expect: fails(1002),
    }),
    define("5.23", section, {
      title: "A binary message in fragments is echoed, whatever its bytes",
      requirements: ["F20"],
      steps: [send(binary(hex("ff"), more), continuation(hex("c0"), more), continuation(hex("80")))],
      expect: answers({ binary: hex("ff c0 80") }),
    }),
    define("5.24", section, {
      title: "Empty fragments may be anywhere in a message",
      requirements: ["F16"],
      steps: [
        send(
          text("", more),
          continuation("a", more),
          continuation("", more),
          continuation("b", more),
          continuation(""),
        ),
      ],
      expect: answers({ text: "ab" }),
    }),
    define("5.25", section, {
      title: "A binary message of empty fragments is echoed as an empty message",
      requirements: ["F16", "F24"],
      steps: [send(binary("", more), continuation("", more), continuation(""))],
      expect: answers({ binary: "" }),
    }),
    define("5.26", section, {
      title: "A Pong between two fragments is ignored",
      requirements: ["F15", "X22"],
      steps: [send(text(one, more), pong("unsolicited"), continuation(two))],
      expect: answers({ text: one + two }),
    }),
    define("5.27", "RFC 6455 §5.4", {
      title: "A Close frame between two fragments gets a Close frame in return, and the message is lost",
      requirements: ["X10"],
      steps: [send(text(one, more), close(1000))],
      expect: closes([1000, null]),
    }),
    define("5.28", "RFC 6455 §5.5", {
      title: "A Close frame that is not final fails the connection",
      requirements: ["F07"],
      steps: [send(close(1000, "", more))],
      expect: fails(1002),
    }),
    define("5.29", section, {
      title: "A message of 1,000 fragments of one byte is echoed",
      requirements: ["F23"],
      steps: [{ send: [{ message: "binary", payload: { noise: 1000 }, fragment: 1 }] }],
      mayRefuse: true,
      expect: answers({ binary: { noise: 1000 } }),
    }),
    define("5.30", section, {
      title: "Pings between many fragments get Pongs in order",
      requirements: ["F15", "X20"],
      steps: [
        send(
          text("0", more),
          ...Array.from({ length: 20 }, (_, index) => [ping(`${index}`), continuation("0", more)]).flat(),
          continuation("0"),
        ),
      ],
      expect: answers(...Array.from({ length: 20 }, (_, index) => ({ pong: `${index}` })), { text: "0".repeat(22) }),
    }),
    define("5.31", section, {
      title: "A message after a fragmented message is a new message",
      steps: [send(text(one, more), continuation(two), binary("x", more), continuation("y"), text("z"))],
      expect: answers({ text: one + two }, { binary: "xy" }, { text: "z" }),
    }),
  ],
};
