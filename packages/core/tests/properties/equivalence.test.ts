/** Fast and slow paths, portable and native functions: they differ in speed only, never in result. */
import {
  Connection,
  type ConnectionEvent,
  type ConnectionOptions,
  type NativeFunctions,
  plainAgreement,
  prepareBinary,
  prepareText,
  type Role,
} from "@hybi/core";
import { encodeFrame, FrameDecoder, type FrameSink, mask, opcodes, rotateKey } from "@hybi/core/frame";
import {
  arb,
  byteByByte,
  type Command,
  concatBytes,
  cutIntoChunks,
  describeBytes,
  formatEvents,
  inOneChunk,
  isolateBytes,
  latin1Bytes,
  patternBytes,
  peerRole,
  performCommand,
  sampleAccept,
  sampleKey,
  sampleRandom,
  scaledRuns,
  utf8Bytes,
} from "@hybi/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { portableDecode, portableEncode } from "../../src/bytes/portable-text.ts";
import { decodeText, isUtf8 } from "../../src/bytes/text-decode.ts";
import { encodeText, maxUtf8Length } from "../../src/bytes/text-encode.ts";
import { utf8Boundary, validateUtf8 } from "../../src/bytes/utf8.ts";
import { releaseViews } from "../../src/bytes/view-cache.ts";
import { maskBytes } from "../../src/frame/mask.ts";
import { acceptValue } from "../../src/opening/key.ts";

/** RFC 6455 §5.3, literally, octet by octet. */
function maskByDefinition(bytes: Uint8Array, start: number, end: number, key: number): void {
  for (let index = start; index < end; index++) {
    bytes[index] = (bytes[index] ?? 0) ^ ((key >>> (8 * ((index - start) % 4))) & 0xff);
  }
}

/** Native functions that do everything in the simplest way. */
const plainHost: { readonly [Name in keyof NativeFunctions]-?: NonNullable<NativeFunctions[Name]> } = {
  isUtf8: (bytes, start, end) => {
    try {
      new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(start, end));
      return true;
    } catch {
      return false;
    }
  },
  decodeUtf8: (bytes, start, end) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(start, end)),
  decodeAscii: (bytes, start, end) => String.fromCharCode(...bytes.subarray(start, end)),
  encodeUtf8: (text, target, at) => {
    const bytes = utf8Bytes(text);
    target.set(bytes, at);
    return bytes.length;
  },
  unmask: maskByDefinition,
  asWritten: (bytes) => bytes.slice(),
  sha1: () => Uint8Array.from(atob(sampleAccept), (char) => char.charCodeAt(0)),
};

/** Each function of `plainHost` alone, and all of them together. */
const nativeFunctions: readonly (readonly [name: string, native: NativeFunctions])[] = [
  ...Object.entries(plainHost).map(([name, value]): [string, NativeFunctions] => [name, { [name]: value }]),
  ["everything", plainHost],
];

describe("masking", () => {
  it("by words equals masking by bytes, for every length up to 300, alignment and phase of the key [F10]", () => {
    const key = 0x8142_24ff | 0;
    let differences = 0;
    for (let length = 0; length <= 300; length++) {
      for (let alignment = 0; alignment < 8; alignment++) {
        const phase = (length + alignment) & 3;
        const buffer = patternBytes(length + 24, alignment);
        const expected = buffer.slice();
        maskByDefinition(expected, alignment + 8, alignment + 8 + length, rotateKey(key, phase));
        mask(buffer, alignment + 8, alignment + 8 + length, rotateKey(key, phase));
        releaseViews();
        if (describeBytes(buffer) !== describeBytes(expected)) differences++;
      }
    }
    expect(differences).toBe(0);
  });

  it("by long words equals masking by bytes, for lengths around their threshold, in arrays within a buffer [F10]", () => {
    const length = fc.oneof(fc.integer({ min: 1000, max: 1100 }), fc.constantFrom(4095, 4096, 65_537));
    fc.assert(
      fc.property(length, fc.nat(15), fc.nat(15), arb.maskingKey(), (length, offset, start, key) => {
        const bytes = isolateBytes(patternBytes(length + start + 9), offset);
        const expected = bytes.slice();
        maskBytes(expected, start, start + length, key);
        mask(bytes, start, start + length, key);
        releaseViews();
        expect(describeBytes(bytes)).toBe(describeBytes(expected));
      }),
      scaledRuns(100),
    );
  });

  it("in two parts, with the key rotated between them, equals masking in one [F10]", () => {
    fc.assert(
      fc.property(fc.nat(2100), fc.nat(2100), arb.maskingKey(), (first, second, key) => {
        const whole = patternBytes(first + second);
        const parts = whole.slice();
        mask(whole, 0, whole.length, key);
        mask(parts, 0, first, key);
        mask(parts, first, parts.length, rotateKey(key, first));
        releaseViews();
        expect(describeBytes(parts)).toBe(describeBytes(whole));
      }),
      scaledRuns(100),
    );
  });

  it("twice restores the bytes, and a key rotated by four bytes is unchanged", () => {
    fc.assert(
      fc.property(fc.nat(1200), arb.maskingKey(), (length, key) => {
        const bytes = patternBytes(length);
        mask(bytes, 0, length, key);
        mask(bytes, 0, length, key);
        releaseViews();
        expect(describeBytes(bytes)).toBe(describeBytes(patternBytes(length)));
        expect(rotateKey(key, 4)).toBe(key);
      }),
      scaledRuns(50),
    );
  });
});

