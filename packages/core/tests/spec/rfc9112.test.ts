/** RFC 9112: heads of HTTP/1.1 as a server and a client of the opening handshake read them. */
import { latin1Bytes, latin1Text, requestText, responseText } from "@hybi/testing/wire";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ServerHandshakeOptions } from "../../src/config/server-config.ts";
import type { HandshakeEvent } from "../../src/events.ts";
import { ServerHandshake } from "../../src/opening/server-handshake.ts";
import type { Limits } from "../../src/vocabulary/limits.ts";
import { client, clientFailure, clientReceiving, cutsOf, refusalOf, requestIn } from "../support/opening.ts";

/** The code, the status and the offset with which a server rejects `text`. */
function refused(text: string, options?: ServerHandshakeOptions): [string, string, number] {
  const { violation, answer } = refusalOf(text, options);
  return [violation.code, answer.slice(9, 12), violation.offset];
}

const line = "GET /chat HTTP/1.1\r\n";

describe("the start line", () => {
  it.each([
    ["http/method", 0, " /chat HTTP/1.1\r\n"],
    ["http/method", 1, "G@T /chat HTTP/1.1\r\n"],
    ["http/method", 3, "GET\r\n"],
    ["http/method", 3, "GET\t/chat HTTP/1.1\r\n"],
    ["http/request-target", 4, "GET  /chat HTTP/1.1\r\n"],
    ["http/request-target", 9, "GET /chat\r\n"],
    ["http/request-target", 6, "GET /c\xe9 HTTP/1.1\r\n"],
    ["http/version", 10, "GET /chat http/1.1\r\n"],
    ["http/version", 18, "GET /chat HTTP/1.1 \r\n"],
    ["http/version", 17, "GET /chat HTTP/1.\r\n"],
    ["http/version", 15, "GET /chat HTTP/x.1\r\n"],
    ["http/version", 10, "GET /chat \r\n"],
    ["http/version-unsupported", 15, "GET /chat HTTP/2.0\r\n"],
    ["http/start-line", 0, "\x16\x03\x01"],
    ["http/start-line", 5, "GET /\0"],
    ["http/bare-line-feed", 18, "GET /chat HTTP/1.1\n"],
    ["http/bare-carriage-return", 18, "GET /chat HTTP/1.1\rX"],
  ])("%s at byte %i of %j [H16]", (code, offset, text) => {
    expect(refused(text)).toEqual([code, code === "http/version-unsupported" ? "505" : "400", offset]);
  });

  it.each([
    ["http/version", "HTTP/1.1"],
    ["http/version", "ICY 200 OK"],
    ["http/version-unsupported", "HTTP/2.0 101 X"],
    ["http/status-line", "HTTP/1.1 101"],
    ["http/status-line", "HTTP/1.1 10"],
    ["http/status-line", "HTTP/1.1 1a1 X"],
    ["http/status-line", "HTTP/1.1  101 X"],
    ["http/status-line", "HTTP/1.1 1011 X"],
    ["http/version", ""],
  ])("is rejected by a client if it is a malformed status line: %s %j [C01]", (code, text) => {
    if (text === "HTTP/1.1") expect(clientFailure(`${text}\r\n\r\n`)).toBe("http/status-line");
    else expect(clientFailure(`${text}\r\n\r\n`)).toBe(code);
  });

  it("may have an empty or unusual reason phrase, and an unknown status [C01]", () => {
    expect(clientReceiving("HTTP/1.1 204 \r\n\r\n")).toMatchObject([
      { type: "rejection", response: { reasonPhrase: "" } },
    ]);
    expect(clientReceiving("HTTP/1.1 304 \xe9 x\r\n\r\n")).toMatchObject([{ response: { reasonPhrase: "\xe9 x" } }]);
    expect(clientReceiving("HTTP/1.1 999 ?\r\nContent-Length: 0\r\n\r\n")).toMatchObject([
      { response: { status: 999 } },
    ]);
  });
});

