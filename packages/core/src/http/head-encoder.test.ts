import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultLimits } from "../vocabulary/limits.ts";
import { HeadDecoder } from "./head-decoder.ts";
import { assertSendable, encodeRequestHead, encodeResponseHead } from "./head-encoder.ts";
import { requestLine, statusLine } from "./start-line.ts";

const request = { method: "GET", target: "/", minorVersion: 1, fields: [] };
const response = { status: 101, reasonPhrase: "Switching Protocols", minorVersion: 1, fields: [] };

describe("encodeRequestHead and encodeResponseHead", () => {
  const field = fc.tuple(
    fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}$/),
    fc.stringMatching(/^([\x21-\x7e\xa0-\xff]([\t\x20-\x7e\x80-\xff]*[\x21-\x7e\xa0-\xff])?)?$/),
  );

  it("write what a decoder reads back", () => {
    fc.assert(
      fc.property(fc.array(field, { maxLength: 8 }), fc.integer({ min: 100, max: 599 }), (fields, status) => {
        const limits = { ...defaultLimits, line: 1e6, head: 1e6 };
        const written = encodeRequestHead({ ...request, fields });
        expect(new HeadDecoder(requestLine, limits, []).receive(written, 0)).toMatchObject({
          head: { ...request, fields },
          end: written.length,
        });
        const answer = encodeResponseHead({ ...response, status, reasonPhrase: "\xe9 x", fields });
        expect(new HeadDecoder(statusLine, limits, []).receive(answer, 0)).toMatchObject({
          head: { status, reasonPhrase: "\xe9 x", fields },
        });
      }),
    );
  });

  it("throw for anything that a decoder would read differently", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 6 }),
        fc.string({ unit: "binary", maxLength: 6 }),
        (name, value) => {
          let written: Uint8Array | undefined;
          try {
            written = encodeRequestHead({ ...request, fields: [[name, value]] });
          } catch (error) {
            expect(error).toMatchObject({ name: "UsageError" });
            return;
          }
          const step = new HeadDecoder(requestLine, defaultLimits, []).receive(written, 0);
          expect(step).toMatchObject({ type: "head", head: { fields: [[name, value]] } });
        },
      ),
    );
  });

  it.each([
    ["http/method", { method: "" }],
    ["http/method", { method: "G T" }],
    ["http/request-target", { target: "" }],
    ["http/request-target", { target: "/a b" }],
    ["http/request-target", { target: "/é" }],
    ["http/request-target", { target: "/\x7f" }],
    ["http/field-name", { fields: [["", ""]] as const }],
    ["http/field-name", { fields: [["é", ""]] as const }],
    ["http/field-value", { fields: [["a", "b "]] as const }],
    ["http/field-value", { fields: [["a", "\tb"]] as const }],
    ["http/field-value", { fields: [["a", "한"]] as const }],
  ])("%s: encodeRequestHead throws for %j", (code, changes) => {
    expect(() => encodeRequestHead({ ...request, ...changes })).toThrow(expect.objectContaining({ code }));
  });

  it.each([
    ["http/status", { status: 99 }],
    ["http/status", { status: 600 }],
    ["http/status", { status: 200.5 }],
    ["http/reason-phrase", { reasonPhrase: "a\r\nb" }],
    ["http/reason-phrase", { reasonPhrase: "한" }],
  ])("%s: encodeResponseHead throws for %j", (code, changes) => {
    expect(() => encodeResponseHead({ ...response, ...changes })).toThrow(expect.objectContaining({ code }));
  });

  it("write the lowest and the highest status code", () => {
    for (const status of [100, 599]) {
      expect(String.fromCharCode(...encodeResponseHead({ ...response, status }))).toMatch(`HTTP/1.1 ${status} `);
    }
  });
});

describe("assertSendable", () => {
  it("accepts fields that can be sent", () => {
    expect(() => assertSendable([])).not.toThrow();
    expect(() =>
      assertSendable([
        ["A", "b c"],
        ["X-Empty", ""],
      ]),
    ).not.toThrow();
  });

  it.each([
    ["http/field-name", ["a b", "c"], 'The name was "a b".'],
    ["http/field-name", ["", "c"], 'The name was "".'],
    ["http/field-value", ["a", "b\r\nc: d"], "The field was a."],
    ["http/field-value", ["a", " b"], "The field was a."],
  ] as const)("%s: throws for %j, as does the encoder, and both name the field", (code, field, detail) => {
    const error = expect.objectContaining({ code, message: expect.stringContaining(detail) });
    const fields = [["Host", "a"], field] as const;
    expect(() => assertSendable(fields)).toThrow(error);
    expect(() => encodeRequestHead({ ...request, fields })).toThrow(error);
  });
});
