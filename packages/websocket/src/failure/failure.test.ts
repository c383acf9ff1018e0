import { type Violation, type ViolationCode, violationTable } from "@hybi/core";
import { describe, expect, it } from "vitest";
import { FailureEvent } from "../dom/socket-events.ts";
import { closeError, isEndOfConnection, unsentError } from "../dom/websocket-error.ts";
import { outcomeOfClose, outcomeOfError } from "../reconnect/outcome.ts";
import { WebSocketServer } from "../server/server.ts";
import { errorOf, type Failure, failureOf, failureText, isFailure, transportTooLate } from "./failure.ts";
import { OpeningError } from "./opening-error.ts";

const refused = new Error("connect ECONNREFUSED 127.0.0.1:9");
const body = new Uint8Array(0);

function response(status: number, reasonPhrase = "") {
  return { status, reasonPhrase, minorVersion: 1, fields: [] } as const;
}

function violationOf(code: ViolationCode): Violation {
  return { statusCode: undefined, httpStatus: undefined, ...violationTable[code], code, offset: 0 };
}

/** Failures of every kind, with their text and their error. */
const failures: readonly (readonly [failure: Failure, text: string, error: unknown])[] = [
  [
    { kind: "violation", violation: violationOf("opening/accept-mismatch") },
    `${violationTable["opening/accept-mismatch"].message} (opening/accept-mismatch, ${violationTable["opening/accept-mismatch"].section})`,
    undefined,
  ],
  [
    { kind: "too-late", violation: violationOf("deadline/pong") },
    "No Pong arrived in time for the Ping that was sent. (deadline/pong, RFC 6455 §5.5.3)",
    undefined,
  ],
  [{ kind: "rejected", response: response(401, "Who"), body }, "The server answered 401 Who.", undefined],
  [{ kind: "rejected", response: response(403), body }, "The server answered 403.", undefined],
  [{ kind: "transport", error: refused }, refused.message, refused],
  [{ kind: "transport", error: "text" }, "text", "text"],
  [
    { kind: "proxy", cause: { kind: "rejected", response: response(407, "Who"), body } },
    "The proxy answered 407 Who.",
    undefined,
  ],
  [
    { kind: "proxy", cause: { kind: "violation", violation: violationOf("http/status-line") } },
    "The proxy opened no tunnel: A status line is malformed. (http/status-line, RFC 9112 §4)",
    undefined,
  ],
  [
    { kind: "proxy", cause: { kind: "transport", error: refused } },
    `The proxy opened no tunnel: ${refused.message}`,
    refused,
  ],
  [{ kind: "given-up" }, "The connection was given up.", undefined],
  [{ kind: "given-up", error: refused }, refused.message, refused],
];

describe.each(failures.map(([failure, text, error]) => ({ failure, text, error, kind: failure.kind })))(
  "a failure of the kind $kind: $text",
  ({ failure, text, error }) => {
    it("is carried as it is, with the same text, by every class that reports it [R22]", () => {
      const event = new FailureEvent("error", failure);
      const opening = new OpeningError(failure);
      const closing = closeError(1006, "", failure);
      for (const carrier of [event, opening, closing]) {
        expect(carrier.failure).toBe(failure);
        expect(carrier.message).toBe(text);
      }
      expect(failureText(failure)).toBe(text);
      expect(opening).toMatchObject({ name: "OpeningError" });
      expect(closing).toMatchObject({ name: "WebSocketError", closeCode: 1006 });
      expect(opening.cause).toBe(error);
      expect(Object.hasOwn(opening, "cause")).toBe(error !== undefined);
      expect(Object.keys(opening)).toEqual(error === undefined ? ["name", "failure"] : ["name"]);
      expect(errorOf(failure)).toBe(error);
      expect(isFailure(failure)).toBe(true);
    });

    it("is the one in the outcome of an attempt, and the one that onFailure receives [R23]", () => {
      const opening = new OpeningError(failure);
      expect(outcomeOfError(opening).failure).toBe(failure);
      expect(outcomeOfError(new Error("no connection", { cause: opening })).failure).toBe(failure);
      expect(outcomeOfClose(new Event("close"), failure, false).failure).toBe(failure);
      const received: unknown[] = [];
      const server = new WebSocketServer(() => {}, { onFailure: (given) => received.push(given) });
      server.failed(failure);
      expect(received[0]).toBe(failure);
    });
  },
);