describe("field lines", () => {
  it.each([
    ["http/white-space-before-fields", 0, " Host: a\r\n"],
    ["http/folded-line", 9, "Host: a\r\n b\r\n"],
    ["http/folded-line", 9, "Host: a\r\n\tb\r\n"],
    ["http/white-space-before-colon", 4, "Host : a\r\n"],
    ["http/white-space-before-colon", 4, "Host\t: a\r\n"],
    ["http/bare-carriage-return", 7, "Host: a\rb\r\n"],
    ["http/bare-carriage-return", 9, "Host: a\r\n\rX"],
    ["http/bare-line-feed", 7, "Host: a\n"],
    ["http/bare-line-feed", 0, "\n"],
    ["http/colon-missing", 4, "Host\r\n"],
  ])("%s at byte %i of %j [H16]", (code, offset, text) => {
    expect(refused(`${line}${text}`)).toEqual([code, "400", line.length + offset]);
  });

  it.each([
    ["http/field-name", 0, ": a\r\n"],
    ["http/field-name", 1, "H(st: a\r\n"],
    ["http/field-name", 0, "\xe9: a\r\n"],
    ["http/field-value", 6, "Host: \0\r\n"],
    ["http/field-value", 7, "Host: a\x7f\r\n"],
    ["http/field-value", 14, "Host: abcdefgh\x01abcdefgh\r\n"],
  ])("%s at byte %i of %j [H18]", (code, offset, text) => {
    expect(refused(`${line}${text}`)).toEqual([code, "400", line.length + offset]);
  });

  it("keep obs-text as opaque chars, without surrounding SP and HTAB [H18]", () => {
    const { fields } = requestIn(requestText({ "X-A": "\t \xe9\x80 \xff\t ", "X-B": "", "X-C": "\t" }));
    expect(fields.slice(-3)).toEqual([
      ["X-A", "\xe9\x80 \xff"],
      ["X-B", ""],
      ["X-C", ""],
    ]);
  });

  it("are not decoded as UTF-8: a char is a byte [H18]", () => {
    expect(requestIn(requestText({ "X-A": "\xed\x95\x9c" })).fields.at(-1)).toEqual(["X-A", "\xed\x95\x9c"]);
  });

  it("may be called __proto__ or constructor [H21]", () => {
    const { fields } = requestIn(requestText({ constructor: "a", ["__proto__" as string]: "b", prototype: "c" }));
    expect(fields.map(([name]) => name)).toContain("constructor");
    expect(requestIn(`${line}__proto__: b\r\n${requestText().slice(line.length)}`).fields[0]).toEqual([
      "__proto__",
      "b",
    ]);
  });

  it("of a response may be folded, with each fold read as one space [C01]", () => {
    const text = "HTTP/1.1 204 X\r\nA: 1\r\n  2\r\n\t3 \r\nB:\r\n 4\r\nC: 5\r\n \r\n\r\n";
    expect(clientReceiving(text)).toMatchObject([
      {
        response: {
          fields: [
            ["A", "1 2 3"],
            ["B", "4"],
            ["C", "5"],
          ],
        },
      },
    ]);
    expect(clientFailure("HTTP/1.1 204 X\r\n A: 1\r\n\r\n")).toBe("http/white-space-before-fields");
  });
});

describe("a lone LF", () => {
  it("ends a line when tolerated, and is reported [H16]", () => {
    const text = `\n${requestText().replaceAll("\r\n", "\n")}`;
    expect(refused(text)[0]).toBe("http/bare-line-feed");
    expect(requestIn(text, { tolerate: ["bare-line-feed"] })).toMatchObject({
      resourceName: "/chat",
      tolerated: ["bare-line-feed"],
    });
    expect(requestIn(requestText(), { tolerate: ["bare-line-feed"] }).tolerated).toEqual([]);
    expect(refused("GET / HTTP/1.1\r\nA: b\rc\n\n", { tolerate: ["bare-line-feed"] })[0]).toBe(
      "http/bare-carriage-return",
    );
    expect(refused("\rG", { tolerate: ["bare-line-feed"] })).toEqual(["http/bare-carriage-return", "400", 0]);
  });

  it("ends a line of a response too, including interim ones [C02]", () => {
    const open = clientReceiving(`HTTP/1.1 100 X\n\n${responseText()}`, { tolerate: ["bare-line-feed"] });
    expect(open).toMatchObject([{ type: "open", agreement: { tolerated: ["bare-line-feed"] } }]);
    const last = clientReceiving(responseText().replaceAll("\r\n", "\n"), { tolerate: ["bare-line-feed"] });
    expect(last).toMatchObject([{ type: "open", agreement: { tolerated: ["bare-line-feed"] } }]);
  });
});

