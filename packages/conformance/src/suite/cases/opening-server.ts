/** Chapter 15: how a server must parse the opening handshake (RFC 6455 §4.2.1, RFC 9110, RFC 9112). */
import type { Chapter, ConformanceCase, OpeningOutcome, OpeningPlan } from "../case.ts";
import { answers, define, ping, send, text } from "./write.ts";

const section = "RFC 6455 §4.2.1";

/** The lines of a valid request; a change of undefined omits a line, an array writes several. */
const good = {
  start: "GET {path} HTTP/1.1",
  host: "Host: {host}",
  upgrade: "Upgrade: websocket",
  connection: "Connection: Upgrade",
  key: "Sec-WebSocket-Key: {key}",
  version: "Sec-WebSocket-Version: 13",
} as const;
type Change = { readonly [Name in keyof typeof good | "more"]?: string | readonly string[] | undefined };

function linesOf(change: Change, end = "\r\n"): readonly string[] {
  const lines = Object.entries({ ...good, more: undefined, ...change }).flatMap(([, line]) => line ?? []);
  return [...lines, ""].map((line) => `${line}${end}`);
}

type Extra = Partial<ConformanceCase> & { readonly plan?: OpeningPlan };

/** The server rejects the opening. A status other than these is non-strict; 101 is wrong. */
function refuses(
  id: string,
  title: string,
  lines: Change | readonly string[],
  statuses: readonly number[],
  { plan, ...extra }: Extra = {},
): ConformanceCase {
  const outcome: OpeningOutcome = { type: "refused", statuses };
  return define(id, section, {
    role: "server",
    opening: { lines: isLines(lines) ? lines : linesOf(lines), ...plan },
    steps: [],
    expect: { opening: outcome, ending: { type: "ended" } },
    ...extra,
    title,
  });
}

/** The server accepts the opening, and the connection works. */
function accepts(
  id: string,
  title: string,
  lines: Change | readonly string[],
  { plan, ...extra }: Extra = {},
): ConformanceCase {
  return define(id, section, {
    role: "server",
    opening: { lines: isLines(lines) ? lines : linesOf(lines), ...plan },
    steps: [send(text("hello"))],
    expect: answers({ text: "hello" }),
    ...extra,
    title,
  });
}

function isLines(lines: Change | readonly string[]): lines is readonly string[] {
  return Array.isArray(lines);
}

const bad = [400];
const upgradeRequired = [400, 426];
const fields = "RFC 9112 §5";
const manyFields = Array.from({ length: 2000 }, (_, index) => `X-Field-${index}: value`);

