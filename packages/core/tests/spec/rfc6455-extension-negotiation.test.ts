/** RFC 6455 §9.1, RFC 7692 §5.1 and §7.1: negotiating extensions. */
import { latin1Text, requestText, responseText } from "@hybi/testing/wire";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ExtensionOffer, formatExtensions, parseExtensions } from "../../src/opening/extension-header.ts";
import {
  agreementIn,
  client,
  clientFailure,
  negotiating,
  refusalOf,
  requestIn,
  serverReceiving,
} from "../support/opening.ts";

const offering = (...values: string[]): string => requestText({ "Sec-WebSocket-Extensions": values });
const answering = (...values: string[]): string => responseText({ "Sec-WebSocket-Extensions": values });

describe("Sec-WebSocket-Extensions", () => {
  it.each<[string[], ExtensionOffer[]]>([
    [["foo"], [{ name: "foo", parameters: [] }]],
    [
      ["foo", "bar; baz=2"],
      [
        { name: "foo", parameters: [] },
        { name: "bar", parameters: [["baz", "2"]] },
      ],
    ],
    [
      ["foo, bar; baz=2"],
      [
        { name: "foo", parameters: [] },
        { name: "bar", parameters: [["baz", "2"]] },
      ],
    ],
    [
      [' ,, foo ;a\t; b = "c" , '],
      [
        {
          name: "foo",
          parameters: [
            ["a", undefined],
            ["b", "c"],
          ],
        },
      ],
    ],
    [['foo; a="b\\c"'], [{ name: "foo", parameters: [["a", "bc"]] }]],
    [
      ["foo; a; a"],
      [
        {
          name: "foo",
          parameters: [
            ["a", undefined],
            ["a", undefined],
          ],
        },
      ],
    ],
    [["__proto__; constructor=1"], [{ name: "__proto__", parameters: [["constructor", "1"]] }]],
  ])("parses %j [E01]", (values, extensions) => {
    expect(parseExtensions(values)).toEqual(extensions);
    expect(requestIn(offering(...values)).extensionOffers).toEqual(extensions);
  });

  it.each([
    "",
    ",",
    "foo;",
    "foo; ;a",
    "foo bar",
    "foo; a=",
    'foo; a="',
    'foo; a=""',
    'foo; a="b c"',
    'foo; a="b"c',
    "foo; =b",
    'foo; a="b\\',
    "f(o",
    "foo; a=b=c",
    '"foo"',
    ";a",
    "=a",
    // A valid extension before or after it does not help.
    "foo, ;a",
    "foo, bar;",
    "foo, bar; a=",
    "foo; a=, bar",
    "foo, bar; a=b c",
    "foo, b(r",
    'foo, bar; a="b',
    "foo,, bar baz",
    "foo; a, ;",
  ])("fails the handshake on both ends for %j, which violates the grammar [E01]", (value) => {
    expect(parseExtensions([value])).toBeUndefined();
    expect(refusalOf(offering(value)).violation).toMatchObject({
      code: "opening/extensions-malformed",
      httpStatus: 400,
    });
    expect(clientFailure(answering(value), { extensions: [negotiating("foo")] })).toBe("opening/extensions-malformed");
  });

  it("formatExtensions and parseExtensions are inverses [E01]", () => {
    const token = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}$/);
    const parameter = fc.tuple(token, fc.option(token, { nil: undefined }));
    const extensions = fc.array(fc.record({ name: token, parameters: fc.array(parameter, { maxLength: 4 }) }), {
      minLength: 1,
    });
    fc.assert(
      fc.property(extensions, (list) => {
        expect(parseExtensions([formatExtensions(list)])).toEqual(list);
      }),
    );
  });

  it("formatExtensions throws for values that are not tokens [E01]", () => {
    for (const parameters of [[["a", "b c"]], [["", undefined]], [["a", ""]]] as const) {
      expect(() => formatExtensions([{ name: "foo", parameters: [...parameters] }])).toThrow(
        expect.objectContaining({ code: "extension/not-token" }),
      );
    }
    expect(() => formatExtensions([{ name: "f(o", parameters: [] }])).toThrow(/ It was "f\(o"\.$/);
  });

  it("is read in one pass: the number of chars read grows linearly with the length [E02]", () => {
    // Inputs that defeat backtracking parsers, such as an unterminated quoted string full of escapes.
    const looks = (value: string): number => {
      let count = 0;
      // Counts the chars read by the parser; the method is restored at once.
      const { charCodeAt } = String.prototype;
      String.prototype.charCodeAt = function (this: string, index: number): number {
        count++;
        return charCodeAt.call(this, index);
      };
      try {
        parseExtensions([value]);
      } finally {
        String.prototype.charCodeAt = charCodeAt;
      }
      return count;
    };
    for (const hostile of [
      (n: number) => `a;b="${"\\c".repeat(n)}`,
      (n: number) => "a;".repeat(n),
      (n: number) => ", ".repeat(n),
    ]) {
      expect(looks(hostile(4000))).toBeLessThanOrEqual(2.1 * looks(hostile(2000)));
    }
  });

  it("never makes the parser throw, which returns only tokens [E02]", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: fc.constantFrom(...'ab;=,"\\ \t()') })), (values) => {
        for (const { name, parameters } of parseExtensions(values) ?? []) {
          expect(name).toMatch(/^[ab]+$/);
          for (const [key, value] of parameters) expect(`${key}${value ?? ""}`).toMatch(/^[ab]+$/);
        }
      }),
    );
  });

  it("lists a client's offers of each extension, the preferred ones first [E03]", () => {
    const extensions = [negotiating("foo", { offers: [[["a", "1"]], []] }), negotiating("bar")];
    expect(latin1Text(client({ extensions }).takeOutput())).toContain(
      "\r\nSec-WebSocket-Extensions: foo; a=1, foo, bar\r\n",
    );
    expect(latin1Text(client({ extensions: [] }).takeOutput())).not.toContain("Extensions");
  });
});

