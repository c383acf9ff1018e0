/** Chapter 16: the checks of the opening handshake that a client must make (RFC 6455 §4.1). */
import type { Chapter, ConformanceCase, Piece } from "../case.ts";
import { answers, close, closes, define, ping, send, text } from "./write.ts";

const section = "RFC 6455 §4.1";

const good = {
  start: "HTTP/1.1 101 Switching Protocols",
  upgrade: "Upgrade: websocket",
  connection: "Connection: Upgrade",
  accept: "Sec-WebSocket-Accept: {accept}",
} as const;
type Change = { readonly [Name in keyof typeof good | "more"]?: string | readonly string[] | undefined };

function linesOf(change: Change): readonly string[] {
  const lines = Object.entries({ ...good, more: undefined, ...change }).flatMap(([, line]) => line ?? []);
  return [...lines, ""].map((line) => `${line}\r\n`);
}

/** A message that a client echoes if it treats the connection as open. */
const bait: readonly Piece[] = [text("Do you take this for open?")];

/** The client closes the connection, and does not treat it as open. */
function fails(
  id: string,
  title: string,
  lines: Change | readonly string[],
  extra: Partial<ConformanceCase> & { after?: "bait" | "end" } = {},
): ConformanceCase {
  const { after = "bait", ...rest } = extra;
  return define(id, section, {
    role: "client",
    opening: {
      lines: isLines(lines) ? lines : linesOf(lines),
      ...(after === "bait" ? { early: bait } : { end: true }),
    },
    steps: [],
    expect: { opening: { type: "failed" }, ending: { type: "ended" } },
    ...rest,
    title,
  });
}

function opens(
  id: string,
  title: string,
  lines: Change | readonly string[],
  extra: Partial<ConformanceCase> = {},
): ConformanceCase {
  return define(id, section, {
    role: "client",
    opening: { lines: isLines(lines) ? lines : linesOf(lines) },
    steps: [send(text("hello"))],
    expect: answers({ text: "hello" }),
    ...extra,
    title,
  });
}

function isLines(lines: Change | readonly string[]): lines is readonly string[] {
  return Array.isArray(lines);
}

/** A response that is not an upgrade, with a body of two bytes. */
function answer(status: string, ...more: string[]): readonly string[] {
  return [
    `HTTP/1.1 ${status}\r\n`,
    "Content-Length: 2\r\n",
    "Connection: close\r\n",
    ...more.map((line) => `${line}\r\n`),
    "\r\n",
    "no",
  ];
}

const noBait = { after: "end" } as const;

