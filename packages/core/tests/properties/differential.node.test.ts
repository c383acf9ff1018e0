/**
 * Compares hybi with the receiver of `ws` on the same bytes: same messages and same verdict, except for the differences listed
 * here, each with the section of the RFC that decides it.
 */
import { Connection, plainAgreement, type Role } from "@hybi/core";
import { encodeFrame, opcodes } from "@hybi/core/frame";
import {
  arb,
  type Chunking,
  concatBytes,
  cutIntoChunks,
  describeBytes,
  inOneChunk,
  patternBytes,
  peerRole,
  sampleRandom,
  scaledRuns,
  utf8Bytes,
} from "@hybi/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as ws from "ws";

/** The part of the receiver used here, which the declared types omit. */
interface WsReceiver {
  on(name: "message", listener: (data: Uint8Array, isBinary: boolean) => void): void;
  on(name: "ping" | "pong", listener: (data: Uint8Array) => void): void;
  on(name: "conclude", listener: (statusCode: number, reason: Uint8Array) => void): void;
  on(name: "error", listener: () => void): void;
  _write(chunk: Uint8Array, encoding: string, done: (error?: Error | null) => void): void;
}

const { Receiver } = ws as unknown as { readonly Receiver: new (options: object) => WsReceiver };

/** The outcome of a stream. */
interface Verdict {
  /** Messages, control frames and the peer's Close frame, in order. */
  readonly events: readonly string[];
  /** The status code of the Close frame sent for a fault; undefined when there was none. */
  readonly failed: number | undefined;
}

const limits = { message: 100_000, fragments: 8 };

function verdictOfOurs(role: Role, chunks: readonly Uint8Array[]): Verdict & { readonly code: string | undefined } {
  const connection = new Connection(plainAgreement(role), { random: sampleRandom(), limits });
  const events: string[] = [];
  let failed: number | undefined;
  let code: string | undefined;
  for (const event of chunks.flatMap((chunk) => connection.receive(chunk))) {
    if (event.type === "text") events.push(`text ${describeBytes(utf8Bytes(event.data))}`);
    else if (event.type === "binary") events.push(`binary ${describeBytes(event.data)}`);
    else if (event.type === "ping" || event.type === "pong")
      events.push(`${event.type} ${describeBytes(event.payload)}`);
    else if (event.type === "close")
      events.push(`close ${event.statusCode ?? 1005} ${describeBytes(utf8Bytes(event.reason))}`);
    else if (event.type === "failure") [failed, code] = [event.violation.statusCode, event.violation.code];
  }
  return { events, failed, code };
}

function verdictOfWs(role: Role, chunks: readonly Uint8Array[]): Verdict {
  const receiver = new Receiver({
    isServer: role === "server",
    maxPayload: limits.message,
    maxFragments: limits.fragments,
  });
  const events: string[] = [];
  let failed: number | undefined;
  receiver.on("message", (data, isBinary) => {
    events.push(`${isBinary ? "binary" : "text"} ${describeBytes(data)}`);
  });
  receiver.on("ping", (data: Uint8Array) => events.push(`ping ${describeBytes(data)}`));
  receiver.on("pong", (data: Uint8Array) => events.push(`pong ${describeBytes(data)}`));
  receiver.on("conclude", (code: number, reason: Uint8Array) => events.push(`close ${code} ${describeBytes(reason)}`));
  let concluded = false;
  receiver.on("conclude", () => {
    concluded = true;
  });
  receiver.on("error", () => undefined);
  for (const chunk of chunks) {
    if (failed !== undefined || concluded) break;
    // Call the parser directly, bypassing the queue of Writable, because nothing here waits for a turn of the event loop.
    receiver._write(Buffer.from(chunk), "buffer", (error?: Error | null) => {
      if (error) failed = statusCodeOf(error);
    });
  }
  return { events, failed };
}

/** `ws` stores the status code under a symbol. */
function statusCodeOf(error: Error): number {
  const [code] = Object.getOwnPropertySymbols(error).map((key) => Reflect.get(error, key) as unknown);
  return typeof code === "number" ? code : 0;
}

/** A known difference, with its reason. */
interface Difference {
  readonly name: string;
  /** The section that requires or permits our behavior. */
  readonly section: string;
  applies(ours: ReturnType<typeof verdictOfOurs>, theirs: Verdict): boolean;
}

/** Whether the events of `one` are a prefix of those of `other`. */
const isBeginning = (one: readonly string[], other: readonly string[]): boolean =>
  one.every((line, index) => other[index] === line);