describe("a server", () => {
  const even = negotiating("even", { accepts: (parameters) => parameters.length % 2 === 0 });

  it("takes the first offer that the extension accepts, and declines those before it [E03]", () => {
    const { server } = serverReceiving(offering("other, even; a, even; b; c, even"), { extensions: [even] });
    expect(server.accept()).toMatchObject([
      {
        agreement: {
          extensions: [
            {
              name: "even",
              parameters: [
                ["b", undefined],
                ["c", undefined],
              ],
            },
          ],
        },
      },
    ]);
    expect(latin1Text(server.takeOutput())).toContain("\r\nSec-WebSocket-Extensions: even; b; c\r\n");
  });

  it("opens without extensions when no offer can be used [E03]", () => {
    const { server } = serverReceiving(offering("other", "even; a"), { extensions: [even] });
    expect(server.accept()).toMatchObject([{ type: "open", agreement: { extensions: [] } }]);
    expect(latin1Text(server.takeOutput())).not.toContain("Extensions");
  });

  it("opens without extensions when the field is malformed and malformed-extensions is tolerated [E03]", () => {
    const { extensionOffers, tolerated } = requestIn(offering('even; a="'), { tolerate: ["malformed-extensions"] });
    expect([extensionOffers, tolerated]).toEqual([[], ["malformed-extensions"]]);
  });

  it("may choose the extensions to use for each request [E03]", () => {
    const { server } = serverReceiving(offering("even"), { extensions: [even] });
    expect(server.accept({ extensions: [] })).toMatchObject([{ agreement: { extensions: [] } }]);
  });

  it("agrees in the client's order, which is also that of the response [E31]", () => {
    const extensions = [negotiating("a", { rsv: 0x10 }), negotiating("b", { rsv: 0x20 })];
    const { server } = serverReceiving(offering("b, a"), { extensions });
    expect(server.accept()).toMatchObject([{ agreement: { extensions: [{ name: "b" }, { name: "a" }] } }]);
    expect(latin1Text(server.takeOutput())).toContain("\r\nSec-WebSocket-Extensions: b, a\r\n");
  });

  it("never agrees to two extensions that own the same RSV bit [E32]", () => {
    const extensions = [
      negotiating("a", { rsv: 0x40 }),
      negotiating("b", { rsv: 0x60 }),
      negotiating("c", { rsv: 0x20 }),
    ];
    const { server } = serverReceiving(offering("a, b, c"), { extensions });
    expect(server.accept()).toMatchObject([{ agreement: { extensions: [{ name: "a" }, { name: "c" }] } }]);
  });
});

describe("a client", () => {
  const extensions = [
    negotiating("a", { rsv: 0x40 }),
    negotiating("b", { rsv: 0x40 }),
    negotiating("c", { rsv: 0x20 }),
  ];

  it("keeps the order of the response [E31]", () => {
    expect(agreementIn(answering("c, a"), { extensions }).extensions.map(({ name }) => name)).toEqual(["c", "a"]);
  });

  it("fails the connection when two extensions of the response own the same RSV bit [E32]", () => {
    expect(clientFailure(answering("a, b"), { extensions })).toBe("opening/extension-rsv-conflict");
  });

  it.each([
    ["opening/extension-not-offered", "d"],
    ["opening/extension-not-offered", "constructor"],
    ["opening/extension-repeated", "a, c, a"],
  ])("fails the connection: %s %s [C07]", (code, value) => {
    expect(clientFailure(answering(value), { extensions })).toBe(code);
  });

  it("fails the connection when an extension does not accept its parameters, and says why [C07]", () => {
    const picky = [negotiating("a", { accepts: () => false })];
    const [event] = client({ extensions: picky }).receive(
      Uint8Array.from(answering("a"), (char) => char.charCodeAt(0)),
    );
    expect(event).toMatchObject({ type: "failure", violation: { code: "opening/extension-unacceptable" } });
    expect(event?.type === "failure" && event.violation.message).toContain("a: It does not please.");
  });

  it("fails the connection when the field appears twice [C08]", () => {
    expect(clientFailure(answering("a", "c"), { extensions })).toBe("opening/extensions-repeated");
  });
});