export const openingOfClients: Chapter = {
  number: 16,
  title: "Opening handshake of a client",
  cases: [
    opens("16.1.1", "A valid response opens the connection", {}, { requirements: ["C05"] }),
    opens(
      "16.1.2",
      "A valid response opens the connection, byte by byte",
      {},
      { opening: { lines: linesOf({}), chop: 1 } },
    ),
    opens(
      "16.1.3",
      "Names and Upgrade and Connection are compared without regard to case",
      { upgrade: "UPGRADE: WebSocket", connection: "connection: uPGRADE", accept: "sec-websocket-accept: {accept}" },
      { requirements: ["C03", "C04"] },
    ),
    opens(
      "16.1.4",
      "Connection is a list",
      { connection: "Connection: keep-alive, Upgrade" },
      { requirements: ["C04"] },
    ),
    opens(
      "16.1.5",
      "White space around values is not part of them",
      { accept: "Sec-WebSocket-Accept:\t {accept} \t" },
      { section: "RFC 9110 §5.5", requirements: ["C05"] },
    ),
    opens(
      "16.1.6",
      "An interim response before the 101 is skipped",
      ["HTTP/1.1 100 Continue\r\n\r\n", ...linesOf({})],
      { section: "RFC 9110 §15.2", requirements: ["C02"] },
    ),
    opens(
      "16.1.7",
      "Early Hints before the 101 are skipped",
      ["HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n", ...linesOf({})],
      { section: "RFC 9110 §15.2", requirements: ["C02"] },
    ),
    opens(
      "16.1.8",
      "Another reason phrase, or none, is accepted",
      { start: "HTTP/1.1 101 " },
      { section: "RFC 9112 §4" },
    ),
    opens(
      "16.1.9",
      "Unknown fields are ignored",
      { more: ["Server: x", "__proto__: y", "Set-Cookie: a=b", "Date: Thu, 01 Jan 1970 00:00:00 GMT"] },
      { section: "RFC 9110 §5.1" },
    ),
    opens(
      "16.1.10",
      "A message in the same write as the response is not lost",
      {},
      {
        requirements: ["C13"],
        opening: { lines: linesOf({}), early: [text("early")] },
        expect: answers({ text: "early" }, { text: "hello" }),
      },
    ),
    opens(
      "16.1.11",
      "A Ping in the same write as the response gets a Pong",
      {},
      {
        requirements: ["C13"],
        opening: { lines: linesOf({}), early: [ping("early")] },
        steps: [],
        expect: answers({ pong: "early" }),
      },
    ),
    opens(
      "16.1.12",
      "A Close frame in the same write as the response gets a Close frame in return",
      {},
      {
        requirements: ["C13"],
        opening: { lines: linesOf({}), early: [close(1000)] },
        steps: [],
        expect: closes([1000, null]),
      },
    ),
    opens(
      "16.1.13",
      "A 101 with a Content-Length still has no body",
      { more: "Content-Length: 5" },
      { section: "RFC 9110 §8.6", severity: "informational" },
    ),
    fails(
      "16.2.1",
      "A Sec-WebSocket-Accept that does not match the key fails the connection",
      { accept: "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" },
      { requirements: ["C05"] },
    ),
    fails(
      "16.2.2",
      "A 101 without Sec-WebSocket-Accept fails the connection",
      { accept: undefined },
      { requirements: ["C05"] },
    ),
    fails(
      "16.2.3",
      "An empty Sec-WebSocket-Accept fails the connection",
      { accept: "Sec-WebSocket-Accept:" },
      { requirements: ["C05"] },
    ),
    fails(
      "16.2.4",
      "Two Sec-WebSocket-Accept fields fail the connection",
      { accept: ["Sec-WebSocket-Accept: {accept}", "Sec-WebSocket-Accept: {accept}"] },
      { section: "RFC 6455 §11.3.3", requirements: ["C05"] },
    ),
    fails(
      "16.2.5",
      "A Sec-WebSocket-Accept with additional text fails the connection",
      { accept: "Sec-WebSocket-Accept: {accept}x" },
      { requirements: ["C05"] },
    ),
    fails("16.3.1", "A 101 without Upgrade fails the connection", { upgrade: undefined }, { requirements: ["C03"] }),
    fails(
      "16.3.2",
      "A 101 that upgrades to something else fails the connection",
      { upgrade: "Upgrade: h2c" },
      { requirements: ["C03"] },
    ),
    fails(
      "16.3.3",
      "A 101 without Connection fails the connection",
      { connection: undefined },
      { requirements: ["C04"] },
    ),
    fails(
      "16.3.4",
      "A 101 whose Connection lacks upgrade fails the connection",
      { connection: "Connection: keep-alive" },
      { requirements: ["C04"] },
    ),
    fails(
      "16.3.5",
      "A Connection that merely contains the word fails the connection",
      { connection: "Connection: upgrade-insecure" },
      { requirements: ["C04"] },
    ),
    fails(
      "16.4.1",
      "A subprotocol that was not offered fails the connection",
      { more: "Sec-WebSocket-Protocol: x-not-offered" },
      { requirements: ["C06"] },
    ),
    fails(
      "16.4.2",
      "An extension that was not offered fails the connection",
      { more: "Sec-WebSocket-Extensions: x-not-offered" },
      { requirements: ["C07"] },
    ),
    fails(
      "16.4.3",
      "permessage-deflate with an unknown parameter fails the connection",
      { more: "Sec-WebSocket-Extensions: permessage-deflate; x-unknown" },
      { section: "RFC 7692 §7.1", requirements: ["C07", "E05"] },
    ),
    fails(
      "16.4.4",
      "permessage-deflate with a window of 99 bits fails the connection",
      { more: "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=99" },
      { section: "RFC 7692 §7.1.2.1", requirements: ["C07", "E05", "E07"] },
    ),
    fails(
      "16.4.5",
      "permessage-deflate with a window without a value fails the connection",
      { more: "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits" },
      { section: "RFC 7692 §7.1.2.1", requirements: ["E05", "E08"] },
    ),
    fails(
      "16.4.6",
      "permessage-deflate with a client's window without a value fails the connection",
      { more: "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits" },
      { section: "RFC 7692 §7.1.2.2", requirements: ["E05", "E09"] },
    ),
    fails(
      "16.4.7",
      "permessage-deflate with the same parameter twice fails the connection",
      { more: "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; server_no_context_takeover" },
      { section: "RFC 7692 §7.1", requirements: ["E05"] },
    ),
    fails(
      "16.4.8",
      "permessage-deflate agreed twice fails the connection",
      { more: "Sec-WebSocket-Extensions: permessage-deflate, permessage-deflate" },
      { section: "RFC 6455 §9.1", requirements: ["C07", "E32"] },
    ),
    fails(
      "16.4.9",
      "A Sec-WebSocket-Extensions that breaks the grammar fails the connection",
      { more: "Sec-WebSocket-Extensions: permessage-deflate; =" },
      { section: "RFC 6455 §9.1", requirements: ["E01"] },
    ),
    fails(
      "16.4.10",
      "A no_context_takeover with a value fails the connection",
      { more: "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover=1" },
      { section: "RFC 7692 §7.1.1.1", requirements: ["E06"] },
    ),
    fails("16.5.1", "200 is not an open connection", answer("200 OK"), { ...noBait, requirements: ["C01"] }),
    fails("16.5.2", "401 is not an open connection", answer("401 Unauthorized", 'WWW-Authenticate: Basic realm="x"'), {
      ...noBait,
      requirements: ["C01"],
    }),
    fails(
      "16.5.3",
      "302 is not an open connection, whether the redirect is followed or not",
      answer("302 Found", "Location: /elsewhere"),
      { ...noBait, requirements: ["C15"] },
    ),
    fails("16.5.4", "403 is not an open connection", answer("403 Forbidden"), { ...noBait, requirements: ["C01"] }),
    fails("16.5.5", "500 is not an open connection", answer("500 Internal Server Error"), {
      ...noBait,
      requirements: ["C01"],
    }),
    fails(
      "16.5.6",
      "200 is not an open connection, even with all the fields of a 101",
      { start: "HTTP/1.1 200 OK" },
      {
        requirements: ["C01"],
        opening: { lines: linesOf({ start: "HTTP/1.1 200 OK" }), early: bait, end: true },
      },
    ),
    fails("16.6.1", "An invalid status line fails the connection", { start: "HELLO" }, { section: "RFC 9112 §4" }),
    fails(
      "16.6.2",
      "White space between a field name and the colon fails the connection",
      { more: "X-Field : value" },
      { section: "RFC 9112 §5.1", severity: "recommended" },
    ),
    fails(
      "16.6.3",
      "A head of 1 MiB fails the connection",
      { more: "X-Field: {x*1048576}" },
      { section: "RFC 6455 §10.4", severity: "recommended" },
    ),
    fails("16.6.4", "A transport that ends before the response is a failure", [], {
      ...noBait,
      severity: "informational",
      section: "RFC 6455 §4.1",
    }),
  ],
};
