/** The laws of the arbitraries: both roles understand what is legal, and reject what is illegal by the named rule. */
import {
  Connection,
  Endpoint,
  formatClosePayload,
  isSendable,
  parseClosePayload,
  plainAgreement,
  type Role,
  type ViolationCode,
} from "@hybi/core";
import { encodeFrame, opcodes } from "@hybi/core/frame";
import {
  arb,
  closePayload,
  concatBytes,
  cutIntoChunks,
  cutIntoFragments,
  describeBytes,
  formatEvents,
  hasIntactMargins,
  illegalFrameCodes,
  latin1Bytes,
  peerRole,
  readFrames,
  sampleKey,
  sampleRandom,
  utf8Bytes,
} from "@hybi/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const roles: readonly Role[] = ["client", "server"];
const receiver = (sender: Role): Connection =>
  new Connection(plainAgreement(peerRole(sender)), { random: sampleRandom() });

function requestWith(lines: string): ReturnType<Endpoint["receive"]>[number] | undefined {
  const head = `GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${sampleKey}\r\n`;
  return Endpoint.server().receive(latin1Bytes(`${head}Sec-WebSocket-Version: 13\r\n${lines}\r\n`))[0];
}

describe.each(roles)("a frame from a %s", (sender) => {
  it("is decoded as written by an independent decoder, and is legal", () => {
    fc.assert(
      fc.property(arb.legalFrame(sender, 5000), (frame) => {
        const bytes = encodeFrame(frame);
        const [read, ...others] = readFrames(bytes);
        expect(others).toEqual([]);
        expect(read?.opcode).toBe(frame.opcode);
        expect(read?.final).toBe(frame.final ?? true);
        expect(read?.masked).toBe(sender === "client");
        expect(describeBytes(read?.payload ?? new Uint8Array(0))).toBe(
          describeBytes(frame.payload ?? new Uint8Array(0)),
        );
        expect(formatEvents(receiver(sender).receive(bytes)).filter((line) => line.startsWith("failure"))).toEqual([]);
      }),
    );
  });

  it.each(illegalFrameCodes(sender))("that is illegal by %s violates that rule, at the offending byte", (code) => {
    fc.assert(
      fc.property(arb.illegalFrame(sender, code), fc.boolean(), ({ code: named, bytes, at, within }, begun) => {
        const connection = receiver(sender);
        const fragment = { opcode: opcodes.binary, final: false, maskingKey: sender === "client" ? 0 : undefined };
        const before = within === "message" || (within === "any" && begun) ? encodeFrame(fragment) : new Uint8Array(0);
        connection.receive(before.slice());
        expect(formatEvents(connection.receive(bytes))).toEqual([`failure ${named} at ${before.length + at}`]);
        expect(named).toBe(code);
      }),
      { numRuns: 30 },
    );
  });

  it("in a legal stream is accepted, with the events that the stream names", () => {
    fc.assert(
      fc.property(arb.legalStream(sender), ({ bytes, events, frames }) => {
        expect(readFrames(bytes.subarray(0, concatBytes(frames.map(encodeFrame)).length))).toHaveLength(frames.length);
        expect(formatEvents(receiver(sender).receive(bytes))).toEqual(formatEvents(events));
      }),
    );
  });

  it("in an illegal stream violates the rule that the stream names, at the named byte", () => {
    const met = new Set<ViolationCode>();
    fc.assert(
      fc.property(arb.illegalStream(sender), ({ bytes, events, code, offset }) => {
        met.add(code);
        const actual = formatEvents(receiver(sender).receive(bytes));
        expect(actual).toEqual([...formatEvents(events), `failure ${code} at ${offset}`]);
      }),
      { numRuns: 500 },
    );
    // Every rule of framing, of Close frames and of UTF-8 occurs.
    const closing = ["close/payload-truncated", "close/status-code", "close/reason-utf8"] as const;
    const all = [...illegalFrameCodes(sender), ...closing, "message/utf8-invalid", "message/utf8-truncated"] as const;
    expect([...met].sort()).toEqual([...all].sort());
  });

  it("throws a RangeError for a requested rule that its sender cannot break", () => {
    expect(() =>
      arb.illegalFrame(sender, sender === "client" ? "frame/mask-unexpected" : "frame/mask-missing"),
    ).toThrow(RangeError);
  });
});

it("any frame is decoded as written, legal or not", () => {
  fc.assert(
    fc.property(arb.anyFrame(), (frame) => {
      const [read] = readFrames(encodeFrame(frame));
      const { opcode, final, rsv, masked } = read ?? {};
      expect({ opcode, final, rsv, masked }).toEqual({
        opcode: frame.opcode,
        final: frame.final,
        rsv: frame.rsv,
        masked: frame.maskingKey !== undefined,
      });
    }),
  );
});

it("a payload is no longer than requested, and a masking key has 32 bits, sometimes all zero", () => {
  fc.assert(
    fc.property(arb.payload(125), (bytes) => {
      expect(bytes.length).toBeLessThanOrEqual(125);
    }),
  );
  const keys = fc.sample(arb.maskingKey(), 300);
  expect(keys.filter((key) => (key | 0) !== key)).toEqual([]);
  expect(keys).toContain(0);
});

