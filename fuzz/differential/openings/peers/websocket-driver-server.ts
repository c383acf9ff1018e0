/** The server driver of `websocket-driver`, which parses requests itself, with `http-parser-js`. */
import { createRequire } from "node:module";
import type { Difference, Peer } from "../../peer.ts";
import { chunksOf, type Stream } from "../../stream.ts";
import type { Verdict } from "../../verdict.ts";
import * as kinds from "../differences/kinds.ts";
import { anyNames, noLines, quotedValues, topBitDropped } from "../differences/of-http-parser-js.ts";
import * as lines from "../differences/of-lines.ts";
import * as request from "../differences/of-requests.ts";
import * as terms from "../differences/of-terms.ts";
import * as unfinished from "../differences/of-unfinished.ts";
import * as head from "../head-edit.ts";
import { requests } from "../requests.ts";
import { supported } from "../terms.ts";
import { openEventsOf } from "../verdict.ts";

/** The part used here. */
interface Driver {
  readonly body: Uint8Array | undefined;
  readonly io: { on(name: "data", listener: (bytes: Buffer) => void): void };
  on(name: "error", listener: () => void): void;
  addExtension(extension: object): boolean;
  parse(chunk: Buffer): void;
  start(): boolean;
}

const require = createRequire(import.meta.url);
const permessageDeflate = require("permessage-deflate") as object;
const { server } = require("websocket-driver") as {
  server(options: { readonly protocols: readonly string[]; readonly maxLength: number }): Driver;
};

function judge(stream: Stream): Verdict {
  const driver = server({ protocols: supported, maxLength: 1024 });
  if (stream.deflate) driver.addExtension(permessageDeflate);
  let received = 0;
  let verdict: Verdict | undefined;
  driver.io.on("data", (bytes) => {
    const response = bytes.toString("latin1");
    if (!response.startsWith("HTTP/1.1 101 ")) {
      verdict ??= { events: [], failed: "refused", because: response.slice(response.indexOf("\r\n\r\n") + 4) };
      return;
    }
    const rest = stream.bytes.length - received + (driver.body?.length ?? 0);
    verdict ??= {
      events: openEventsOf(
        valueOfField(response, "Protocol"),
        sorted(valueOfField(response, "Extensions") ?? ""),
        rest,
      ),
      failed: undefined,
    };
  });
  driver.on("error", () => undefined);
  // As soon as the request has arrived.
  driver.start();
  for (const chunk of chunksOf(stream)) {
    received += chunk.length;
    try {
      driver.parse(chunk);
    } catch (error) {
      // Frames behind the request in the same chunk may make it throw once it is open.
      verdict ??= { events: [], failed: "refused", because: String(error) };
    }
    if (verdict !== undefined) return verdict;
  }
  return { events: [], failed: undefined };
}

/** Sorts extensions with their parameters alphabetically. */
const sorted = (extensions: string): string =>
  extensions
    .split(", ")
    .map((extension) => {
      const [name, ...parameters] = extension.split("; ");
      return [name, ...parameters.sort()].join("; ");
    })
    .join(", ");

/** Returns the value of a Sec-WebSocket field of the response. */
const valueOfField = (response: string, name: string): string | undefined =>
  new RegExp(`\r\nSec-WebSocket-${name}: (.*)\r\n`).exec(response)?.[1];

const listOfLengths = (peer: string): Difference => ({
  name: `${peer} accepts a list of zeros in Content-Length, and reads the bytes behind the head as a body`,
  section: "RFC 9112 §6.3",
  applies: ({ stream, ours, theirs }) =>
    ours.failed === undefined &&
    theirs.failed === undefined &&
    head.values(stream, "Content-Length").some((value) => value.includes(",")),
  instead: ({ stream, theirs }) => ({ stream: request.withRestOf(stream, theirs) }),
});

const field = "Sec-WebSocket-Extensions";
const largestWindow = /; *server_max_window_bits *= *"?15"?(?= *(?:[;,]|$))/g;

const unansweredWindow = (peer: string): Difference => ({
  name: `${peer} accepts an offer with server_max_window_bits=15 without the parameter in its response`,
  section: "RFC 7692 §7.1.2.1",
  applies: ({ stream, ours, theirs }) =>
    ours.failed === undefined &&
    theirs.failed === undefined &&
    stream.deflate &&
    head.values(stream, field).join().search(largestWindow) >= 0,
  instead: ({ stream }) => ({
    stream: head.withField(
      stream,
      field,
      ...head.values(stream, field).map((value) => value.replace(largestWindow, "")),
    ),
  }),
});

const tabsInSubprotocols = (peer: string): Difference => ({
  name: `${peer} reads a tab beside a subprotocol as part of it`,
  section: "RFC 9110 §5.6.3",
  applies: ({ stream, ours, theirs }) =>
    ours.failed === undefined &&
    theirs.failed === undefined &&
    head.values(stream, "Sec-WebSocket-Protocol").some((value) => value.includes("\t")),
  instead: ({ stream }) => {
    const known = head.values(stream, "Sec-WebSocket-Protocol").flatMap((value) => value.split(/ *, */));
    const clean = known.filter((each) => each !== "" && !each.includes("\t"));
    return { stream: head.withField(stream, "Sec-WebSocket-Protocol", ...(clean.length === 0 ? [] : [clean.join()])) };
  },
});

const differences: readonly Difference[] = [
  topBitDropped,
  unansweredWindow,
  tabsInSubprotocols,
  listOfLengths,
  lines.emptyLines,
  lines.bareLineFeed,
  lines.noLimits,
  lines.headOfAnyLength,
  request.anyKey,
  request.otherVersion,
  request.anyHost,
  request.readBody(["opening/body-unexpected", "http/framing-ambiguous", "http/content-length"]),
  lines.connectionOfOthers,
  request.severalOrigins,
  request.anyTarget,
  lines.foldedLine,
  request.listOfProtocols(/^Not a WebSocket request$/),
  anyNames,
  noLines,
  lines.controlsInValues,
  terms.anySubprotocols,
  terms.emptyExtensions,
  quotedValues,
  terms.extensionsWithEmptyElements(/Invalid Sec-WebSocket-Extensions header/),
  lines.tabsInConnection(/^Not a WebSocket request$/),
  kinds.rejects(
    "Content-Length beside a list of lengths",
    "RFC 9112 §6.3",
    /^Not a WebSocket request$/,
    (stream) =>
      head.values(stream, "Content-Length").length > 1 &&
      head.elements(head.values(stream, "Content-Length")).length > 2,
  ),
  unfinished.judgedWhenWhole,
  unfinished.neverRight,
].map((difference) => difference("websocket-driver"));

export const websocketDriverServer: Peer = {
  name: "websocket-driver",
  subject: requests,
  differences,
  reads: () => true,
  judge: (streams) => streams.map(judge),
};
