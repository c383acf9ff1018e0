/** Chapters 9, 10 and 11: large messages, many messages, and what a subject may reject (RFC 6455 §10.4). */
import type { Chapter, ConformanceCase, MessageSpec } from "../case.ts";
import type { Payload } from "../payload.ts";
import {
  answers,
  binary,
  close,
  closes,
  continuation,
  define,
  fails,
  more,
  ping,
  send,
  shared,
  text,
} from "./write.ts";

const section = "RFC 6455 §5.2";
const kibi = 1024;
const mebi = 1_048_576;

function sizeOf(bytes: number): string {
  return bytes >= mebi ? `${bytes / mebi} MiB` : bytes >= kibi ? `${bytes / kibi} KiB` : `${bytes} bytes`;
}

/** Larger cases run only with `--all`. */
function extent(bytes: number, most: number): { extended?: true } {
  return bytes > most ? { extended: true } : {};
}

function payloadOf(kind: MessageSpec["message"], length: number): Payload {
  return kind === "text" ? { repeat: "*", times: length } : { noise: length };
}

function large(
  id: string,
  kind: MessageSpec["message"],
  length: number,
  how: { fragment?: number; chop?: number },
): ConformanceCase {
  const payload = payloadOf(kind, length);
  const { fragment, chop } = how;
  const manner =
    fragment !== undefined
      ? ` in fragments of ${sizeOf(fragment)}`
      : chop !== undefined
        ? ` in chunks of ${sizeOf(chop)}`
        : "";
  return shared(id, fragment === undefined ? section : "RFC 6455 §5.4", {
    title: `A ${kind} message of ${sizeOf(length)}${manner} is echoed`,
    mayRefuse: true,
    // Fragments of 64 bytes divide 4 MiB into 65,536 frames, so the quick set has only larger fragments.
    ...(fragment !== undefined && fragment !== 262_144 && { extended: true }),
    ...(chop !== undefined && chop !== 1024 && { extended: true }),
    ...(fragment === undefined && chop === undefined && extent(length, mebi)),
    requirements: fragment === undefined ? ["F05", "F25"] : ["F23", "F25"],
    steps: [
      {
        send: [{ message: kind, payload, ...(fragment !== undefined && { fragment }) }],
        ...(chop !== undefined && { chop }),
      },
    ],
    expect: answers(kind === "text" ? { text: payload } : { binary: payload }),
  });
}

function many(id: string, kind: MessageSpec["message"], length: number, times: number): ConformanceCase {
  const payload: Payload = kind === "text" ? { prose: length } : { noise: length };
  return shared(id, section, {
    title: `${times.toLocaleString("en")} ${kind} messages of ${sizeOf(length)} are echoed, one after another`,
    requirements: ["F25"],
    steps: [{ exchange: { message: kind, payload }, times }],
    expect: answers(kind === "text" ? { text: payload, times } : { binary: payload, times }),
  });
}

const kinds = ["text", "binary"] as const;

export const largeMessages: Chapter = {
  number: 9,
  title: "Large messages, small pieces, many messages",
  cases: [
    ...kinds.flatMap((kind, index) =>
      [64 * kibi, 256 * kibi, mebi, 4 * mebi, 8 * mebi, 16 * mebi].map((length, at) =>
        large(`9.${1 + index}.${at + 1}`, kind, length, {}),
      ),
    ),
    ...kinds.flatMap((kind, index) =>
      [64, 256, kibi, 4 * kibi, 16 * kibi, 64 * kibi, 256 * kibi, mebi, 4 * mebi].map((fragment, at) =>
        large(`9.${3 + index}.${at + 1}`, kind, 4 * mebi, { fragment }),
      ),
    ),
    ...kinds.flatMap((kind, index) =>
      [64, 128, 256, 512, 1024, 2048].map((chop, at) => large(`9.${5 + index}.${at + 1}`, kind, mebi, { chop })),
    ),
    ...kinds.flatMap((kind, index) =>
      [0, 16, 64, 256, 1024, 4096].map((length, at) => many(`9.${7 + index}.${at + 1}`, kind, length, 1000)),
    ),
    define("9.9.1", "RFC 6455 §5.4", {
      title: "A message of 65,536 bytes in fragments of one byte is echoed, or fails the connection",
      mayRefuse: true,
      extended: true,
      requirements: ["F25"],
      steps: [{ send: [{ message: "binary", payload: { noise: 65_536 }, fragment: 1 }] }],
      expect: answers({ binary: { noise: 65_536 } }),
    }),
    define("9.9.2", "RFC 6455 §5.4", {
      title: "A Ping within a large fragmented message gets a Pong before the message is echoed",
      mayRefuse: true,
      requirements: ["F15", "X20"],
      steps: [
        send(binary({ noise: 500_000 }, more), ping("between")),
        { awaitAnswers: 1 },
        send(continuation({ noise: 500_000, seed: 1 })),
      ],
      expect: answers({ pong: "between" }, { binary: { join: [{ noise: 500_000 }, { noise: 500_000, seed: 1 }] } }),
    }),
  ],
};

