/** The client driver of `websocket-driver`, which parses responses itself, with `http-parser-js`. */
import { createRequire } from "node:module";
import type { Difference, Peer } from "../../peer.ts";
import { chunksOf, type Stream } from "../../stream.ts";
import type { Verdict } from "../../verdict.ts";
import * as kinds from "../differences/kinds.ts";
import { anyNames, noLines, topBitDropped } from "../differences/of-http-parser-js.ts";
import * as lines from "../differences/of-lines.ts";
import * as request from "../differences/of-requests.ts";
import * as response from "../differences/of-responses.ts";
import * as terms from "../differences/of-terms.ts";
import * as unfinished from "../differences/of-unfinished.ts";
import * as head from "../head-edit.ts";
import { responses } from "../responses.ts";
import { accept, supported } from "../terms.ts";
import { openEventsOf, withoutParameters } from "../verdict.ts";

/** The part used here. */
interface Driver {
  readonly protocol: string | null;
  readonly _http: { readonly body: Uint8Array | undefined };
  _accept: string;
  on(name: "open", listener: () => void): void;
  on(name: "error", listener: (error: Error) => void): void;
  readonly _extensions: { readonly _sessions: readonly (readonly [{ readonly name: string }, object])[] };
  addExtension(extension: object): boolean;
  parse(chunk: Buffer): void;
  start(): boolean;
}

const require = createRequire(import.meta.url);
const permessageDeflate = require("permessage-deflate") as object;
const { client } = require("websocket-driver") as {
  client(url: string, options: { readonly protocols: readonly string[]; readonly maxLength: number }): Driver;
};

function judge(stream: Stream): Verdict {
  const driver = client("ws://example.com/", { protocols: supported, maxLength: 1024 });
  driver._accept = accept;
  if (stream.deflate) driver.addExtension(permessageDeflate);
  let received = 0;
  let verdict: Verdict | undefined;
  driver.on("open", () => {
    const extensions = driver._extensions._sessions.map(([{ name }]) => name).join(", ");
    const rest = stream.bytes.length - received + (driver._http.body?.length ?? 0);
    verdict ??= { events: openEventsOf(driver.protocol ?? undefined, extensions, rest), failed: undefined };
  });
  driver.on("error", ({ message }) => {
    verdict ??= { events: [], failed: "refused", because: message };
  });
  driver.start();
  for (const chunk of chunksOf(stream)) {
    received += chunk.length;
    driver.parse(chunk);
    if (verdict !== undefined) return verdict;
  }
  return { events: [], failed: undefined };
}

const bodyOf101 = (peer: string): Difference => ({
  name: `${peer} reads the bytes behind a 101 with a Content-Length as a body`,
  section: "RFC 9112 §6.3",
  applies: ({ stream, ours, theirs }) =>
    ours.failed === undefined &&
    theirs.failed === undefined &&
    head.eachHead(stream).some((each) => head.values(each, "Content-Length").length > 0),
  instead: ({ stream, theirs }) => ({ stream: request.withRestOf(stream, theirs) }),
});

const fieldsOfInterim = (peer: string): Difference => ({
  name: `${peer} reads the fields of interim responses in the same chunk as those of the response`,
  section: "RFC 9110 §15.2",
  applies: ({ stream, ours, theirs }) =>
    theirs.failed === undefined &&
    ours.code?.startsWith("opening/") === true &&
    head.lengthBefore(stream, Number.POSITIVE_INFINITY) > 0,
  instead: ({ stream }) => ({ stream: head.merged(stream) }),
});

const behindAnother = (peer: string): Difference => ({
  name: `${peer} reads the response behind a response without a body as the response`,
  section: "RFC 9112 §9.2",
  applies: ({ stream, ours, theirs }) =>
    ours.failed === "refused" &&
    ours.code === undefined &&
    theirs.failed === undefined &&
    /\n\r?\n(?:.*\n)?HTTP\//.test(head.textOf(stream)),
});

const differences: readonly Difference[] = [
  topBitDropped,
  response.moreInterimResponses,
  fieldsOfInterim,
  behindAnother,
  bodyOf101,
  lines.emptyLines,
  lines.bareLineFeed,
  lines.noLimits,
  lines.headOfAnyLength,
  request.otherVersion,
  response.noSpaceBehindStatus,
  response.controlsInReason,
  lines.controlsInValues,
  anyNames,
  noLines,
  response.emptySubprotocol,
  terms.emptyExtensions,
  terms.extensionsWithEmptyElements(/Invalid Sec-WebSocket-Extensions header/),
  kinds.rejects(
    "upgrade among other elements in Connection",
    "RFC 6455 §4.1",
    /'Connection' header value is not 'Upgrade'$/,
    (stream) => head.values(stream, "Connection").join().toLowerCase() !== "upgrade",
  ),
  response.interimResponse(
    / Unexpected response code: 1(?!01)\d\d$|'Upgrade' header value|'Connection' header value|Parse Error/,
  ),
  response.lengthsOf101(/ Parse Error$/),
  unfinished.judgedWhenWhole,
].map((difference) => difference("websocket-driver"));

export const websocketDriverClient: Peer = {
  name: "websocket-driver",
  subject: responses,
  differences,
  // It does not report the agreed parameters.
  reduceEvent: withoutParameters,
  reads: () => true,
  judge: (streams) => streams.map(judge),
};
