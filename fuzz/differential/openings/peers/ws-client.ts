/** A client of `ws`: Node's HTTP parser, followed by the checks of `ws`. */
import type { ClientRequest, IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { setImmediate } from "node:timers/promises";
import { WebSocket } from "ws";
import type { Difference, Peer } from "../../peer.ts";
import { chunksOf, type Stream } from "../../stream.ts";
import type { Verdict } from "../../verdict.ts";
import * as kinds from "../differences/kinds.ts";
import * as lines from "../differences/of-lines.ts";
import * as request from "../differences/of-requests.ts";
import * as response from "../differences/of-responses.ts";
import * as terms from "../differences/of-terms.ts";
import * as unfinished from "../differences/of-unfinished.ts";
import * as head from "../head-edit.ts";
import { limits } from "../ours.ts";
import { responses } from "../responses.ts";
import { accept, acceptOf, supported } from "../terms.ts";
import { openEventsOf } from "../verdict.ts";
import { MemorySocket } from "./memory-socket.ts";
import { extensionsOf } from "./ws-parameters.ts";

/** A client waiting for a response, and its verdict. */
class OpeningAttempt {
  readonly #stream: Stream;
  readonly #socket = new MemorySocket();
  #key = "";
  #received = 0;
  #verdict: Verdict | undefined;
  #restOfChunk: number | undefined;

  constructor(stream: Stream) {
    this.#stream = stream;
    const client = new WebSocket("ws://example.com/", [...supported], {
      perMessageDeflate: stream.deflate,
      maxHeaderSize: limits.head,
      createConnection: () => this.#socket as unknown as Socket,
      finishRequest: (request) => this.#start(request),
    });
    client.on("open", () => {
      const rest = stream.bytes.length - this.#received + (this.#restOfChunk ?? 0);
      const events = openEventsOf(client.protocol || undefined, extensionsOf(client), rest);
      this.#verdict ??= { events, failed: undefined };
    });
    client.on("error", (error: NodeJS.ErrnoException) => this.#refuse(error.code ?? error.message));
  }

  #start(request: ClientRequest): void {
    this.#key = String(request.getHeader("Sec-WebSocket-Key"));
    request.prependListener("upgrade", (_response: IncomingMessage, _socket: Socket, rest: Buffer) => {
      this.#restOfChunk = rest.length;
    });
    request.prependListener("response", ({ statusCode }: IncomingMessage) => this.#refuse(`status ${statusCode}`));
    request.end();
  }

  #refuse(because: string): void {
    this.#verdict ??= { events: [], failed: "refused", because };
  }

  /** Delivers the response until the verdict is known. */
  deliver(): void {
    // The client has a key of its own, so replace the Sec-WebSocket-Accept accordingly.
    const text = head.textOf(this.#stream).replaceAll(accept, acceptOf(this.#key));
    for (const chunk of chunksOf({ ...this.#stream, bytes: Buffer.from(text, "latin1") })) {
      if (this.#verdict !== undefined || this.#restOfChunk !== undefined) return;
      this.#received += chunk.length;
      this.#socket.deliver(chunk);
    }
  }

  /** Returns the verdict. Call a turn of the event loop later. */
  take(): Verdict {
    const verdict = this.#verdict ?? { events: [], failed: undefined };
    this.#refuse("over");
    this.#socket.destroy();
    return verdict;
  }
}

const differences: readonly Difference[] = [
  lines.emptyLines,
  lines.noLimits,
  lines.headOfAnyLength,
  response.moreInterimResponses,
  request.otherVersion,
  lines.otherProtocols,
  response.noSpaceBehindStatus,
  response.controlsInReason,
  lines.connectionOfOthers,
  terms.leadingZeroes,
  kinds.accepts(
    "several responses of permessage-deflate, and uses the first",
    "RFC 6455 §9.1",
    ["opening/extensions-repeated", "opening/extension-repeated"],
    ({ stream }) =>
      head.withField(
        stream,
        "Sec-WebSocket-Extensions",
        ...head.elements(head.values(stream, "Sec-WebSocket-Extensions")).slice(0, 1),
      ),
  ),
  response.noSubprotocol(/^Server sent no subprotocol$/),
  lines.tabsInConnection(/^status 101$/),
  response.lengthsOf101(/^HPE_(?:INVALID_CONTENT_LENGTH|UNEXPECTED_CONTENT_LENGTH|INVALID_TRANSFER_ENCODING)$/),
  lines.laterVersion(/^HPE_INVALID_VERSION$/),
  response.foldedResponse(/^HPE_INVALID_HEADER_TOKEN$/),
  terms.extensionsWithEmptyElements(/^Invalid Sec-WebSocket-Extensions header$/),
  kinds.rejects(
    "bytes after an interim response of HTTP/1.0",
    "RFC 9110 §15.2",
    /^HPE_CLOSED_CONNECTION$/,
    (_, { stream }) => /HTTP\/1\.0 1(?!01)\d\d/.test(head.textOf(stream)),
  ),
  unfinished.neverRight,
].map((difference) => difference("ws"));

export const wsClient: Peer = {
  name: "ws",
  subject: responses,
  differences,
  reads: () => true,
  judge: async (streams) => {
    const asking = streams.map((stream) => new OpeningAttempt(stream));
    await setImmediate();
    for (const each of asking) each.deliver();
    await setImmediate();
    const verdicts = asking.map((each) => each.take());
    await setImmediate();
    return verdicts;
  },
};