export const openingOfServers: Chapter = {
  number: 15,
  title: "Opening handshake of a server",
  cases: [
    accepts("15.1.1", "A valid request is accepted", {}, { requirements: ["H09"] }),
    accepts("15.1.2", "A valid request is accepted, byte by byte", {}, { requirements: ["H23"], plan: { chop: 1 } }),
    accepts(
      "15.1.3",
      "Field names are compared without regard to case",
      {
        host: "hOST: {host}",
        upgrade: "UPGRADE: websocket",
        connection: "connection: Upgrade",
        key: "sec-websocket-key: {key}",
        version: "SEC-WEBSOCKET-VERSION: 13",
      },
      { section: "RFC 9110 §5.1", requirements: ["H18"] },
    ),
    accepts(
      "15.1.4",
      "Upgrade and Connection are compared without regard to case",
      { upgrade: "Upgrade: WebSocket", connection: "Connection: uPGRADE" },
      { requirements: ["H04", "H05"] },
    ),
    accepts(
      "15.1.5",
      "Connection is a list",
      { connection: "Connection: keep-alive, Upgrade" },
      { section: "RFC 9110 §7.6.1", requirements: ["H05"] },
    ),
    accepts(
      "15.1.6",
      "Connection is a list, over several lines",
      { connection: ["Connection: Upgrade", "Connection: keep-alive"] },
      { section: "RFC 9110 §5.3", requirements: ["H05"] },
    ),
    accepts(
      "15.1.7",
      "Upgrade is a list",
      { upgrade: "Upgrade: h2c, websocket" },
      { section: "RFC 9110 §7.8", requirements: ["H04", "H28"] },
    ),
    accepts(
      "15.1.8",
      "Upgrade is a list, over several lines",
      { upgrade: ["Upgrade: foo/2", "Upgrade: websocket"] },
      { section: "RFC 9110 §7.8", requirements: ["H04"] },
    ),
    accepts(
      "15.1.9",
      "White space around values is not part of them",
      { key: "Sec-WebSocket-Key: \t {key} \t", version: "Sec-WebSocket-Version:13 ", upgrade: "Upgrade:\twebsocket" },
      { section: "RFC 9110 §5.5", requirements: ["H18"] },
    ),
    accepts("15.1.10", "An empty line before the request is skipped", ["\r\n", ...linesOf({})], {
      section: "RFC 9112 §2.2",
      severity: "recommended",
      requirements: ["H17"],
    }),
    accepts(
      "15.1.11",
      "Unknown fields are ignored, whatever they are called",
      { more: ["__proto__: x", "constructor: y", "X-Custom: \u00e9\u00ff", "toString: z"] },
      { section: "RFC 9110 §5.1", requirements: ["H18", "H21"] },
    ),
    accepts(
      "15.1.12",
      "A target in absolute form is accepted",
      { start: "GET http://{host}/ HTTP/1.1" },
      { section: "RFC 9112 §3.2.2", requirements: ["H19"] },
    ),
    accepts(
      "15.1.13",
      "A target with a query is accepted",
      { start: "GET /?a=b&c=%20 HTTP/1.1" },
      { section: "RFC 6455 §3" },
    ),
    accepts(
      "15.1.14",
      "Frames in the same write as the request are not lost",
      {},
      {
        section: "RFC 6455 §4.1",
        severity: "recommended",
        requirements: ["H22"],
        plan: { early: [text("early")] },
        steps: [send(text("hello"))],
        expect: answers({ text: "early" }, { text: "hello" }),
      },
    ),
    accepts(
      "15.1.15",
      "A Ping in the same write as the request gets a Pong",
      {},
      {
        section: "RFC 6455 §4.1",
        severity: "recommended",
        requirements: ["H22"],
        plan: { early: [ping("early")] },
        steps: [],
        expect: answers({ pong: "early" }),
      },
    ),
    accepts(
      "15.1.16",
      "A request with an Origin of null is accepted or rejected",
      { more: "Origin: null" },
      { severity: "informational", requirements: ["H13"] },
    ),
    accepts(
      "15.1.17",
      "The response to offered subprotocols selects one of them, or none",
      { more: "Sec-WebSocket-Protocol: x-unknown-1, x-unknown-2" },
      {
        plan: { subprotocols: ["x-unknown-1", "x-unknown-2"] },
        section: "RFC 6455 §4.2.2",
        requirements: ["H10", "H12"],
        alternatives: [
          {
            opening: { type: "refused", statuses: [400, 403, 426] },
            ending: { type: "ended" },
            verdict: "ok",
            because: "It rejects subprotocols that it does not know, which RFC 6455 §4.2.2 allows.",
          },
        ],
      },
    ),
    refuses("15.2.1", "A method other than GET is rejected", { start: "POST {path} HTTP/1.1" }, [405, 400, 404, 501], {
      requirements: ["H01"],
    }),
    refuses("15.2.2", "A method in lower case is rejected", { start: "get {path} HTTP/1.1" }, [405, 400, 404, 501], {
      section: "RFC 9110 §9.1",
      requirements: ["H01"],
    }),
    refuses("15.2.3", "HTTP/1.0 is rejected", { start: "GET {path} HTTP/1.0" }, [400, 426, 505], {
      requirements: ["H02"],
    }),
    refuses("15.2.4", "HTTP/2.0 in a request line is rejected", { start: "GET {path} HTTP/2.0" }, [400, 505], {
      section: "RFC 9112 §2.3",
      requirements: ["H02"],
    }),
    refuses("15.2.5", "An invalid request line is rejected", { start: "GET {path}" }, [400, 426, 505], {
      section: "RFC 9112 §3",
      requirements: ["H02"],
    }),
    refuses("15.2.6", "A request line with two spaces is rejected", { start: "GET  {path} HTTP/1.1" }, bad, {
      section: "RFC 9112 §3",
      severity: "recommended",
    }),
    refuses("15.2.7", "A target that is a star is rejected", { start: "GET * HTTP/1.1" }, bad, {
      section: "RFC 9112 §3.2.4",
      severity: "recommended",
      requirements: ["H19"],
    }),
    refuses("15.3.1", "A request without Host is rejected", { host: undefined }, bad, {
      section: "RFC 9112 §3.2",
      requirements: ["H03"],
    }),
    refuses("15.3.2", "A request with two Host fields is rejected", { host: ["Host: {host}", "Host: {host}"] }, bad, {
      section: "RFC 9112 §3.2",
      requirements: ["H03"],
    }),
    refuses("15.3.3", "A request with an invalid Host is rejected", { host: "Host: a b" }, bad, {
      section: "RFC 9112 §3.2",
      severity: "recommended",
      requirements: ["H03"],
    }),
    refuses("15.4.1", "A request without Upgrade is rejected", { upgrade: undefined }, [200, 204, 400, 404, 426], {
      requirements: ["H04"],
    }),
    refuses(
      "15.4.2",
      "A request to upgrade to something else is rejected",
      { upgrade: "Upgrade: h2c" },
      [200, 204, 400, 404, 426],
      { requirements: ["H04"] },
    ),
    refuses(
      "15.4.3",
      "A request to upgrade to websocket/13 is rejected",
      { upgrade: "Upgrade: websocket/13" },
      [200, 204, 400, 404, 426],
      { requirements: ["H04"], severity: "recommended" },
    ),
    refuses(
      "15.4.4",
      "A request whose Connection lacks upgrade is rejected",
      { connection: "Connection: keep-alive" },
      [200, 204, 400, 404, 426],
      { requirements: ["H05"] },
    ),
    refuses(
      "15.4.5",
      "A request without Connection is rejected",
      { connection: undefined },
      [200, 204, 400, 404, 426],
      {
        requirements: ["H05"],
      },
    ),
    refuses(
      "15.4.6",
      "A Connection that merely contains the word is rejected",
      { connection: "Connection: upgrade-insecure" },
      [200, 204, 400, 404, 426],
      { requirements: ["H05"] },
    ),
    refuses("15.5.1", "A request without Sec-WebSocket-Key is rejected", { key: undefined }, bad, {
      requirements: ["H06"],
    }),
    refuses("15.5.2", "An empty Sec-WebSocket-Key is rejected", { key: "Sec-WebSocket-Key:" }, bad, {
      requirements: ["H06"],
    }),
    refuses("15.5.3", "A Sec-WebSocket-Key that is too short is rejected", { key: "Sec-WebSocket-Key: YWJj" }, bad, {
      requirements: ["H06"],
    }),
    refuses(
      "15.5.4",
      "A Sec-WebSocket-Key that is too long is rejected",
      { key: "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZSBvZg==" },
      bad,
      { requirements: ["H06"] },
    ),
    refuses(
      "15.5.5",
      "A Sec-WebSocket-Key that is not base64 is rejected",
      { key: "Sec-WebSocket-Key: !!!!!!!!!!!!!!!!!!!!!!==" },
      bad,
      { requirements: ["H06"] },
    ),
    refuses(
      "15.5.6",
      "Two Sec-WebSocket-Key fields are rejected",
      { key: ["Sec-WebSocket-Key: {key}", "Sec-WebSocket-Key: {key}"] },
      bad,
      { section: "RFC 6455 §11.3.1", requirements: ["H06"] },
    ),
    refuses(
      "15.5.7",
      "A Sec-WebSocket-Key whose unused bits are not zero is rejected",
      { key: "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAB==" },
      bad,
      { section: "RFC 4648 §3.5", severity: "recommended", requirements: ["H06"] },
    ),
    ...[
      ["15.6.1", "A request without Sec-WebSocket-Version is rejected", undefined] as const,
      ["15.6.2", "Version 8 is rejected", "Sec-WebSocket-Version: 8"] as const,
      ["15.6.3", "Version 14 is rejected", "Sec-WebSocket-Version: 14"] as const,
      ["15.6.4", "Version 013 is rejected", "Sec-WebSocket-Version: 013"] as const,
      ["15.6.5", "Version +13 is rejected", "Sec-WebSocket-Version: +13"] as const,
      ["15.6.6", "A list of versions is rejected", "Sec-WebSocket-Version: 13, 8"] as const,
      ["15.6.7", "A version that is not a number is rejected", "Sec-WebSocket-Version: thirteen"] as const,
    ].map(([id, title, version]) =>
      refuses(id, title, { version }, upgradeRequired, {
        requirements: id === "15.6.1" || id === "15.6.2" || id === "15.6.3" ? ["H07"] : ["H08"],
      }),
    ),
    refuses(
      "15.6.8",
      "Two Sec-WebSocket-Version fields are rejected",
      { version: ["Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 13"] },
      upgradeRequired,
      { section: "RFC 6455 §11.3.5", severity: "recommended", requirements: ["H08"] },
    ),
    refuses(
      "15.6.9",
      "The response to a rejected version names a supported one",
      { version: "Sec-WebSocket-Version: 12" },
      [426, 400],
      {
        section: "RFC 6455 §4.4",
        requirements: ["H07"],
        expect: {
          opening: { type: "refused", statuses: [426, 400], fields: { "Sec-WebSocket-Version": "13" } },
          ending: { type: "ended" },
        },
      },
    ),
    refuses("15.7.1", "White space between a field name and the colon is rejected", { more: "X-Field : value" }, bad, {
      section: "RFC 9112 §5.1",
      requirements: ["H16"],
    }),
    refuses("15.7.2", "A folded line is rejected", { more: "X-Field: value\r\n folded" }, bad, {
      section: "RFC 9112 §5.2",
      severity: "recommended",
      requirements: ["H16"],
    }),
    refuses("15.7.3", "A line without a colon is rejected", { more: "X-Field" }, bad, {
      section: fields,
      requirements: ["H16"],
    }),
    refuses("15.7.4", "A field name that is not a token is rejected", { more: "X(Field): value" }, bad, {
      section: "RFC 9110 §5.1",
      requirements: ["H18"],
    }),
    refuses("15.7.5", "NUL in a value is rejected", { more: "X-Field: a\0b" }, bad, {
      section: "RFC 9110 §5.5",
      requirements: ["H18"],
    }),
    refuses("15.7.6", "A CR within a line is rejected", { more: "X-Field: a\rb" }, bad, {
      section: "RFC 9112 §2.2",
      requirements: ["H16"],
    }),
    refuses("15.7.7", "Lines that end with LF alone are accepted or rejected", linesOf({}, "\n"), bad, {
      section: "RFC 9112 §2.2",
      severity: "informational",
      requirements: ["H16"],
    }),
    refuses("15.7.8", "A body is rejected", { more: "Content-Length: 5" }, bad, {
      section: "RFC 6455 §4.1",
      severity: "recommended",
      requirements: ["H14"],
    }),
    refuses("15.7.9", "A chunked body is rejected", { more: "Transfer-Encoding: chunked" }, bad, {
      section: "RFC 6455 §4.1",
      severity: "recommended",
      requirements: ["H14"],
    }),
    refuses(
      "15.7.10",
      "A Content-Length beside a Transfer-Encoding is rejected",
      { more: ["Content-Length: 5", "Transfer-Encoding: chunked"] },
      bad,
      { section: "RFC 9112 §6.1", severity: "recommended", requirements: ["H15"] },
    ),
    refuses(
      "15.7.11",
      "Two different Content-Length fields are rejected",
      { more: ["Content-Length: 5", "Content-Length: 6"] },
      bad,
      { section: "RFC 9112 §6.3", requirements: ["H15"] },
    ),
    refuses("15.7.12", "An empty Sec-WebSocket-Protocol is rejected", { more: "Sec-WebSocket-Protocol:" }, bad, {
      section: "RFC 6455 §4.3",
      severity: "recommended",
      requirements: ["H10"],
    }),
    refuses("15.7.13", "A subprotocol that is not a token is rejected", { more: "Sec-WebSocket-Protocol: a b" }, bad, {
      section: "RFC 6455 §4.3",
      severity: "recommended",
      requirements: ["H10"],
    }),
    refuses(
      "15.7.14",
      "A subprotocol that is offered twice is rejected",
      { more: "Sec-WebSocket-Protocol: chat, chat" },
      bad,
      { section: "RFC 6455 §4.1", severity: "recommended", requirements: ["H10"] },
    ),
    refuses("15.8.1", "A field line of 1 MiB is rejected", { more: "X-Field: {x*1048576}" }, [400, 413, 414, 431], {
      section: "RFC 6585 §5",
      severity: "recommended",
      requirements: ["H20"],
    }),
    refuses("15.8.2", "Two thousand fields are rejected", { more: manyFields }, [400, 413, 431], {
      section: "RFC 6585 §5",
      severity: "recommended",
      requirements: ["H21"],
    }),
    refuses("15.8.3", "A target of 64 KiB is rejected", { start: "GET /{x*65536} HTTP/1.1" }, [400, 404, 414, 431], {
      section: "RFC 9110 §15.5.15",
      severity: "recommended",
      requirements: ["H20"],
    }),
    refuses(
      "15.8.4",
      "Bytes that are not HTTP are rejected",
      ["\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003", "\r\n\r\n"],
      bad,
      { section: "RFC 9112 §2.2" },
    ),
  ],
};
