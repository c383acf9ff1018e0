/** Chapter 7: the closing handshake (RFC 6455 §5.5.1, §7). */
import type { Chapter, ConformanceCase } from "../case.ts";
import {
  binary,
  close,
  closes,
  continuation,
  define,
  fails,
  hex,
  more,
  octetWise,
  ping,
  pong,
  send,
  shared,
  text,
} from "./write.ts";

const frameSection = "RFC 6455 §5.5.1";
const codeSection = "RFC 6455 §7.4";

const legal = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999];
/** Status codes registered after RFC 6455 (RFC 6455 §11.7). */
const registered = [1012, 1013, 1014];
const illegal = [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999];
const otherIllegal = [1, 127, 1015, 1017, 1999, 5001, 32_768, 65_534];

/** RFC 6455 §5.5.1: typically the status code is echoed; another code that means "closed" is also accepted. */
function echoesCode(code: number): ReturnType<typeof closes> {
  return closes([...new Set([code, 1000])]);
}

function legalCode(id: string, code: number): Parameters<typeof define> {
  return [
    id,
    codeSection,
    {
      title: `A Close frame with the status code ${code} gets a Close frame in return`,
      requirements: ["X02", "X07"],
      steps: [send(close(code))],
      expect: echoesCode(code),
      alternatives: [{ ...closes(null), verdict: "ok", because: "" }],
    },
  ];
}

function illegalCode(id: string, code: number): Parameters<typeof define> {
  return [
    id,
    codeSection,
    {
      title: `A Close frame with the status code ${code} fails the connection`,
      requirements: ["X02"],
      steps: [send(close(code))],
      expect: fails(1002),
    },
  ];
}

/** There must be no reply to anything after a Close frame. */
function afterClose(
  id: string,
  title: string,
  after: Parameters<typeof send>[0],
  before: readonly Parameters<typeof send>[0][] = [],
): ConformanceCase {
  return shared(id, frameSection, {
    title,
    requirements: ["X09"],
    steps: [send(...before, close(1000), after)],
    expect: closes([1000, null]),
  });
}

/** A reason that contains a byte that is not valid UTF-8. */
const badReason = "ce ba e1 bd b9 cf 83 ce bc ce b5 ed a0 80 65 64 69 74 65 64";