describe("an OpeningError with a URL", () => {
  it.each([
    ["ws://example.com/chat", "ws://example.com/chat"],
    ["wss://user:p@ss@example.com:8443/a@b?token=x#y", "wss://example.com:8443/a@b"],
    ["wss://example.com/?user=a@b/", "wss://example.com/"],
  ])("names it without what may be secret: %s", (url, named) => {
    expect(new OpeningError({ kind: "given-up" }, url).message).toBe(`${named}: The connection was given up.`);
  });
});

describe("the failure for a violation", () => {
  it("has the kind too-late exactly if a deadline has expired", () => {
    const codes = Object.keys(violationTable) as ViolationCode[];
    const late = codes.filter((code) => failureOf(violationOf(code)).kind === "too-late");
    const deadlines = codes.filter((code) => code.startsWith("deadline/") && code !== "deadline/control-flood");
    expect(late).toEqual(deadlines);
    const violation = violationOf("frame/rsv-unowned");
    expect(failureOf(violation)).toEqual({ kind: "violation", violation });
  });

  it("names the section of the table when there was no transport in time", () => {
    const { section } = violationTable["deadline/opening"];
    expect(transportTooLate).toMatchObject({ violation: { code: "deadline/opening", section } });
  });
});

describe("an error that only says that a connection has ended", () => {
  it("is recognized, and has no failure if the end was clean", () => {
    expect(unsentError(1001, "bye")).toMatchObject({ closeCode: 1001, reason: "bye", failure: undefined });
    expect(isEndOfConnection(unsentError(1001, "bye"))).toBe(true);
    expect(isEndOfConnection(closeError(1006, ""))).toBe(true);
    expect(closeError(1006, "").failure).toEqual({ kind: "given-up" });
    expect(closeError(1000, "")).toMatchObject({ failure: { kind: "transport" }, message: /our Close frame/ });
    expect(isEndOfConnection(refused)).toBe(false);
  });
});

describe("isFailure", () => {
  it("knows other values apart", () => {
    for (const value of [undefined, null, "violation", {}, { kind: "else" }, refused])
      expect(isFailure(value)).toBe(false);
  });
});

describe("an error event that an application creates itself", () => {
  it("says that this side gave up, unless it says otherwise", () => {
    const Event = FailureEvent as new (type: string) => FailureEvent;
    expect(new Event("error")).toMatchObject({
      failure: { kind: "given-up" },
      message: "The connection was given up.",
    });
  });
});

describe("failureText of an error of TLS", () => {
  it.each([
    "write EPROTO 807C:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../record.c:350:",
    "40ED:error:0A00010B:SSL routines:tls_validate_record_header:wrong version number:../tlsany_meth.c:77:",
    "error:100000f7:SSL routines:OPENSSL_internal:WRONG_VERSION_NUMBER",
    "received corrupt message of type InvalidContentType",
    "807C:error:0A00009C:SSL routines:ssl3_get_record:http request:../record.c:341:",
    "error:1000009c:SSL routines:OPENSSL_internal:HTTP_REQUEST",
  ])("says that one side may have no TLS: %s", (message) => {
    const text = failureText({ kind: "transport", error: new Error(message) });
    expect(text).toBe(`${message.replace(/:$/, "")}: one side uses TLS (wss:), and the other does not (ws:).`);
  });

  it.each([
    "self-signed certificate",
    "self signed certificate in certificate chain",
    "unable to verify the first certificate",
    "unable to get local issuer certificate",
    "invalid peer certificate: UnknownIssuer",
  ])("says where to name an issuer that is not known: %s", (message) => {
    const text = failureText({ kind: "transport", error: new Error(message) });
    expect(text).toBe(`${message}: to trust the certificate of its issuer, pass it in transportOptions: { tls: … }.`);
    const ofProxy = failureText({ kind: "proxy", cause: { kind: "transport", error: new Error(message) } });
    expect(ofProxy).toContain("pass it in transportOptions: { proxy: { tls: … } }.");
  });

  it("says nothing of it otherwise", () => {
    for (const message of ["read ECONNRESET", "an http request of the application"]) {
      expect(failureText({ kind: "transport", error: new Error(message) })).toBe(message);
    }
  });
});