describe("a status line without a space after the status code", () => {
  const truncated = (text: string): string => text.replace(/^(HTTP\/1\.1 \d+) [^\r]*/, "$1");
  const tolerate = ["truncated-status-line"] as const;

  it("is read when tolerated, and is reported [C02]", () => {
    const [refusal] = clientReceiving(truncated(responseText()));
    expect(refusal).toMatchObject({ type: "failure", violation: { code: "http/status-line", offset: 12 } });
    const [open] = clientReceiving(truncated(responseText()), { tolerate });
    expect(open).toMatchObject({ type: "open", agreement: { tolerated: ["truncated-status-line"] } });
    const [strict] = clientReceiving(responseText(), { tolerate });
    expect(strict).toMatchObject({ type: "open", agreement: { tolerated: [] } });
  });

  it("is reported once, together with what an interim response needed", () => {
    const sloppy = `HTTP/1.1 100 X\n\nHTTP/1.1 103\r\n\r\n${truncated(responseText())}`;
    const [open] = clientReceiving(sloppy, { tolerate: [...tolerate, "bare-line-feed"] });
    expect(open).toMatchObject({ agreement: { tolerated: ["bare-line-feed", "truncated-status-line"] } });
  });

  it("still needs the complete status code [C02]", () => {
    for (const line of ["HTTP/1.1 10", "HTTP/1.1", "HTTP/1.1 1010"]) {
      const [event] = clientReceiving(`${line}\r\n\r\n`, { tolerate });
      expect(event).toMatchObject({ type: "failure" });
    }
  });
});

describe("limits", () => {
  const limited = (limits: Partial<Limits>): ServerHandshakeOptions => ({ limits });

  it("accept a head of limits.head bytes, and reject one byte more with 431 at once [H20]", () => {
    const text = requestText();
    expect(requestIn(text, limited({ head: text.length })).resourceName).toBe("/chat");
    expect(refused(text, limited({ head: text.length - 1 }))).toEqual(["http/head-too-big", "431", text.length - 1]);
    expect(requestIn(`${text}${"x".repeat(99)}`, limited({ head: text.length })).resourceName).toBe("/chat");
  });

  it("reject an endless head at the limit, in any part of it, also byte by byte [H20]", () => {
    for (const text of [
      `${line}A: ${"x".repeat(99)}`,
      `${line}${"x".repeat(99)}`,
      `${line}A:${" ".repeat(99)}`,
      "x".repeat(99),
    ]) {
      const server = new ServerHandshake(limited({ head: 64 }));
      const events = [...text].flatMap((char) => [...server.receive(latin1Bytes(char))]);
      expect(events).toMatchObject([{ type: "failure", violation: { code: "http/head-too-big", offset: 64 } }]);
      expect(refused(text, limited({ head: 64 }))).toEqual(["http/head-too-big", "431", 64]);
    }
  });

  it("reject a request line longer than limits.line with 414, and another line with 431 [H20]", () => {
    expect(refused(`GET /${"x".repeat(50)} HTTP/1.1\r\n`, limited({ line: 40 }))).toEqual([
      "http/request-line-too-long",
      "414",
      40,
    ]);
    for (const text of [`A: ${"x".repeat(50)}`, `${"x".repeat(50)}`, `A:${" ".repeat(50)}`, `${"x".repeat(40)}: y`]) {
      expect(refused(`${line}${text}`, limited({ line: 40 }))).toEqual(["http/line-too-long", "431", line.length + 40]);
    }
  });

  it("accept a line of limits.line bytes, not counting its end [H20]", () => {
    const longest = Math.max(
      ...requestText()
        .split("\r\n")
        .map(({ length }) => length),
    );
    expect(requestIn(requestText(), limited({ line: longest })).resourceName).toBe("/chat");
    expect(refused(requestText(), limited({ line: longest - 1 }))[0]).toBe("http/line-too-long");
  });

  it("accept limits.fields lines, and reject one more with 431, whatever their bytes [H21]", () => {
    expect(requestIn(requestText(), limited({ fields: 5 })).fields.length).toBe(5);
    expect(refused(requestText({ A: "" }), limited({ fields: 5 })).slice(0, 2)).toEqual([
      "http/too-many-fields",
      "431",
    ]);
    const repeated = `${line}${"a:\r\n".repeat(129)}`;
    expect(refused(repeated)).toEqual(["http/too-many-fields", "431", line.length + 128 * 4]);
  });
});

