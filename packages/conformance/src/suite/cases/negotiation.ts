/** Chapter 17: a server's response to offers of extensions (RFC 6455 §9.1, RFC 7692 §5, §7.1). */
import type { Chapter, ConformanceCase } from "../case.ts";
import { answers, compressed, define, send, text } from "./write.ts";

const section = "RFC 7692 §7.1";

const request = [
  "GET {path} HTTP/1.1",
  "Host: {host}",
  "Upgrade: websocket",
  "Connection: Upgrade",
  "Sec-WebSocket-Key: {key}",
  "Sec-WebSocket-Version: 13",
];

function linesOf(offers: readonly string[]): readonly string[] {
  const fields = offers.map((offer) => `Sec-WebSocket-Extensions: ${offer}`);
  return [...request, ...fields, ""].map((line) => `${line}\r\n`);
}

/** The server opens the connection, and responds with one of these extensions, or with none if it does not compress. */
function offers(
  id: string,
  title: string,
  lines: readonly string[],
  right: readonly string[],
  extra: Partial<ConformanceCase> = {},
): ConformanceCase {
  return define(id, section, {
    role: "server",
    opening: { lines: linesOf(lines) },
    steps: [send(text("hello"))],
    expect: { ...answers({ text: "hello" }), opening: { type: "open", extensions: right } },
    ...extra,
    title,
  });
}

const none = "";
const plain = "permessage-deflate";
const serverAlone = "permessage-deflate; server_no_context_takeover";
const both = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
const clientAlone = "permessage-deflate; client_no_context_takeover";
const reordered = "permessage-deflate; client_no_context_takeover; server_no_context_takeover";

/** Parameters that a server may add to those requested. */
const anyPlain = [none, plain, serverAlone, clientAlone, both, reordered];

/** An offer that a server must decline: it opens the connection without compression. */
function declines(id: string, offer: string, requirements: readonly string[], where = section): ConformanceCase {
  return offers(id, `The offer "${offer}" is declined`, [offer], [none], {
    section: where,
    requirements,
    alternatives: [
      {
        opening: { type: "refused", statuses: [400] },
        ending: { type: "ended" },
        verdict: "non-strict",
        because: "It rejects the request, although only the offer should be declined.",
      },
    ],
  });
}

function windows(most: number): readonly string[] {
  const values = Array.from({ length: most - 7 }, (_, index) => 8 + index);
  return [none, ...values.flatMap((bits) => anyPlain.slice(1).flatMap((known) => withWindow(known, bits)))];
}

/** At any position among the parameters. */
function withWindow(parameters: string, bits: number): readonly string[] {
  const parts = parameters.split("; ");
  const window = `server_max_window_bits=${bits}`;
  return parts.map((_, index) => [...parts.slice(0, index + 1), window, ...parts.slice(index + 1)].join("; "));
}

