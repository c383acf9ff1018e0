/** hybi's verdict on the head that opens a connection: as a server on a request, as a client on a response. */
import type { ConnectionOptions, OpenEvent, ViolationCode } from "@hybi/core";
import { ClientHandshake, type OpeningRequest, ServerHandshake } from "@hybi/core/opening";
import { permessageDeflate } from "@hybi/permessage-deflate";
import { chunksOf, type Stream } from "../stream.ts";
import type { OurVerdict } from "../verdict.ts";
import { nonce, supported } from "./terms.ts";
import { openEvents } from "./verdict.ts";

/** Small enough to be reached. Peers get the same limits, as far as they have them. */
export const limits = { head: 2048, line: 512, fields: 20, interimResponses: 3, rejectionBody: 64 } as const;

const extensions = [permessageDeflate()];

interface Fault {
  readonly code: ViolationCode;
  readonly offset: number;
}

const refused = ({ code, offset }: Fault): OurVerdict => ({ events: [], failed: "refused", code, offset });
const waiting: OurVerdict = { events: [], failed: undefined, code: undefined, offset: 0 };

export function answerRequest(stream: Stream, options: ConnectionOptions = {}): OurVerdict {
  const handshake = new ServerHandshake({
    limits: options.limits ?? limits,
    tolerate: options.tolerate,
    extensions: stream.deflate ? extensions : [],
  });
  let received = 0;
  for (const chunk of chunksOf(stream)) {
    received += chunk.length;
    for (const event of handshake.receive(chunk)) {
      if (event.type === "failure") return refused(event.violation);
      if (event.type !== "request") throw new Error(`${event.type} was not expected`);
      const { request } = event;
      const subprotocol = request.subprotocols.find((offered) => supported.includes(offered));
      const [open] = handshake.accept({ subprotocol });
      if (open?.type !== "open") throw new Error("the request was accepted, but the connection is not open");
      // Our client never sends a key in a non-canonical spelling.
      if (!request.tolerated.includes("non-canonical-key")) checkOurResponse(request, open, handshake.takeOutput());
      return openedBy(handshake, open, stream, received);
    }
  }
  return waiting;
}

/** Returns the verdict of a handshake that resulted in `agreement` after receiving `received` bytes. */
function openedBy(
  { bytesConsumed }: ServerHandshake | ClientHandshake,
  { agreement, rest }: OpenEvent,
  stream: Stream,
  received: number,
): OurVerdict {
  if (bytesConsumed !== received - rest.length) throw new Error("bytes were lost");
  return { ...waiting, events: openEvents(agreement, stream.bytes.length - bytesConsumed) };
}

/** Checks that our client accepts the response of our server and derives the same terms from it. @throws Error otherwise */
function checkOurResponse(request: OpeningRequest, { agreement }: OpenEvent, response: readonly Uint8Array[]): void {
  const key = Buffer.from(request.key ?? "", "base64");
  // Our client rejects a random source that returns zeros.
  if (key.every((byte) => byte === 0)) return;
  const client = new ClientHandshake({
    url: "ws://example.com/",
    random: (target) => target.set(key),
    subprotocols: request.subprotocols,
    extensions,
  });
  const [event] = response.flatMap((chunk) => client.receive(chunk));
  const sameTerms =
    event?.type === "open" &&
    JSON.stringify(openEvents(event.agreement, 0)) === JSON.stringify(openEvents({ ...agreement }, 0));
  if (!sameTerms) throw new Error(`our client reads our response as ${JSON.stringify(event)}`);
}

export function readResponse(stream: Stream, options: ConnectionOptions = {}): OurVerdict {
  const handshake = new ClientHandshake({
    url: "ws://example.com/",
    random: (target) => target.set(nonce),
    limits: options.limits ?? limits,
    tolerate: options.tolerate,
    subprotocols: supported,
    extensions: stream.deflate ? extensions : [],
  });
  let received = 0;
  for (const chunk of chunksOf(stream)) {
    received += chunk.length;
    for (const event of handshake.receive(chunk)) {
      if (event.type === "failure") return refused(event.violation);
      if (event.type === "rejection") return { ...waiting, failed: "refused" };
      if (event.type !== "open") throw new Error(`${event.type} was not expected`);
      return openedBy(handshake, event, stream, received);
    }
  }
  // An HTTP response is reported once its body is complete; that it rejects the opening is known before.
  const [ended] = handshake.receiveEnd();
  return ended?.type === "rejection" ? { ...waiting, failed: "refused" } : waiting;
}
