import { UsageError, type Violation, type ViolationCode, violationTable } from "@hybi/core";
import type { Fields, ResponseHead } from "@hybi/core/opening";
import { describe, expect, it } from "vitest";
import { withSyntaxErrors } from "../dom/dom-exception.ts";
import { type Failure, failureOf } from "../failure/failure.ts";
import { OpeningError } from "../failure/opening-error.ts";
import { isTransient, type Outcome, outcomeOfError, retryAfter } from "./outcome.ts";

const lost: Outcome = { code: 1006, reason: "", wasClean: false };

function response(status: number, fields: Fields = []) {
  return { status, reasonPhrase: "", minorVersion: 1, fields } as const;
}

/** The failures for a response of the server, and of a proxy in front of it. */
function byServerAndProxy(response: ResponseHead): readonly Failure[] {
  const rejected = { kind: "rejected", response, body: new Uint8Array(0) } as const;
  return [rejected, { kind: "proxy", cause: rejected }];
}

function transport(error: unknown) {
  return { kind: "transport", error } as const;
}

function violationOf(code: ViolationCode): Violation {
  return { statusCode: undefined, httpStatus: undefined, ...violationTable[code], code, offset: 0 };
}

/** Creates an error in the style of Node and Bun. */
function withCode(code: string, message = "no"): Error {
  return Object.assign(new Error(message), { code });
}

/** Creates an error in the style of Deno. */
function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

describe("isTransient", () => {
  it.each([
    ...([1001, 1005, 1006, 1011, 1012, 1013, 1014, 3000, 4999] as const).map((code) => ({ code, expected: true })),
    ...([1000, 1002, 1003, 1007, 1008, 1009, 1010] as const).map((code) => ({ code, expected: false })),
  ])("is $expected for the code $code", ({ code, expected }) => {
    expect(isTransient({ ...lost, code })).toBe(expected);
  });

  it.each([
    ...([301, 302, 307, 408, 425, 429, 500, 502, 503, 504] as const).map((status) => ({ status, expected: true })),
    ...([200, 204, 400, 401, 403, 404, 407, 410, 426, 451] as const).map((status) => ({ status, expected: false })),
  ])("is $expected for the status $status, in whatever form it is reported [R23]", ({ status, expected }) => {
    // The status may come from a proxy.
    for (const failure of byServerAndProxy(response(status))) {
      const error = new OpeningError(failure);
      expect(isTransient({ ...lost, failure })).toBe(expected);
      expect(isTransient(outcomeOfError(error))).toBe(expected);
      expect(isTransient(outcomeOfError(new Error("no connection", { cause: error })))).toBe(expected);
    }
  });

  it.each([
    ...(["http/version", "http/status-line", "opening/accept-mismatch", "opening/subprotocol-missing"] as const).map(
      (code) => ({ code, expected: false }),
    ),
    ...(["opening/transport-ended", "deadline/opening", "deadline/pong", "frame/rsv-unowned"] as const).map((code) => ({
      code,
      expected: true,
    })),
  ])("is $expected for the violation $code [R23]", ({ code, expected }) => {
    const failure = failureOf(violationOf(code));
    expect(isTransient({ ...lost, failure })).toBe(expected);
    expect(isTransient(outcomeOfError(new OpeningError(failure)))).toBe(expected);
  });

  const untrusted = withCode("DEPTH_ZERO_SELF_SIGNED_CERT", "self-signed certificate");
  const refused = withCode("ECONNREFUSED", "connect ECONNREFUSED 127.0.0.1:9");
  const syntax = (() => {
    try {
      return withSyntaxErrors(() => {
        throw new UsageError("opening/url");
      });
    } catch (error) {
      return error;
    }
  })();

  it.each([
    // Programming errors.
    [new TypeError("x is not a function"), false],
    [new ReferenceError("x is not defined"), false],
    [new UsageError("opening/cookie"), false],
    [syntax, false],
    [new DOMException("Mixed content.", "SecurityError"), false],
    [named("NotCapable", 'Requires net access to "127.0.0.1:9"'), false],
    [named("UsageError", "of another copy"), false],
    // Certificate errors of Node and Bun, of Deno, and ours.
    [untrusted, false],
    [withCode("UNABLE_TO_VERIFY_LEAF_SIGNATURE"), false],
    [withCode("UNABLE_TO_GET_ISSUER_CERT_LOCALLY"), false],
    [withCode("SELF_SIGNED_CERT_IN_CHAIN"), false],
    [withCode("CERT_HAS_EXPIRED"), false],
    [withCode("ERR_TLS_CERT_ALTNAME_INVALID"), false],
    [named("InvalidData", "invalid peer certificate: UnknownIssuer"), false],
    [new DOMException("failed to connect to WebSocket: invalid peer certificate: Expired", "NetworkError"), false],
    [named("InvalidData", "received fatal alert: CertificateRequired"), false],
    [withCode("ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED"), false],
    [withCode("EPROTO", "error:1000045c:SSL routines:OPENSSL_internal:TLSV1_ALERT_CERTIFICATE_REQUIRED"), false],
    [withCode("EPROTO", "SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca"), false],
    // A server that does not use TLS.
    [withCode("EPROTO", "write EPROTO SSL routines:ssl3_get_record:wrong version number"), false],
    [named("InvalidData", "received corrupt message of type InvalidContentType"), false],
    // Invalid certificates, keys or ciphers, and attempts aborted by the application.
    [withCode("ERR_OSSL_PEM_NO_START_LINE", "error:0480006C:PEM routines::no start line"), false],
    [withCode("ERR_SSL_NO_CIPHER_MATCH"), false],
    [withCode("ERR_TLS_INVALID_PROTOCOL_VERSION"), false],
    [new RangeError("Invalid array length"), false],
    [new DOMException("This operation was aborted", "AbortError"), false],
    // Errors that a retry may fix.
    [refused, true],
    [withCode("ENOTFOUND", "getaddrinfo ENOTFOUND example.com"), true],
    [withCode("EAI_AGAIN"), true],
    [withCode("ECONNRESET"), true],
    [withCode("ENOENT"), true],
    [named("ConnectionRefused", "Connection refused (os error 111)"), true],
    [new DOMException("too late", "TimeoutError"), true],
    [new SyntaxError("Unexpected token '<' of JSON"), true],
    [new Error("no token"), true],
    ["no token", true],
    [null, true],
    // Errors of `fetch`, which a hook may use to get its token: Node, Chrome, Firefox, Safari, Bun.
    [new TypeError("fetch failed", { cause: refused }), true],
    [new TypeError("fetch failed"), true],
    [new TypeError("Failed to fetch"), true],
    [new TypeError("NetworkError when attempting to fetch resource."), true],
    [new TypeError("Load failed"), true],
    [
      Object.assign(new TypeError("Unable to connect. Is the computer able to access the url?"), {
        code: "ECONNREFUSED",
      }),
      true,
    ],
    // Of several addresses, one may recover.
    [new AggregateError([refused, untrusted]), true],
    [new AggregateError([untrusted, untrusted]), false],
    [new AggregateError([]), true],
    [new Error("through a proxy", { cause: untrusted }), false],
  ])("for %s is %s [R23]", (error, expected) => {
    for (const failure of [
      transport(error),
      { kind: "given-up", error },
      { kind: "proxy", cause: transport(error) },
    ] as const) {
      expect(isTransient({ ...lost, failure })).toBe(expected);
      expect(isTransient(outcomeOfError(new OpeningError(failure)))).toBe(expected);
    }
    expect(isTransient(outcomeOfError(error))).toBe(expected);
  });

  it("ignores the kind of error when the connection was open [R23]", () => {
    for (const error of [new TypeError("in a handler"), new UsageError("send/queue-full")]) {
      expect(isTransient({ ...lost, failure: transport(error), wasOpen: true })).toBe(true);
    }
  });
});

