/** A server of `ws`: Node's HTTP parser, followed by the opening handshake of `ws`. */
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { Duplex } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { type WebSocket, WebSocketServer } from "ws";
import type { Difference, Peer } from "../../peer.ts";
import { chunksOf, type Stream } from "../../stream.ts";
import type { Verdict } from "../../verdict.ts";
import * as kinds from "../differences/kinds.ts";
import * as lines from "../differences/of-lines.ts";
import * as request from "../differences/of-requests.ts";
import * as terms from "../differences/of-terms.ts";
import * as unfinished from "../differences/of-unfinished.ts";
import * as head from "../head-edit.ts";
import { limits } from "../ours.ts";
import { requests } from "../requests.ts";
import { supported } from "../terms.ts";
import { openEventsOf } from "../verdict.ts";
import { MemorySocket } from "./memory-socket.ts";
import { extensionsOf } from "./ws-parameters.ts";

/** One server that supports permessage-deflate, and one that does not. */
const [plain, deflating] = [false, true].map(
  (perMessageDeflate) =>
    new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate,
      handleProtocols: (offered) => [...offered].find((each) => supported.includes(each)) ?? false,
    }),
) as [WebSocketServer, WebSocketServer];

/** What the handlers below record about the stream being delivered. */
interface Judged {
  verdict: Verdict | undefined;
  /** Bytes of the current chunk behind the head. */
  restOfChunk: number;
  deflate: boolean;
}

const judgedBySocket = new WeakMap<Duplex, Judged>();

const server: Server = createServer({ maxHeaderSize: limits.head, connectionsCheckingInterval: 0x7fff_ffff });
server.on("upgrade", (request: IncomingMessage, socket: Duplex, rest: Buffer) => {
  // Not `socket`: Node 26 puts a stream of its own before it while a body is being read.
  const judged = judgedBySocket.get(request.socket) as Judged;
  judged.restOfChunk = rest.length;
  (judged.deflate ? deflating : plain).handleUpgrade(request, socket, Buffer.alloc(0), (open: WebSocket) => {
    judged.verdict = { events: openEventsOf(open.protocol || undefined, extensionsOf(open), 0), failed: undefined };
    open.terminate();
  });
});
for (const behind of [plain, deflating]) {
  behind.on("wsClientError", ({ message }, _, { socket }) => {
    (judgedBySocket.get(socket) as Judged).verdict = { events: [], failed: "refused", because: message };
  });
}
server.on("request", ({ socket }, response) => {
  const judged = judgedBySocket.get(socket) as Judged;
  judged.verdict ??= { events: [], failed: "refused", because: "request" };
  response.end();
});
server.on("checkContinue", (request, response) => server.emit("request", request, response));
server.on("connect", ({ socket }) => {
  const judged = judgedBySocket.get(socket) as Judged;
  judged.verdict ??= { events: [], failed: "refused", because: "connect" };
});
server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
  const judged = judgedBySocket.get(socket) as Judged;
  judged.verdict ??= { events: [], failed: "refused", because: error.code };
});

function judge(stream: Stream): { socket: MemorySocket; verdict: Verdict } {
  const socket = new MemorySocket();
  const judged: Judged = { verdict: undefined, restOfChunk: 0, deflate: stream.deflate };
  judgedBySocket.set(socket, judged);
  server.emit("connection", socket);
  let received = 0;
  for (const chunk of chunksOf(stream)) {
    received += chunk.length;
    socket.deliver(chunk);
    if (judged.verdict !== undefined) break;
  }
  // Node does not emit an event for its own responses.
  if (socket.answer.startsWith("HTTP/1.1 4")) judged.verdict ??= { events: [], failed: "refused", because: "Node" };
  const { verdict, restOfChunk } = judged;
  if (verdict === undefined) return { socket, verdict: { events: [], failed: undefined } };
  if (verdict.failed === "refused") return { socket, verdict };
  const rest = stream.bytes.length - received + restOfChunk;
  return { socket, verdict: { ...verdict, events: [...verdict.events.slice(0, -1), `rest ${rest}`] } };
}