it("the chunks of any chunking are the bytes, each in a buffer of its own", () => {
  fc.assert(
    fc.property(arb.payload(300), arb.chunking(), (bytes, where) => {
      const chunks = cutIntoChunks(bytes, where);
      expect(concatBytes(chunks)).toEqual(bytes);
      expect(chunks.every(hasIntactMargins)).toBe(true);
      expect(new Set(chunks.map(({ buffer }) => buffer)).size).toBe(chunks.length);
    }),
  );
});

it("the fragments of a message concatenate to the message", () => {
  fc.assert(
    fc.property(arb.message(), arb.fragmentation(), (message, cuts) => {
      const bytes = message.kind === "text" ? utf8Bytes(message.data) : message.data;
      const parts = cutIntoFragments(bytes, cuts);
      expect(parts).toHaveLength(cuts.length + 1);
      expect(describeBytes(concatBytes(parts))).toBe(describeBytes(bytes));
    }),
  );
});

describe("text", () => {
  const decoder = (): TextDecoder => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

  it("that is legal survives encoding as UTF-8", () => {
    fc.assert(
      fc.property(arb.text(), (text) => {
        expect(decoder().decode(utf8Bytes(text))).toBe(text);
      }),
    );
  });

  it("that is not UTF-8 is rejected by the platform, but not the bytes before the named offset", () => {
    fc.assert(
      fc.property(arb.illegalUtf8(), ({ code, bytes, at }) => {
        expect(() => decoder().decode(bytes)).toThrow();
        expect(() => decoder().decode(bytes.subarray(0, at), { stream: true })).not.toThrow();
        expect(at === bytes.length).toBe(code === "message/utf8-truncated");
        if (at < bytes.length) expect(() => decoder().decode(bytes.subarray(0, at + 1), { stream: true })).toThrow();
      }),
      { numRuns: 300 },
    );
  });
});

describe("a Close frame", () => {
  it("that is legal decodes to its content, and its status code may be sent by both roles", () => {
    fc.assert(
      fc.property(arb.closeContent(), (content) => {
        expect(parseClosePayload(closePayload(content.statusCode, content.reason))).toEqual(content);
        for (const role of roles) {
          expect(formatClosePayload(role, content.statusCode, content.reason)).toEqual(
            closePayload(content.statusCode, content.reason),
          );
        }
      }),
    );
    fc.assert(
      fc.property(arb.statusCode(), (code) => {
        expect(isSendable(code)).toBe(true);
      }),
    );
  });

  it("that is illegal violates the rule that it names", () => {
    fc.assert(
      fc.property(arb.illegalClosePayload(), ({ code, payload }) => {
        expect(parseClosePayload(payload)).toBe(code);
      }),
    );
    fc.assert(
      fc.property(arb.illegalStatusCode(), (code) => {
        expect(isSendable(code)).toBe(false);
      }),
    );
  });
});

describe("a head", () => {
  it("that is legal opens a connection", () => {
    fc.assert(
      fc.property(arb.requestHead(), (head) => {
        expect(Endpoint.server().receive(latin1Bytes(head))).toMatchObject([{ type: "request" }]);
      }),
    );
    fc.assert(
      fc.property(arb.responseHead(), (head) => {
        const client = Endpoint.client({ url: "ws://example.com/", random: sampleRandom() });
        client.takeOutput();
        expect(client.receive(latin1Bytes(head))).toMatchObject([{ type: "open" }]);
      }),
    );
  });

  it("that is illegal violates the rule that it names", () => {
    fc.assert(
      fc.property(arb.illegalRequestHead(), ({ code, head }) => {
        expect(Endpoint.server().receive(latin1Bytes(head))).toMatchObject([{ type: "failure", violation: { code } }]);
      }),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(arb.illegalResponseHead(), ({ code, head }) => {
        const client = Endpoint.client({ url: "ws://example.com/", random: sampleRandom() });
        client.takeOutput();
        expect(client.receive(latin1Bytes(head))).toMatchObject([{ type: "failure", violation: { code } }]);
      }),
      { numRuns: 300 },
    );
  });

  it("lists the extensions that it names, or violates the rule that it names", () => {
    fc.assert(
      fc.property(arb.extensionList(), ({ text, extensions }) => {
        expect(requestWith(`Sec-WebSocket-Extensions: ${text}\r\n`)).toMatchObject({
          request: { extensionOffers: extensions },
        });
      }),
    );
    fc.assert(
      fc.property(arb.illegalExtensionList(), ({ text }) => {
        const violation = { code: "opening/extensions-malformed" };
        expect(requestWith(`Sec-WebSocket-Extensions: ${text}\r\n`)).toMatchObject({ type: "failure", violation });
      }),
    );
  });
});

it("a conversation has turns of both roles, over links in both directions", () => {
  const all = fc.sample(arb.conversation(), 100);
  expect(new Set(all.flatMap(({ turns }) => turns.map(({ by }) => by)))).toEqual(new Set(roles));
  expect(new Set(all.map(({ closes }) => closes.by))).toEqual(new Set(roles));
});
