/** Frames, heads and values of Sec-WebSocket-Extensions are parsed back to what was written. */
import { defaultLimits, type ExtensionParameter, type Role } from "@hybi/core";
import { encodeFrame, FrameDecoder, type FrameToEncode, headerLength } from "@hybi/core/frame";
import { arb, cutIntoChunks, describeBytes, scaledRuns } from "@hybi/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatClosePayload, parseClosePayload } from "../../src/frame/close-payload.ts";
import type { FieldLine } from "../../src/http/fields.ts";
import type { RequestHead, ResponseHead } from "../../src/http/head.ts";
import { HeadDecoder } from "../../src/http/head-decoder.ts";
import { encodeRequestHead, encodeResponseHead } from "../../src/http/head-encoder.ts";
import { requestLine, type StartLineGrammar, statusLine } from "../../src/http/start-line.ts";
import { formatExtensions, parseExtensions } from "../../src/opening/extension-header.ts";
import { isSendable } from "../../src/vocabulary/status-code.ts";

describe("a frame", () => {
  const header = fc.record({
    opcode: fc.constantFrom(0x1, 0x2, 0x8, 0x9, 0xa),
    final: fc.boolean(),
    rsv: fc.constantFrom(0, 0x10, 0x20, 0x40, 0x70),
    maskingKey: fc.option(arb.maskingKey(), { nil: undefined }),
  });

  it("is decoded to what was encoded, for all header fields and payloads of any length [F08] [F09]", () => {
    fc.assert(
      fc.property(header, arb.payload(), arb.chunking(), (fields, bytes, where) => {
        // A control frame has FIN set, no RSV bits, and at most 125 bytes (RFC 6455 §5.5).
        const isControl = fields.opcode >= 0x8;
        const frame: FrameToEncode = isControl
          ? { ...fields, final: true, rsv: 0, payload: bytes.subarray(0, 125) }
          : { ...fields, payload: bytes };
        const { maskingKey } = frame;
        const role: Role = maskingKey === undefined ? "client" : "server";
        let decoded: { firstByte: number; length: number; ended: number; payload: number[] } | undefined;
        const decoder = new FrameDecoder(
          {
            frame: (firstByte, length) => {
              expect(decoded).toBeUndefined();
              decoded = { firstByte, length, ended: 0, payload: [] };
              return undefined;
            },
            payload: (bytes, start, end, last) => {
              for (let index = start; index < end; index++) decoded?.payload.push(bytes[index] ?? 0);
              if (last && decoded !== undefined) decoded.ended++;
              return undefined;
            },
          },
          { role, ownedRsv: 0x70 },
        );
        const encoded = encodeFrame(frame);
        expect(encoded).toHaveLength(
          headerLength(frame.payload?.length ?? 0, maskingKey !== undefined) + (frame.payload?.length ?? 0),
        );
        for (const chunk of cutIntoChunks(encoded, where)) expect(decoder.decode(chunk)).toBeUndefined();
        expect({ ...decoded, payload: describeBytes(Uint8Array.from(decoded?.payload ?? [])) }).toEqual({
          firstByte: (frame.final === false ? 0 : 0x80) | (frame.rsv ?? 0) | frame.opcode,
          length: frame.payload?.length,
          ended: 1,
          payload: describeBytes(frame.payload ?? new Uint8Array(0)),
        });
      }),
      scaledRuns(150),
    );
  });
});