const badExtensions = /^Invalid or unacceptable Sec-WebSocket-Extensions header$/;

const differences: readonly Difference[] = [
  lines.emptyLines,
  lines.noLimits,
  lines.headOfAnyLength,
  request.nonCanonicalKey,
  request.otherVersion,
  request.anyHost,
  // Up to Node 24, the body of an Upgrade is not read; from Node 26 on it is.
  request.readBody(["opening/body-unexpected", "http/framing-ambiguous"]),
  lines.connectionOfOthers,
  request.severalOrigins,
  request.anyTarget,
  request.listOfProtocols(/^Invalid Upgrade header$/),
  lines.laterVersion(/^HPE_INVALID_VERSION$/),
  lines.tabsInConnection(/^(?:request|Node)$/),
  kinds.rejects(
    "tabs around Content-Length, and lists of lengths",
    "RFC 9112 §6.3",
    /^HPE_INVALID_CONTENT_LENGTH$/,
    (stream) => head.rawValues(stream, "Content-Length").some((value) => /[\t,]/.test(value)),
  ),
  kinds.rejects(
    "two equal Content-Length fields",
    "RFC 9112 §6.3",
    /^HPE_UNEXPECTED_CONTENT_LENGTH$/,
    (stream) => head.values(stream, "Content-Length").length > 1,
  ),
  kinds.rejects(
    "empty elements in a list of subprotocols",
    "RFC 9110 §5.6.1.2",
    /^Invalid Sec-WebSocket-Protocol header$/,
    (stream) => head.elements(head.values(stream, "Sec-WebSocket-Protocol")).includes(""),
  ),
  terms.extensionsWithEmptyElements(badExtensions),
  kinds.rejects("white space around the = of a parameter", "RFC 6455 §9.1", badExtensions, (stream) =>
    head.values(stream, "Sec-WebSocket-Extensions").some((value) => /[ \t]=|=[ \t]/.test(value)),
  ),
  kinds.rejects("a connection for an offer that it could decline", "RFC 7692 §7.1", badExtensions, (stream) =>
    head.elements(head.values(stream, "Sec-WebSocket-Extensions")).some(terms.isToBeDeclined),
  ),
  kinds.accepts(
    "any spelling of 13 and 8 as a version",
    "RFC 6455 §4.3",
    ["opening/version-unsupported"],
    ({ stream }) => head.withField(stream, "Sec-WebSocket-Version", "13"),
    ({ stream }) => [13, 8].includes(Number(head.values(stream, "Sec-WebSocket-Version").join())),
  ),
  kinds.accepts(
    "several spaces between the parts of a request line",
    "RFC 9112 §3",
    ["http/request-target", "http/version"],
    ({ stream }) => head.withStartLine(stream, (line) => line.replace(/ +/g, " ")),
    ({ stream }) => / {2}/.test(head.startLine(stream)),
  ),
  kinds.accepts(
    "a request line without a version",
    "RFC 9112 §3",
    ["http/request-target", "http/bare-line-feed"],
    ({ stream }) => head.withStartLine(stream, (line) => line.replace(/\r?\n/, " HTTP/1.1\r\n")),
    ({ stream, ours }) => head.isStartLine(stream, ours.offset) && /^\S+ \S+$/.test(head.startLine(stream)),
  ),
  lines.otherProtocols,
  terms.malformedExtensionsUnread,
  terms.leadingZeroes,
  unfinished.neverRight,
].map((difference) => difference("ws"));

export const wsServer: Peer = {
  name: "ws",
  subject: requests,
  differences,
  reads: () => true,
  judge: async (streams) => {
    const judged = streams.map(judge);
    for (const { socket } of judged) socket.destroy();
    // Closed sockets are cleaned up in the next turn.
    await setImmediate();
    return judged.map(({ verdict }) => verdict);
  },
};