describe("retryAfter", () => {
  const now = Date.UTC(2026, 10, 20);
  it.each([
    ["no field", [], undefined],
    ["seconds", [["Retry-After", "120"]], 120_000],
    ["zero seconds", [["retry-after", "0"]], 0],
    ["a date", [["Retry-After", "Fri, 20 Nov 2026 00:01:00 GMT"]], 60_000],
    ["a date that has passed", [["Retry-After", "Thu, 19 Nov 2026 00:01:00 GMT"]], 0],
    [
      "a date of a server with a different clock",
      [
        ["Date", "Sun, 06 Nov 1994 08:49:37 GMT"],
        ["Retry-After", "Sun, 06 Nov 1994 08:49:47 GMT"],
      ],
      10_000,
    ],
    ["a fraction", [["Retry-After", "1.5"]], undefined],
    ["a negative number", [["Retry-After", "-1"]], undefined],
    ["something else", [["Retry-After", "soon"]], undefined],
  ] as const)("reads %s [R23]", (_, fields, expected) => {
    for (const failure of byServerAndProxy(response(503, fields))) {
      expect(retryAfter({ ...lost, failure }, now)).toBe(expected);
      expect(retryAfter(outcomeOfError(new OpeningError(failure)), now)).toBe(expected);
    }
  });

  it("is undefined for everything else [R23]", () => {
    const errors = [undefined, null, "text", new Error("no"), { response: { status: 503 } }, { cause: 5 }];
    for (const error of errors) {
      expect(retryAfter({ ...lost, failure: transport(error) }, now)).toBeUndefined();
      expect(retryAfter(outcomeOfError(error), now)).toBeUndefined();
    }
    expect(retryAfter(lost, now)).toBeUndefined();
  });
});