const differences: readonly Difference[] = [
  {
    name: "ws accepts lengths in more bytes than they need",
    section: "RFC 6455 §5.2",
    applies: (ours, theirs) => ours.code === "frame/length-not-minimal" && isBeginning(ours.events, theirs.events),
  },
  {
    name: "ws fails a length with bit 63 set as too big, with 1009",
    section: "RFC 6455 §5.2",
    applies: (ours, theirs) => ours.code === "frame/length-sign-bit" && theirs.failed === 1009,
  },
  {
    name: "ws validates UTF-8 once a message is complete, so that it reports more events before the fault, or no fault",
    section: "RFC 6455 §8.1",
    applies: (ours) => ours.code === "message/utf8-invalid",
  },
  {
    name: "ws counts a fragment when its payload has arrived",
    section: "RFC 6455 §10.4",
    applies: (ours, theirs) => ours.code === "message/too-many-fragments" && theirs.failed === undefined,
  },
  {
    name: "ws rejects a Close frame of one byte by its header, before the byte has arrived",
    section: "RFC 6455 §5.5.1",
    applies: (ours, theirs) => ours.failed === undefined && theirs.failed === 1002,
  },
  {
    name: "ws reads a header two bytes at a time, and does not check the first byte alone",
    section: "RFC 6455 §5.2",
    applies: (ours, theirs) =>
      ours.failed === 1002 && theirs.failed === undefined && ours.code !== "frame/length-not-minimal",
  },
];

const used = new Set<Difference>();

function compare(role: Role, bytes: Uint8Array, where: Chunking): void {
  const ours = verdictOfOurs(role, cutIntoChunks(bytes, where));
  const theirs = verdictOfWs(role, cutIntoChunks(bytes, where));
  const { code, ...verdict } = ours;
  const difference = differences.find((candidate) => candidate.applies(ours, theirs));
  const same = verdict.failed === theirs.failed && verdict.events.join("\n") === theirs.events.join("\n");
  if (same) return;
  if (
    difference !== undefined &&
    (isBeginning(ours.events, theirs.events) || isBeginning(theirs.events, ours.events))
  ) {
    used.add(difference);
    return;
  }
  expect({ ...verdict, why: code }).toEqual({ ...theirs, why: code });
}

describe.each(["client", "server"] as const)("as a %s, hybi and ws", (role) => {
  const peer = peerRole(role);

  it("accept the same legal streams [F15] [F16] [F20] [F24]", () => {
    fc.assert(
      fc.property(arb.legalStream(peer), arb.chunking(), ({ bytes }, where) => compare(role, bytes, where)),
      scaledRuns(120),
    );
  });

  it("fail the same illegal streams [F01] [F02] [F04] [F05] [F06] [F07] [F08] [F13] [F14] [X01] [X02] [X03] [X19]", () => {
    fc.assert(
      fc.property(arb.illegalStream(peer), arb.chunking(), ({ bytes }, where) => compare(role, bytes, where)),
      scaledRuns(200),
    );
  });

  it("agree on streams with one byte changed, and on truncated streams", () => {
    fc.assert(
      fc.property(
        arb.legalStream(peer, { most: 300 }),
        fc.nat(),
        fc.nat(255),
        fc.nat(),
        arb.chunking(),
        ({ bytes }, at, byte, end, where) => {
          const mutated = bytes.slice();
          if (bytes.length > 0) mutated[at % bytes.length] = byte;
          compare(role, mutated, where);
          compare(role, mutated.subarray(0, end % (bytes.length + 1)), where);
        },
      ),
      scaledRuns(200),
    );
  });

  it("agree on arbitrary frames in any order", () => {
    fc.assert(
      fc.property(fc.array(arb.anyFrame(), { maxLength: 6 }), fc.boolean(), arb.chunking(), (frames, keyed, where) => {
        const key = (given: number | undefined): number | undefined => (peer === "client" ? (given ?? 5) : undefined);
        const bytes = frames.map((frame) =>
          encodeFrame(keyed ? { ...frame, rsv: 0, maskingKey: key(frame.maskingKey) } : frame),
        );
        compare(role, concatBytes(bytes), where);
      }),
      scaledRuns(200),
    );
  });
});

describe("each known difference", () => {
  const raw = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes);
  const nine = Array.from({ length: 9 }, (_, index) =>
    encodeFrame({
      opcode: index === 0 ? opcodes.binary : opcodes.continuation,
      final: false,
      payload: patternBytes(4),
    }),
  );
  /** Streams for a client, one for each difference. */
  const shown: readonly (readonly [name: string, bytes: Uint8Array])[] = [
    ["ws accepts lengths in more bytes", raw(0x82, 126, 0, 1, 7)],
    ["ws fails a length with bit 63", raw(0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0)],
    ["ws validates UTF-8 once a message is complete", raw(0x01, 1, 0xff)],
    ["ws counts a fragment", concatBytes(nine).subarray(0, -1)],
    ["ws rejects a Close frame of one byte", raw(0x88, 1)],
    ["ws reads a header two bytes at a time", raw(0x83)],
  ];

  it.each(shown)("still exists: %s", (name, bytes) => {
    used.clear();
    compare("client", bytes, inOneChunk);
    expect([...used].map((difference) => difference.name)).toEqual([expect.stringContaining(name)]);
  });

  it("is demonstrated above, so that none outlives its cause", () => {
    expect(shown).toHaveLength(differences.length);
    for (const { section } of differences) expect(section).toMatch(/^RFC 6455 §/);
  });
});