export const closing: Chapter = {
  number: 7,
  title: "Closing",
  cases: [
    shared("7.1.1", frameSection, {
      title: "A message is echoed before the Close frame in return",
      requirements: ["X07"],
      steps: [send(text("Hello World!"), close(1000))],
      expect: closes([1000, null], { text: "Hello World!" }),
      alternatives: [
        {
          ...closes([1000, null]),
          verdict: "non-strict",
          because: "It replies to the Close frame before it echoes the message (RFC 6455 §5.5.1 allows it).",
        },
      ],
    }),
    afterClose("7.1.2", "A second Close frame is ignored", close(1000)),
    afterClose("7.1.3", "A Ping after a Close frame is ignored", ping()),
    afterClose("7.1.4", "A text message after a Close frame is ignored", text("Hello World!")),
    shared("7.1.5", frameSection, {
      title: "A continuation frame after a Close frame is ignored",
      requirements: ["X09", "X10"],
      steps: [send(text("fragment1", more), close(1000), continuation("fragment2"))],
      expect: closes([1000, null]),
    }),
    shared("7.1.6", frameSection, {
      title: "The reaction to 256 KiB, a short message, a Close frame and a Ping",
      severity: "informational",
      requirements: ["X09", "X11"],
      steps: [send(text({ repeat: "BAsd7&jh23", times: 26_214 }), text("Hello World!"), close(1000), ping())],
      expect: closes([1000, null], { text: { repeat: "BAsd7&jh23", times: 26_214 } }, { text: "Hello World!" }),
    }),
    shared("7.3.1", frameSection, {
      title: "A Close frame without payload gets a Close frame in return",
      requirements: ["X06"],
      steps: [send(close())],
      expect: closes([null, 1000]),
    }),
    shared("7.3.2", frameSection, {
      title: "A Close frame with a payload of one byte fails the connection",
      requirements: ["X01"],
      steps: [send({ opcode: 0x8, payload: "a" })],
      expect: fails(1002),
    }),
    shared("7.3.3", frameSection, {
      title: "A Close frame with a status code gets a Close frame in return",
      requirements: ["X07"],
      steps: [send(close(1000))],
      expect: closes([1000, null]),
    }),
    shared("7.3.4", frameSection, {
      title: "A Close frame with a status code and a reason gets a Close frame in return",
      requirements: ["X07"],
      steps: [send(close(1000, "Hello World!"))],
      expect: closes([1000, null]),
    }),
    shared("7.3.5", frameSection, {
      title: "A Close frame with a reason of 123 bytes gets a Close frame in return",
      requirements: ["X03"],
      steps: [send(close(1000, { repeat: "*", times: 123 }))],
      expect: closes([1000, null]),
    }),
    shared("7.3.6", "RFC 6455 §5.5", {
      title: "A Close frame with a reason of 124 bytes fails the connection",
      requirements: ["F06"],
      steps: [send(close(1000, { repeat: "*", times: 124 }))],
      expect: fails(1002),
    }),
    shared("7.5.1", frameSection, {
      title: "A Close frame whose reason is not UTF-8 fails the connection",
      requirements: ["X03"],
      steps: [send(close(1000, hex(badReason)))],
      expect: fails([1007, 1002]),
    }),
    ...legal.map((code, index) => shared(...legalCode(`7.7.${index + 1}`, code))),
    ...illegal.map((code, index) => shared(...illegalCode(`7.9.${index + 1}`, code))),
    ...registered.map((code, index) => define(...legalCode(`7.10.${index + 1}`, code))),
    ...otherIllegal.map((code, index) => define(...illegalCode(`7.11.${index + 1}`, code))),
    ...[5000, 65_535].map((code, index) =>
      shared(`7.13.${index + 1}`, codeSection, {
        title: `The reaction to a Close frame with the status code ${code}`,
        severity: "informational",
        requirements: ["X02"],
        steps: [send(close(code))],
        expect: fails(1002),
        alternatives: [{ ...echoesCode(code), verdict: "ok", because: "It replies with a Close frame." }],
      }),
    ),
    define("7.14.1", frameSection, {
      title: "A Close frame byte by byte gets a Close frame in return",
      requirements: ["X27"],
      steps: [octetWise(close(4000, "byte by byte"))],
      expect: closes([4000, 1000, null]),
    }),
    define("7.14.2", frameSection, {
      title: "A reason may contain characters of several bytes",
      requirements: ["X03"],
      steps: [send(close(1000, { repeat: "€", times: 41 }))],
      expect: closes([1000, null]),
    }),
    define("7.14.3", frameSection, {
      title: "A reason that ends within a character fails the connection",
      requirements: ["X03"],
      steps: [send(close(1000, hex("e2 82")))],
      expect: fails([1007, 1002]),
    }),
    define("7.14.4", frameSection, {
      title: "Garbage after a Close frame is ignored",
      requirements: ["X09"],
      steps: [send(close(1000), { raw: "ff ff ff ff ff ff ff ff ff ff ff ff" })],
      expect: closes([1000, null]),
    }),
    define("7.14.5", frameSection, {
      title: "A binary message and a Pong after a Close frame are ignored",
      requirements: ["X09"],
      steps: [send(close(1000), binary("x"), pong("y"))],
      expect: closes([1000, null]),
    }),
    define("7.14.6", frameSection, {
      title: "A Ping before a Close frame gets a Pong",
      requirements: ["X20"],
      steps: [send(ping("last"), close(1000))],
      expect: closes([1000, null], { pong: "last" }),
      alternatives: [
        {
          ...closes([1000, null]),
          verdict: "ok",
          because: "It had received the Close frame before it could reply to the Ping (RFC 6455 §5.5.2).",
        },
      ],
    }),
    define("7.14.7", "RFC 6455 §7.1.5", {
      title: "If the transport ends without a Close frame, the endpoint ends it too",
      severity: "recommended",
      requirements: ["X13"],
      steps: [send(text("hello")), { awaitAnswers: 1 }, { end: true }],
      expect: { answers: [{ text: "hello" }], ending: { type: "ended" } },
    }),
    define("7.14.8", "RFC 6455 §7.1.7", {
      title: "After failing the connection, the endpoint ignores further frames",
      requirements: ["X16"],
      steps: [send({ opcode: 0x3 }, text("no"), ping("no"), close(1000))],
      expect: fails(1002),
    }),
  ],
};