export const negotiation: Chapter = {
  number: 17,
  title: "Negotiation of extensions",
  cases: [
    offers("17.1.1", "An extension that the server does not know is declined", ["x-unknown; a=b"], [none], {
      section: "RFC 6455 §9.1",
    }),
    offers("17.1.2", "permessage-deflate is accepted, or declined", [plain], anyPlain, { section: "RFC 7692 §7" }),
    offers("17.1.3", "A known extension is found behind an unknown one", [`x-unknown, ${plain}`], anyPlain, {
      section: "RFC 6455 §9.1",
      requirements: ["E03"],
    }),
    offers("17.1.4", "Offers may be in several fields", ["x-unknown", plain], anyPlain, {
      section: "RFC 6455 §9.1",
      requirements: ["E01"],
    }),
    offers("17.1.5", "Empty elements of a list are skipped", [`, ,${plain},,`], anyPlain, {
      section: "RFC 9110 §5.6.1",
      severity: "recommended",
      requirements: ["E01"],
    }),
    offers(
      "17.1.6",
      "White space may surround separators",
      ["permessage-deflate ; \t client_no_context_takeover"],
      anyPlain,
      { section: "RFC 6455 §9.1", requirements: ["E01"] },
    ),
    offers("17.1.7", "A value may be quoted", ['permessage-deflate; server_max_window_bits="15"'], windows(15), {
      section: "RFC 6455 §9.1",
      requirements: ["E01"],
    }),
    offers(
      "17.1.8",
      "Names of extensions that are names of JavaScript properties are harmless",
      [`constructor; __proto__=x, toString, ${plain}`],
      anyPlain,
      { requirements: ["E02"] },
    ),
    offers(
      "17.2.1",
      "server_no_context_takeover is accepted by repeating it",
      [serverAlone],
      [none, serverAlone, both, reordered],
      { section: "RFC 7692 §7.1.1.1", requirements: ["E13"] },
    ),
    offers("17.2.2", "client_no_context_takeover may be repeated, or not", [clientAlone], anyPlain, {
      section: "RFC 7692 §7.1.1.2",
      requirements: ["E11"],
    }),
    ...[9, 12, 15].map((bits, index) =>
      offers(
        `17.2.${3 + index}`,
        `server_max_window_bits=${bits} is accepted with ${bits} or less`,
        [`${plain}; server_max_window_bits=${bits}`],
        windows(bits),
        { section: "RFC 7692 §7.1.2.1", requirements: ["E12"] },
      ),
    ),
    offers(
      "17.2.6",
      "The second of two offers is accepted if the first one is invalid",
      [`permessage-deflate; server_max_window_bits=7, ${plain}`],
      anyPlain,
      { section: "RFC 7692 §5.1", requirements: ["E03"] },
    ),
    offers(
      "17.2.7",
      "The second of two offers is accepted if the first one is unknown",
      [`permessage-deflate; x-unknown, ${clientAlone}`],
      anyPlain,
      { section: "RFC 7692 §5.1", requirements: ["E03", "E04"] },
    ),
    declines("17.3.1", "permessage-deflate; x-unknown", ["E04"]),
    declines("17.3.2", "permessage-deflate; server_no_context_takeover; server_no_context_takeover", ["E04"]),
    declines("17.3.3", "permessage-deflate; server_no_context_takeover=1", ["E06"], "RFC 7692 §7.1.1.1"),
    declines("17.3.4", "permessage-deflate; client_no_context_takeover=true", ["E06"], "RFC 7692 §7.1.1.2"),
    declines("17.3.5", "permessage-deflate; server_max_window_bits", ["E08"], "RFC 7692 §7.1.2.1"),
    ...["7", "16", "08", "1e1", "+9", "0x9", "9.0"].map((value, index) =>
      declines(
        `17.3.${6 + index}`,
        `permessage-deflate; server_max_window_bits=${value}`,
        ["E07"],
        "RFC 7692 §7.1.2.1",
      ),
    ),
    ...["7", "16", "015"].map((value, index) =>
      declines(
        `17.3.${13 + index}`,
        `permessage-deflate; client_max_window_bits=${value}`,
        ["E07"],
        "RFC 7692 §7.1.2.2",
      ),
    ),
    declines("17.3.16", "permessage-deflatex", ["E01"], "RFC 6455 §9.1"),
    define("17.4.1", section, {
      title: "The agreed extension is used: compressed messages are echoed",
      role: "server",
      requirements: ["E19"],
      opening: { deflate: { clientNoContextTakeover: true, serverNoContextTakeover: true } },
      steps: [{ exchange: compressed("text", { json: 1000 }), times: 3 }],
      expect: answers({ text: { json: 1000 }, times: 3 }),
    }),
    offers(
      "17.4.2",
      "A Sec-WebSocket-Extensions that breaks the grammar is rejected, or declined",
      ["permessage-deflate; ="],
      [none],
      {
        section: "RFC 6455 §9.1",
        requirements: ["E01"],
        alternatives: [
          {
            opening: { type: "refused", statuses: [400] },
            ending: { type: "ended" },
            verdict: "ok",
            because: "It rejects the request, as RFC 6455 §9.1 demands.",
          },
        ],
      },
    ),
  ],
};