describe("a frame header", () => {
  it("is read the same in one chunk as byte by byte, for all first and second bytes", () => {
    // Bytes for an extended length and a key, the same for all.
    const rest = patternBytes(12, 3);
    const extended = [
      [0, 126],
      [0, 125],
      [0, 0, 0, 0, 0, 1, 0, 0],
      [0x80, 0, 0, 0, 0, 0, 0, 0],
      [0, 0x20, 0, 0, 0, 0, 0, 0],
      [0, 0, 0, 0, 0, 0, 0xff, 0xff],
    ];
    const read = (role: Role, bytes: Uint8Array, split: boolean): string => {
      const calls: string[] = [];
      const sink: FrameSink = {
        frame: (firstByte, length) => {
          calls.push(`frame ${firstByte} ${length}`);
          return undefined;
        },
        payload: (bytes, start, end, last) => {
          for (let index = start; index < end; index++) calls.push(String(bytes[index]));
          if (last) calls.push("last");
          return undefined;
        },
      };
      const decoder = new FrameDecoder(sink, { role, ownedRsv: 0x40 });
      for (const chunk of cutIntoChunks(bytes, split ? byteByByte : inOneChunk)) {
        const verdict = decoder.decode(chunk);
        if (verdict !== undefined) return `${calls} ${JSON.stringify(verdict)}`;
      }
      return calls.join();
    };
    const differences: string[] = [];
    for (const role of ["client", "server"] as const) {
      for (let first = 0; first < 256; first++) {
        for (const second of [0, 1, 125, 126, 127, 128, 129, 253, 254, 255]) {
          for (const [index, length] of extended.entries()) {
            if ((second & 0x7f) < 126 && index > 0) continue;
            const bytes = concatBytes([
              Uint8Array.of(first, second),
              Uint8Array.from((second & 0x7f) < 126 ? [] : length),
              rest,
            ]);
            // Without and with a message in progress.
            for (const before of [[], [0x01, 0]]) {
              const begun =
                before.length === 0
                  ? bytes
                  : concatBytes([
                      encodeFrame({ opcode: 1, final: false, maskingKey: role === "server" ? 0 : undefined }),
                      bytes,
                    ]);
              if (read(role, begun, true) !== read(role, begun, false))
                differences.push(`${role} ${first} ${second} ${length}`);
            }
          }
        }
      }
    }
    expect(differences).toEqual([]);
  });
});