describe("chunks", () => {
  /** The events and output of a server when `text` arrives in `chunks`. */
  function told(chunks: readonly string[]): [HandshakeEvent[], string, string] {
    const server = new ServerHandshake({
      limits: { head: 400, line: 90, fields: 8, earlyData: 8 },
      tolerate: ["empty-subprotocol"],
    });
    const events = chunks.flatMap((chunk) => [...server.receive(latin1Bytes(chunk))]);
    const rest = server.transportAction === "keep" && events.length > 0 ? server.accept() : [];
    return [[...events, ...rest], latin1Text(server.takeOutput()), server.transportAction];
  }

  const cut = (text: string, places: readonly number[]): string[] => {
    const sorted = [0, ...places.map((place) => place % (text.length + 1)), text.length].sort((a, b) => a - b);
    return sorted.slice(1).map((place, index) => text.slice(sorted[index], place));
  };

  it("may be cut at any byte: the request, or the rejection with its offset, is the same [H23]", () => {
    for (const text of [
      `\r\n${requestText({ Origin: "a\xe9" })}early`,
      requestText({ Host: "a\rb" }),
      requestText({ A: "x".repeat(99) }),
    ]) {
      const whole = told([text]);
      expect(whole[0].length).toBeGreaterThan(0);
      for (const at of cutsOf(text.length)) expect(told([text.slice(0, at), text.slice(at)])).toEqual(whole);
      expect(told([...text])).toEqual(whole);
    }
  });

  it("may be cut anywhere and any number of times, also in a nearly valid request [H23]", () => {
    const soup = fc.string({ unit: fc.constantFrom(..."GET /HTTP.1:\r\n\t aé\0\x7f") });
    const nearly = fc.tuple(fc.nat(), soup).map(([place, junk]) => {
      const text = requestText();
      const at = place % text.length;
      return text.slice(0, at) + junk + text.slice(at + junk.length);
    });
    fc.assert(
      fc.property(fc.oneof(nearly, soup), fc.array(fc.nat(), { maxLength: 20 }), (text, places) => {
        expect(told(cut(text, places))).toEqual(told([text]));
      }),
    );
  });

  it("of arbitrary bytes make neither server nor client throw, and at most one of them reports once [H23]", () => {
    const heads = fc.constantFrom(
      "",
      "GET / HTTP/1.1\r\n",
      requestText().slice(0, -2),
      responseText().slice(0, -2),
      "HTTP/1.1 400 X\r\n",
    );
    fc.assert(
      fc.property(heads, fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 }), (start, chunks) => {
        for (const handshake of [new ServerHandshake(), client()]) {
          const events = [latin1Bytes(start), ...chunks].flatMap((chunk) => {
            const known = handshake.receive(chunk);
            return [...known];
          });
          expect(
            [...events, ...handshake.receiveEnd()].filter(({ type }) => type === "failure").length,
          ).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it("of a response may be cut at any byte: agreement, rejection and failure are the same [C02]", () => {
    const clientTold = (chunks: readonly string[]): unknown => {
      const handshake = client({ limits: { interimResponses: 1, rejectionBody: 6 } });
      const events: HandshakeEvent[] = [];
      for (const [index, chunk] of chunks.entries()) {
        events.push(...handshake.receive(latin1Bytes(chunk)));
        if (events[0]?.type !== "open") continue;
        const rest = latin1Text([events[0].rest]) + chunks.slice(index + 1).join("");
        return [{ ...events[0].agreement, rest }, handshake.bytesConsumed];
      }
      return [...events, ...handshake.receiveEnd()];
    };
    const interim = "HTTP/1.1 103 X\r\nA: b\r\n c\r\n\r\n";
    for (const text of [
      `${interim}${responseText()}rest`,
      `${interim}${interim}${responseText()}`,
      'HTTP/1.1 400 X\r\nTransfer-Encoding: chunked\r\n\r\n2;a="b\r\nab\r\n10\r\ncdefgh',
      "HTTP/1.1 400 X\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\nmore",
      "HTTP/1.1 400 X\r\nContent-Length: 3\r\n\r\nabcmore",
      "HTTP/1.1 400 X\r\n\r\nabc",
      responseText({ "Sec-WebSocket-Accept": "x" }),
    ]) {
      const whole = clientTold([text]);
      for (const at of cutsOf(text.length)) expect(clientTold([text.slice(0, at), text.slice(at)])).toEqual(whole);
      expect(clientTold([...text])).toEqual(whole);
    }
  });

  it("of one byte each cost as much per byte at the end of a long head as at its start [H20]", () => {
    // Counts how often stored bytes are read again: every chunk is read once, when it is stored.
    const bytesRead = (length: number): number => {
      let count = 0;
      const server = new ServerHandshake({
        limits: { head: Number.POSITIVE_INFINITY, line: Number.POSITIVE_INFINITY },
      });
      const original = Uint8Array.prototype.set;
      Uint8Array.prototype.set = function (this: Uint8Array, source: ArrayLike<number>, offset?: number): void {
        count += source.length;
        original.call(this, source, offset);
      };
      try {
        for (const char of `${line}A: ${"x".repeat(length)}`) server.receive(latin1Bytes(char));
      } finally {
        Uint8Array.prototype.set = original;
      }
      return count;
    };
    expect(bytesRead(8000)).toBeLessThan(3 * bytesRead(4000));
  });
});
