import { latin1Bytes } from "@hybi/testing/wire";
import { describe, expect, it } from "vitest";
import { requestLine, type StartLineGrammar, statusLine } from "./start-line.ts";

/** The fault in `line`, and its offset, between bytes that could extend the line. */
function faultOf<Head>(grammar: StartLineGrammar<Head>, line: string, after: string): [string, number] | undefined {
  const before = "HTTP/1.1 ";
  const fault = grammar.check(latin1Bytes(before + line + after), before.length, before.length + line.length);
  return fault === undefined ? undefined : [fault.code, fault.offset - before.length];
}

describe("requestLine", () => {
  it.each([
    ["GET / HTTP/1.1", undefined, 0],
    ["OPTIONS * HTTP/1.0", undefined, 0],
    ["a ~!\x7e HTTP/1.9", undefined, 0],
    ["", "http/method", 0],
    ["GET", "http/method", 3],
    ["GET ", "http/request-target", 4],
    ["GET / ", "http/version", 6],
    ["GET /", "http/request-target", 5],
    ["GET /\x7f HTTP/1.1", "http/request-target", 5],
    ["GET /\x80 HTTP/1.1", "http/request-target", 5],
    ["GET /\t HTTP/1.1", "http/request-target", 5],
    ["GET / HTTP/1.", "http/version", 13],
    ["GET / HTTP/1.1 ", "http/version", 14],
    ["GET / HTTP/1.11", "http/version", 14],
    ["GET / HTTP/a.1", "http/version", 11],
    ["GET / HTTP/1.a", "http/version", 13],
    ["GET / HTTP/1.:", "http/version", 13],
    ["GET / HTTP/1./", "http/version", 13],
    ["GET / hTTP/1.1", "http/version", 6],
    ["PRI * HTTP/2.0", "http/version-unsupported", 11],
    ["GET / HTTP/0.9", "http/version-unsupported", 11],
  ] as const)("returns for %j: %s, at %i, whatever follows the line", (line, code, at) => {
    for (const after of ["\r\n", " / HTTP/1.1", "HTTP/1.1", "1", "/"]) {
      expect(faultOf(requestLine, line, after)).toEqual(code === undefined ? undefined : [code, at]);
    }
  });

  it("returns the parts of a valid line", () => {
    expect(requestLine.head("M-SEARCH /a/b?c HTTP/1.0", [["A", "b"]])).toEqual({
      method: "M-SEARCH",
      target: "/a/b?c",
      minorVersion: 0,
      fields: [["A", "b"]],
    });
  });
});

describe("statusLine", () => {
  it.each([
    ["HTTP/1.1 101 Switching", undefined, 0],
    ["HTTP/1.0 200 ", undefined, 0],
    ["HTTP/1.1 099 \xe9", undefined, 0],
    ["", "http/version", 0],
    ["HTTP/1.", "http/version", 7],
    ["HTTP/1.x 101 X", "http/version", 7],
    ["HTTP/2.0 101 X", "http/version-unsupported", 5],
    ["HTTP/1.1", "http/status-line", 8],
    ["HTTP/1.1x101 X", "http/status-line", 8],
    ["HTTP/1.1 ", "http/status-line", 9],
    ["HTTP/1.1 1", "http/status-line", 10],
    ["HTTP/1.1 /01 X", "http/status-line", 9],
    ["HTTP/1.1 1:1 X", "http/status-line", 10],
    ["HTTP/1.1 10a X", "http/status-line", 11],
    ["HTTP/1.1 101", "http/status-line", 12],
    ["HTTP/1.1 1011 X", "http/status-line", 12],
  ] as const)("returns for %j: %s, at %i, whatever follows the line", (line, code, at) => {
    for (const after of ["\r\n", " 101 X", "101 X", "01 X", " X", "1.1 101 X"]) {
      expect(faultOf(statusLine, line, after)).toEqual(code === undefined ? undefined : [code, at]);
    }
  });

  it("returns the parts of a valid line", () => {
    expect(statusLine.head("HTTP/1.0 404 Not Found", [])).toEqual({
      status: 404,
      reasonPhrase: "Not Found",
      minorVersion: 0,
      fields: [],
    });
  });
});
