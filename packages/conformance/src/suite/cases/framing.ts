/** Chapter 1: payloads of all lengths, and the encoding of the length (RFC 6455 §5.2). */
import type { Chapter, ConformanceCase, Step } from "../case.ts";
import type { Payload } from "../payload.ts";
import { answers, binary, define, fails, hex, octetWise, ping, send, shared, text } from "./write.ts";

const section = "RFC 6455 §5.2";
const lengths = [0, 125, 126, 127, 128, 65_535, 65_536];
const newLengths = [1, 2, 65_537, 131_072];

function stars(length: number): Payload {
  return { repeat: "*", times: length };
}

function bytes(length: number): Payload {
  return { noise: length };
}

function echoOf(
  kind: "text" | "binary",
  length: number,
  step: (payload: Payload) => Step,
  how = "",
): Omit<ConformanceCase, "id" | "section" | "role" | "severity"> {
  const payload = kind === "text" ? stars(length) : bytes(length);
  return {
    title: `A ${kind} message of ${length.toLocaleString("en")} bytes${how} is echoed`,
    requirements: length === 0 ? ["F24"] : length < 126 ? [] : ["F03"],
    steps: [step(payload)],
    expect: answers(kind === "text" ? { text: payload } : { binary: payload }),
  };
}

function frames(kind: "text" | "binary", first: string): ConformanceCase[] {
  const frame = kind === "text" ? text : binary;
  const whole = (payload: Payload): Step => send(frame(payload));
  const chopped = (payload: Payload): Step => ({ send: [frame(payload)], chop: 997 });
  const last = `${first}.${lengths.length + 1}`;
  return [
    ...lengths.map((length, index) => shared(`${first}.${index + 1}`, section, echoOf(kind, length, whole))),
    shared(last, section, echoOf(kind, 65_536, chopped, ", in chunks of 997,")),
    ...newLengths.map((length, index) => define(`${first}.${index + 9}`, section, echoOf(kind, length, whole))),
    define(
      `${first}.13`,
      section,
      echoOf(kind, 126, (payload) => octetWise(frame(payload)), ", byte by byte,"),
    ),
    define(
      `${first}.14`,
      section,
      echoOf(kind, 65_536, (payload) => octetWise(frame(payload)), ", byte by byte,"),
    ),
    define(
      `${first}.15`,
      section,
      echoOf(kind, 70_000, (payload) => ({ send: [frame(payload)], chop: 65_536 }), ", in chunks of 64 KiB,"),
    ),
  ];
}

/** A length in more bytes than needed, which the receiver may treat as a violation or tolerate. */
function notMinimal(id: string, title: string, frame: Parameters<typeof send>[0], payload: Payload): ConformanceCase {
  return define(id, section, {
    title,
    severity: "recommended",
    requirements: ["F03"],
    steps: [send(frame)],
    expect: fails(1002),
    alternatives: [
      {
        ...answers({ binary: payload }),
        verdict: "non-strict",
        because: "It accepts a length that is not minimal; RFC 6455 §5.2 obliges only the sender.",
      },
    ],
  });
}

const huge = "8000000000000000";

export const framing: Chapter = {
  number: 1,
  title: "Framing",
  cases: [
    ...frames("text", "1.1"),
    ...frames("binary", "1.2"),
    notMinimal("1.3.1", "A length of 5 in 16 bits fails the connection", binary("hello", { lengthBytes: 2 }), "hello"),
    notMinimal(
      "1.3.2",
      "A length of 125 in 16 bits fails the connection",
      binary(bytes(125), { lengthBytes: 2 }),
      bytes(125),
    ),
    notMinimal("1.3.3", "A length of 5 in 64 bits fails the connection", binary("hello", { lengthBytes: 8 }), "hello"),
    notMinimal(
      "1.3.4",
      "A length of 126 in 64 bits fails the connection",
      binary(bytes(126), { lengthBytes: 8 }),
      bytes(126),
    ),
    notMinimal(
      "1.3.5",
      "A length of 65,535 in 64 bits fails the connection",
      binary(bytes(65_535), { lengthBytes: 8 }),
      bytes(65_535),
    ),
    notMinimal("1.3.6", "A length of 0 in 16 bits fails the connection", binary("", { lengthBytes: 2 }), ""),
    define("1.4.1", section, {
      title: "A 64-bit length whose first bit is set fails the connection as soon as it is read",
      requirements: ["F04"],
      steps: [send(binary("", { announced: huge }))],
      expect: fails([1002, 1009]),
    }),
    define("1.4.2", section, {
      title: "A 64-bit length whose bits are all set fails the connection, byte by byte",
      requirements: ["F04"],
      steps: [octetWise(text("", { announced: "ffffffffffffffff" }))],
      expect: fails([1002, 1009]),
    }),
    define("1.4.3", section, {
      title: "A length of 2^63 - 1 fails the connection, or the payload is awaited",
      severity: "informational",
      requirements: ["F05"],
      steps: [send(binary("x", { announced: "7fffffffffffffff" }))],
      expect: fails([1009, 1002]),
    }),
    define("1.4.4", section, {
      title: "A length of 2^32 + 5 is not read as 5",
      requirements: ["F05"],
      steps: [send(binary("hello", { announced: "0000000100000005" }))],
      // Waiting for the rest is as good as failing the connection; only a reply would be wrong.
      expect: fails([1009]),
      severity: "informational",
    }),
    define("1.5.1", "RFC 6455 §5.1", {
      title: "A frame with the wrong masking for its sender fails the connection",
      requirements: ["F08"],
      steps: [send(text("hello", { masking: "wrong" }))],
      expect: fails(1002),
    }),
    define("1.5.2", "RFC 6455 §5.1", {
      title: "A Ping with the wrong masking for its sender fails the connection",
      requirements: ["F08"],
      steps: [send(ping("hello", { masking: "wrong" }))],
      expect: fails(1002),
    }),
    define("1.5.3", "RFC 6455 §5.1", {
      title: "An empty frame with the wrong masking for its sender fails the connection",
      requirements: ["F08", "F09"],
      steps: [send(binary("", { masking: "wrong" }))],
      expect: fails(1002),
    }),
    define("1.5.4", "RFC 6455 §5.3", {
      title: "A masking key of zeros is valid",
      role: "server",
      requirements: ["F10"],
      steps: [send(text("hello", { masking: "zero" }), text("world"))],
      expect: answers({ text: "hello" }, { text: "world" }),
    }),
    define("1.5.5", "RFC 6455 §5.3", {
      title: "Masking restarts with every frame, after payloads whose length is not a multiple of four",
      role: "server",
      requirements: ["F10"],
      steps: [send(...[1, 2, 3, 5, 6, 7].map((length) => binary(bytes(length))))],
      expect: answers(...[1, 2, 3, 5, 6, 7].map((length) => ({ binary: bytes(length) }))),
    }),
    define("1.6.1", "RFC 6455 §5.2", {
      title: "A hundred messages in one write are echoed in order",
      steps: [send(...Array.from({ length: 100 }, (_, index) => text(`message ${index}`)))],
      expect: answers(...Array.from({ length: 100 }, (_, index) => ({ text: `message ${index}` }))),
    }),
    define("1.6.2", "RFC 6455 §5.6", {
      title: "Binary messages need not be UTF-8",
      requirements: ["F20"],
      steps: [send(binary(hex("ff fe c0 80 ed a0 80")))],
      expect: answers({ binary: hex("ff fe c0 80 ed a0 80") }),
    }),
  ],
};