describe("a head", () => {
  const fields = fc.array(fc.tuple(arb.token(), arb.fieldValue()), { maxLength: 6 });
  const visible = fc.string({
    unit: fc.integer({ min: 0x21, max: 0x7e }).map((unit) => String.fromCharCode(unit)),
    minLength: 1,
    maxLength: 20,
  });
  const limits = { ...defaultLimits };

  function decode<Head>(grammar: StartLineGrammar<Head>, chunks: readonly Uint8Array[]): unknown {
    const decoder = new HeadDecoder(grammar, limits, []);
    for (const chunk of chunks) {
      const step = decoder.receive(chunk, 0);
      if (step.type !== "more") return step.type === "head" ? step.head : step;
    }
    return "more";
  }

  it("of a request is read as it was written, wherever it is cut [H18] [H23]", () => {
    const head: fc.Arbitrary<RequestHead> = fc.record({
      method: arb.token(),
      target: visible,
      minorVersion: fc.constantFrom(0, 1, 9),
      fields,
    });
    fc.assert(
      fc.property(head, arb.chunking(), (head, where) => {
        expect(decode(requestLine, cutIntoChunks(encodeRequestHead(head), where))).toEqual(head);
      }),
      scaledRuns(120),
    );
  });

  it("of a response is read as it was written, wherever it is cut [H18] [H23]", () => {
    const head: fc.Arbitrary<ResponseHead> = fc.record({
      status: fc.integer({ min: 100, max: 599 }),
      reasonPhrase: arb.fieldValue(),
      minorVersion: fc.constantFrom(0, 1, 9),
      fields,
    });
    fc.assert(
      fc.property(head, arb.chunking(), (head, where) => {
        expect(decode(statusLine, cutIntoChunks(encodeResponseHead(head), where))).toEqual(head);
      }),
      scaledRuns(120),
    );
  });

  it("never has more lines on the wire than it has fields, whatever their names and values contain [H26]", () => {
    const anything = fc.string({
      unit: fc.constantFrom("a", ":", " ", "\r", "\n", "\0", "\x7f", "é", "\u2028"),
      maxLength: 6,
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(anything, anything), { maxLength: 3 }), (given) => {
        const lines: FieldLine[] = given;
        let bytes: Uint8Array;
        try {
          bytes = encodeRequestHead({ method: "GET", target: "/", minorVersion: 1, fields: lines });
        } catch {
          return;
        }
        const text = String.fromCharCode(...bytes);
        expect(text.split(/[\r\n]+/)).toHaveLength(lines.length + 2);
        expect(text).toMatch(/\r\n\r\n$/);
      }),
      scaledRuns(200),
    );
  });
});

describe("the value of Sec-WebSocket-Extensions", () => {
  const parameter: fc.Arbitrary<ExtensionParameter> = fc.tuple(arb.token(), fc.option(arb.token(), { nil: undefined }));
  const offers = fc.array(fc.record({ name: arb.token(), parameters: fc.array(parameter, { maxLength: 4 }) }), {
    minLength: 1,
    maxLength: 4,
  });

  it("is read as it was written, in one line or one line per extension [E01] [E02]", () => {
    fc.assert(
      fc.property(offers, (offers) => {
        expect(parseExtensions([formatExtensions(offers)])).toEqual(offers);
        expect(parseExtensions(offers.map((offer) => formatExtensions([offer])))).toEqual(offers);
      }),
      scaledRuns(150),
    );
  });

  it("means the same with white space, empty elements and quoted values [E01]", () => {
    const space = fc.constantFrom("", " ", "\t ");
    fc.assert(
      fc.property(offers, fc.array(space, { minLength: 1, maxLength: 7 }), fc.boolean(), (offers, spaces, escaped) => {
        let turn = 0;
        const ows = (): string => spaces[turn++ % spaces.length] ?? "";
        const quoted = (value: string): string =>
          `"${escaped ? [...value].map((char) => `\\${char}`).join("") : value}"`;
        const written = offers.map(({ name, parameters }) =>
          parameters.reduce(
            (text, [key, value]) =>
              `${text}${ows()};${ows()}${key}${value === undefined ? "" : `${ows()}=${ows()}${quoted(value)}`}`,
            name,
          ),
        );
        expect(parseExtensions([`,${ows()}${written.join(`${ows()},${ows()},${ows()}`)}${ows()},`])).toEqual(offers);
      }),
      scaledRuns(150),
    );
  });
});

describe("the payload of a Close frame", () => {
  it("is read as it was written [X01] [X02] [X03]", () => {
    fc.assert(
      fc.property(arb.closeContent(), (content) => {
        expect(parseClosePayload(formatClosePayload("client", content.statusCode, content.reason))).toEqual(content);
      }),
      scaledRuns(100),
    );
  });

  it("is never written with a status code that must not be sent [X02] [X05]", () => {
    fc.assert(
      fc.property(arb.illegalStatusCode(), (code) => {
        expect(isSendable(code)).toBe(false);
        expect(() => formatClosePayload("client", code, "")).toThrow(/must not be sent/);
      }),
      scaledRuns(100),
    );
  });
});
