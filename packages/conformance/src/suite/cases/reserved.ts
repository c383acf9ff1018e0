/** Chapters 3 and 4: reserved bits and reserved opcodes (RFC 6455 §5.2). */
import type { Chapter, ConformanceCase, FrameSpec, Step } from "../case.ts";
import {
  binary,
  close,
  continuation,
  define,
  fails,
  frameWise,
  more,
  octetWise,
  ping,
  pong,
  send,
  shared,
  text,
} from "./write.ts";

const section = "RFC 6455 §5.2";
const small = "Hello, world!";
const rsvNames = ["none", "RSV3", "RSV2", "RSV2 and RSV3", "RSV1", "RSV1 and RSV3", "RSV1 and RSV2", "all RSV bits"];

const kinds: readonly [string, (rsv: number) => FrameSpec][] = [
  ["text frame", (rsv) => text(small, { rsv })],
  ["binary frame", (rsv) => binary(small, { rsv })],
  ["Ping", (rsv) => ping(small, { rsv })],
  ["Pong", (rsv) => pong(small, { rsv })],
  ["Close frame", (rsv) => close(1000, "", { rsv })],
];

/** Every reserved bit on every kind of frame. */
function everyCombination(): ConformanceCase[] {
  return kinds.flatMap(([name, frame], kind) =>
    [1, 2, 3, 4, 5, 6, 7].map((rsv) =>
      define(`3.${10 + kind}.${rsv}`, section, {
        title: `A ${name} with ${rsvNames[rsv]} set fails the connection`,
        requirements: ["F01"],
        steps: [send(frame(rsv))],
        expect: fails(1002),
      }),
    ),
  );
}

export const reservedBits: Chapter = {
  number: 3,
  title: "Reserved bits",
  cases: [
    shared("3.1", section, {
      title: "A text frame with RSV3 set fails the connection",
      requirements: ["F01"],
      steps: [send(text(small, { rsv: 1 }))],
      expect: fails(1002),
    }),
    ...[2, 3, 4].map((rsv) =>
      shared(`3.${rsv}`, section, {
        title: `A text message is echoed; one with ${rsvNames[rsv]} set fails the connection, and the Ping after it gets no Pong`,
        requirements: ["F01", "X16"],
        steps: rsvSteps(rsv),
        expect: fails(1002, { text: small }),
      }),
    ),
    ...[
      ["3.5", "binary frame", binary(small, { rsv: 5 })] as const,
      ["3.6", "Ping", ping(small, { rsv: 6 })] as const,
      ["3.7", "Close frame", close(1000, "", { rsv: 7 })] as const,
    ].map(([id, name, frame]) =>
      shared(id, section, {
        title: `A ${name} with ${rsvNames[frame.rsv ?? 0]} set fails the connection`,
        requirements: ["F01"],
        steps: [send(frame)],
        expect: fails(1002),
      }),
    ),
    define("3.8", section, {
      title: "A continuation frame with RSV1 set fails the connection",
      requirements: ["F01", "E16"],
      steps: [send(text("one", more), continuation("two", { rsv: 4 }))],
      expect: fails(1002),
    }),
    define("3.9", section, {
      title: "A text frame with RSV1 set fails the connection by its first byte",
      requirements: ["F01"],
      steps: [send({ raw: "c1" })],
      severity: "recommended",
      expect: fails(1002),
    }),
    ...everyCombination(),
  ],
};

function rsvSteps(rsv: number): readonly Step[] {
  const frames = [text(small), text(small, { rsv }), ping()];
  return rsv === 2 ? [send(...frames)] : rsv === 3 ? frameWise(...frames) : [octetWise(...frames)];
}

function opcodeCases(first: string, opcodes: readonly number[]): ConformanceCase[] {
  return opcodes.map((opcode, index) => {
    const payload = index % 2 === 1 ? small : "";
    const frame = { opcode, payload };
    const alone = index < 2;
    return shared(`${first}.${index + 1}`, section, {
      title: `A frame with the reserved opcode ${opcode} fails the connection${alone ? "" : ", after the previous message has been echoed"}`,
      requirements: ["F02"],
      steps: [
        alone ? send(frame) : index === 4 ? octetWise(text(small), frame, ping()) : send(text(small), frame, ping()),
      ],
      expect: alone ? fails(1002) : fails(1002, { text: small }),
    });
  });
}

export const reservedOpcodes: Chapter = {
  number: 4,
  title: "Reserved opcodes",
  cases: [
    ...opcodeCases("4.1", [3, 4, 5, 6, 7]),
    ...opcodeCases("4.2", [11, 12, 13, 14, 15]),
    ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode, index) =>
      define(`4.3.${index + 1}`, section, {
        title: `A frame with the reserved opcode ${opcode} fails the connection between the fragments of a message`,
        requirements: ["F02"],
        steps: [send(text("one", more), { opcode, payload: "x" }, continuation("two"))],
        expect: fails(1002),
      }),
    ),
  ],
};