describe("UTF-8", () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    arb.illegalUtf8().map((broken) => broken.bytes),
    arb.text().map(utf8Bytes),
    fc
      .tuple(fc.nat(80), arb.illegalUtf8(), fc.nat(40))
      .map(([before, broken, after]) =>
        concatBytes([new Uint8Array(before).fill(0x61), broken.bytes, new Uint8Array(after).fill(0x62)]),
      ),
  );

  it("is valid exactly when it is for TextDecoder, in one piece or byte by byte [F17] [F18]", () => {
    fc.assert(
      fc.property(bytes, arb.chunking(), fc.nat(5), (bytes, where, offset) => {
        const valid = plainHost.isUtf8(bytes, 0, bytes.length);
        const placed = isolateBytes(bytes, offset);
        expect(validateUtf8(utf8Boundary, placed, 0, placed.length) === utf8Boundary).toBe(valid);
        let state = utf8Boundary;
        for (const chunk of cutIntoChunks(bytes, where)) {
          state = validateUtf8(state, chunk, 0, chunk.length);
          if (state < 0) break;
        }
        expect(state === utf8Boundary).toBe(valid);
        releaseViews();
      }),
      scaledRuns(200),
    );
  });

  it("fails at the byte at which RFC 3629 makes it invalid [F18]", () => {
    fc.assert(
      fc.property(arb.illegalUtf8(), ({ bytes, at }) => {
        const state = validateUtf8(utf8Boundary, bytes, 0, bytes.length);
        expect(state < 0 ? ~state : bytes.length).toBe(at);
        expect(state).not.toBe(utf8Boundary);
        releaseViews();
      }),
      scaledRuns(150),
    );
  });

  it("decodes to the same text on every path, and is rejected on all if it is invalid [F19]", () => {
    fc.assert(
      fc.property(bytes, fc.nat(5), (bytes, offset) => {
        const placed = isolateBytes(concatBytes([patternBytes(offset), bytes, patternBytes(offset)]), offset);
        const [start, end] = [offset, offset + bytes.length];
        const valid = plainHost.isUtf8(bytes, 0, bytes.length);
        const expected = valid ? plainHost.decodeUtf8(bytes, 0, bytes.length) : undefined;
        expect(decodeText(placed, start, end, {})).toBe(expected);
        for (const [, native] of nativeFunctions) {
          expect(decodeText(placed, start, end, native)).toBe(expected);
          expect(isUtf8(placed, start, end, native)).toBe(valid);
        }
        if (valid) expect(portableDecode(placed, start, end)).toBe(expected);
        releaseViews();
      }),
      scaledRuns(150),
    );
  });

  it("is encoded the same on every path, including lone surrogates [F21]", () => {
    const unit = fc.oneof(
      fc.string({ unit: "binary", maxLength: 30 }),
      fc.constantFrom("\ud800", "\udfff", "a".repeat(50)),
    );
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 5 }), fc.nat(5), (pieces, at) => {
        const text = pieces.join("");
        const expected = describeBytes(utf8Bytes(text));
        const write = (encode: (target: Uint8Array) => number): string => {
          const target = new Uint8Array(at + maxUtf8Length(text));
          const length = encode(target);
          return describeBytes(target.subarray(at, at + length));
        };
        expect(write((target) => encodeText(text, target, at, {}))).toBe(expected);
        expect(write((target) => encodeText(text, target, at, plainHost))).toBe(expected);
        expect(write((target) => portableEncode(text, target, at, maxUtf8Length(text)).written)).toBe(expected);
      }),
      scaledRuns(100),
    );
  });
});

describe("Sec-WebSocket-Accept", () => {
  it("is the same with a native SHA-1 and with ours [H09]", () => {
    expect(acceptValue(sampleKey)).toBe(sampleAccept);
    expect(acceptValue(sampleKey, plainHost.sha1)).toBe(sampleAccept);
    expect(latin1Bytes(sampleAccept)).toHaveLength(28);
  });
});