export const miscellaneous: Chapter = {
  number: 10,
  title: "Miscellaneous",
  cases: [
    shared("10.1.1", "RFC 6455 §5.4", {
      title: "A text message of 65,536 bytes in fragments of 1,300 is echoed",
      requirements: ["F23"],
      steps: [{ send: [{ message: "text", payload: { repeat: "*", times: 65_536 }, fragment: 1300 }] }],
      expect: answers({ text: { repeat: "*", times: 65_536 } }),
    }),
    define("10.2.1", "RFC 6455 §5.4", {
      title: "A thousand messages in one write are echoed in order",
      steps: [
        send(...Array.from({ length: 1000 }, (_, index) => (index % 2 === 0 ? text(`${index}`) : binary(`${index}`)))),
      ],
      expect: answers(
        ...Array.from({ length: 1000 }, (_, index) =>
          index % 2 === 0 ? { text: `${index}` } : { binary: `${index}` },
        ),
      ),
    }),
    define("10.2.2", "RFC 6455 §5.4", {
      title: "Twenty messages of 64 KiB in one write are echoed in order",
      mayRefuse: true,
      steps: [send(...Array.from({ length: 20 }, (_, seed) => binary({ noise: 65_536, seed })))],
      expect: answers(...Array.from({ length: 20 }, (_, seed) => ({ binary: { noise: 65_536, seed } }))),
    }),
  ],
};

/** Messages that no endpoint is required to accept. It must not crash, and must not echo what was not sent. */
export const resourceLimits: Chapter = {
  number: 11,
  title: "Limits of the endpoint",
  cases: [
    define("11.1.1", "RFC 6455 §10.4", {
      title: "The reaction to a frame that announces 1 TiB",
      severity: "informational",
      requirements: ["X19"],
      steps: [send(binary("the beginning", { announced: "0000010000000000" }))],
      expect: { ending: { type: "failed", statusCodes: [1009] } },
    }),
    define("11.1.2", "RFC 6455 §10.4", {
      title: "The reaction to a message of 70 MiB in fragments",
      severity: "informational",
      extended: true,
      mayRefuse: true,
      requirements: ["X19"],
      steps: [{ send: [{ message: "binary", payload: { picture: 70 * mebi }, fragment: mebi }] }],
      expect: { ending: { type: "failed", statusCodes: [1009] } },
    }),
    define("11.1.3", "RFC 6455 §10.4", {
      title: "The reaction to a message of 200,000 empty fragments",
      severity: "informational",
      extended: true,
      mayRefuse: true,
      requirements: ["F16"],
      steps: [send(text("", more)), { flood: continuation("", more), times: 200_000 }, send(continuation("end"))],
      expect: answers({ text: "end" }),
    }),
    define("11.1.4", "RFC 6455 §5.5.3", {
      title: "Ten thousand Pings in a row leave the connection open, or fail it",
      mayRefuse: true,
      requirements: ["X21"],
      severity: "recommended",
      steps: [{ flood: ping("flood"), times: 10_000 }, send(text("still here"))],
      expect: answers({ pong: "flood", times: 10_000 }, { text: "still here" }),
      alternatives: [
        ...[[], [{ text: "still here" }]].map((before) => ({
          ...fails([1008, 1009], { pong: "flood", times: 10_000 }, ...before),
          verdict: "ok" as const,
          because: "It fails the connection after so many Pings.",
        })),
      ],
    }),
    define("11.1.5", "RFC 6455 §7.1.1", {
      title: "A connection closed with a reason right after it was opened ends cleanly",
      steps: [send(close(1001, "going away"))],
      expect: closes([1001, 1000, null]),
    }),
  ],
};