describe.each(["client", "server"] as const)("a %s's connection", (role) => {
  const run = (options: ConnectionOptions, bytes: Uint8Array, where = inOneChunk): string[] => {
    const connection = new Connection(plainAgreement(role), { random: sampleRandom(), ...options });
    const events = cutIntoChunks(bytes, where).flatMap((chunk) => connection.receive(chunk));
    return [...formatEvents(events), describeBytes(concatBytes(connection.takeOutput()))];
  };

  it("reports and outputs the same with any native functions", () => {
    const streams = fc.oneof(arb.legalStream(peerRole(role)), arb.illegalStream(peerRole(role)));
    fc.assert(
      fc.property(streams, arb.chunking(), fc.constantFrom(...nativeFunctions), ({ bytes }, where, [, native]) => {
        expect(run({ native }, bytes, where)).toEqual(run({}, bytes, where));
      }),
      scaledRuns(120),
    );
  });

  it("sends the same with any native functions", () => {
    // Compare what arrives: where messages are cut into fragments depends on which blocks were free.
    const send = (commands: readonly Command[], native: NativeFunctions): string[] => {
      const sender = new Connection(plainAgreement(role), { random: sampleRandom(), native });
      const receiver = new Connection(plainAgreement(peerRole(role)), { random: sampleRandom() });
      for (const each of commands) performCommand(sender, each);
      return formatEvents(receiver.receive(concatBytes(sender.takeOutput())));
    };
    fc.assert(
      fc.property(
        fc.array(arb.command(9000), { maxLength: 5 }),
        fc.constantFrom(...nativeFunctions),
        (commands, [, native]) => {
          expect(send(commands, native)).toEqual(send(commands, {}));
        },
      ),
      scaledRuns(60),
    );
  });

  it("passes to a sink what it returns as events", () => {
    const streams = fc.oneof(arb.legalStream(peerRole(role)), arb.illegalStream(peerRole(role)));
    fc.assert(
      fc.property(streams, arb.chunking(), fc.boolean(), ({ bytes }, where, parts) => {
        const options: ConnectionOptions = { random: sampleRandom(), delivery: parts ? "pieces" : "messages" };
        const connection = new Connection(plainAgreement(role), options);
        const events: ConnectionEvent[] = [];
        const sink = {
          text: (data: string) => void events.push({ type: "text", data }),
          binary: (bytes: Uint8Array, start: number, end: number) =>
            void events.push({ type: "binary", data: bytes.subarray(start, end) }),
          piece: (kind: "text" | "binary", bytes: Uint8Array, start: number, end: number, final: boolean) =>
            void events.push({ type: "piece", kind, data: bytes.subarray(start, end), final }),
          ping: (payload: Uint8Array) => void events.push({ type: "ping", payload }),
          pong: (payload: Uint8Array) => void events.push({ type: "pong", payload }),
          close: (statusCode: number | undefined, reason: string) =>
            void events.push({ type: "close", statusCode, reason }),
          failure: (violation: Extract<ConnectionEvent, { type: "failure" }>["violation"]) =>
            void events.push({ type: "failure", violation }),
          end: () => undefined,
        };
        for (const chunk of cutIntoChunks(bytes, where)) connection.receiveInto(chunk, sink);
        const told = formatEvents(events);
        expect(told).toEqual(run({ ...options, random: sampleRandom() }, bytes, where).slice(0, told.length));
        expect(run({ ...options, random: sampleRandom() }, bytes, where)).toHaveLength(told.length + 1);
      }),
      scaledRuns(80),
    );
  });

  it("sends a prepared message like the message itself", () => {
    fc.assert(
      fc.property(
        arb.text(),
        fc.constantFrom(0, 1, 125, 126, 4096, 4097, 70_000),
        fc.integer({ min: 1, max: 70_000 }),
        (data, size, fragmentSize) => {
          const options = (): ConnectionOptions => ({ random: sampleRandom(), fragmentSize });
          const [plain, prepared] = [
            new Connection(plainAgreement(role), options()),
            new Connection(plainAgreement(role), options()),
          ];
          plain.sendText(data);
          plain.sendBinary(patternBytes(size));
          prepared.sendPrepared(prepareText(data));
          prepared.sendPrepared(prepareBinary(patternBytes(size)));
          const receive = (sender: Connection): string[] => {
            const receiver = new Connection(plainAgreement(peerRole(role)), { random: sampleRandom() });
            return formatEvents(receiver.receive(concatBytes(sender.takeOutput())));
          };
          expect(receive(prepared)).toEqual(receive(plain));
        },
      ),
      scaledRuns(60),
    );
  });

  it("sends a short message as encodeFrame encodes it", () => {
    fc.assert(
      fc.property(arb.text(), fc.nat(4096), (data, size) => {
        const connection = new Connection(plainAgreement(role), {
          // Two zero keys, followed by random bytes.
          random: (target) => {
            sampleRandom()(target);
            target.fill(0, 0, 8);
          },
        });
        connection.sendText(data);
        connection.sendBinary(patternBytes(size));
        const maskingKey = role === "client" ? 0 : undefined;
        const expected = [
          encodeFrame({ opcode: opcodes.text, payload: utf8Bytes(data), maskingKey }),
          encodeFrame({ opcode: opcodes.binary, payload: patternBytes(size), maskingKey }),
        ];
        expect(describeBytes(concatBytes(connection.takeOutput()))).toBe(describeBytes(concatBytes(expected)));
      }),
      scaledRuns(60),
    );
  });
});
