/** The receiver of `ws`, and its differences. */
import * as ws from "ws";
import type { Difference, Peer } from "../../peer.ts";
import { chunksOf, type Stream } from "../../stream.ts";
import { binary, close, ping, pong, sameEvents, text, type Verdict } from "../../verdict.ts";
import { isCut } from "../frame-end.ts";
import { frames } from "../frames.ts";
import { limits } from "../ours.ts";
import {
  deflateEndsEarly,
  finalBlockEndsAll,
  lastBitsOfFrame,
  lengthBeforeKey,
  limitBeforeInflating,
  nonMinimalLength,
  signBitIsTooBig,
  utf8OfWholeMessage,
} from "./common-differences.ts";

/** The part used here, which the declared types lack. */
interface Receiver {
  on(name: "message", listener: (data: Buffer, isBinary: boolean) => void): void;
  on(name: "ping" | "pong", listener: (data: Buffer) => void): void;
  on(name: "conclude", listener: (statusCode: number, reason: Buffer) => void): void;
  on(name: "error", listener: () => void): void;
  _write(chunk: Uint8Array, encoding: string, done: (error?: Error | null) => void): void;
}

interface PerMessageDeflate {
  accept(offers: readonly object[]): object;
  cleanup(): void;
}

const { Receiver, PerMessageDeflate } = ws as unknown as {
  readonly Receiver: new (options: object) => Receiver;
  readonly PerMessageDeflate: new (options: object) => PerMessageDeflate;
};

// Creating the stack of an error is most of its cost, and it is not read here.
Error.stackTraceLimit = 0;

function judge(stream: Stream): Verdict | Promise<Verdict> {
  const isServer = stream.role === "server";
  const events: string[] = [];
  let failed: number | undefined;
  let concluded = false;
  let deflate: PerMessageDeflate | undefined;
  if (stream.deflate) {
    deflate = new PerMessageDeflate({ isServer, maxPayload: limits.message });
    deflate.accept([{}]);
  }
  const receiver = new Receiver({
    isServer,
    maxPayload: limits.message,
    maxFragments: limits.fragments,
    extensions: deflate === undefined ? {} : { "permessage-deflate": deflate },
  });
  receiver.on("message", (data, isBinary) => events.push(isBinary ? binary(data) : text(data.toString())));
  receiver.on("ping", (payload) => events.push(ping(payload)));
  receiver.on("pong", (payload) => events.push(pong(payload)));
  receiver.on("conclude", (statusCode, reason) => {
    concluded = true;
    events.push(close(statusCode, reason.toString()));
  });
  receiver.on("error", () => undefined);

  // Call the parser directly, bypassing the queue of Writable: nothing here waits for a turn of the event loop.
  if (deflate === undefined) {
    for (const chunk of chunksOf(stream)) {
      if (failed !== undefined || concluded) break;
      receiver._write(chunk, "buffer", (error) => {
        if (error) failed = statusCodeOf(error);
      });
    }
    return { events, failed };
  }
  // Inflating is asynchronous.
  const writeAll = async (): Promise<Verdict> => {
    for (const chunk of chunksOf(stream)) {
      if (failed !== undefined || concluded) break;
      await new Promise<void>((resolve) => {
        receiver._write(chunk, "buffer", (error) => {
          if (error) failed = statusCodeOf(error);
          resolve();
        });
      });
    }
    deflate.cleanup();
    return { events, failed };
  };
  return writeAll();
}

/** `ws` stores it under a symbol. */
function statusCodeOf(error: Error): number {
  const [code] = Object.getOwnPropertySymbols(error).map((key) => Reflect.get(error, key) as unknown);
  return typeof code === "number" ? code : 0;
}

const differences: readonly Difference[] = [
  nonMinimalLength("ws"),
  signBitIsTooBig("ws"),
  utf8OfWholeMessage("ws"),
  lengthBeforeKey("ws", ["close/payload-truncated", "message/too-big", "frame/too-big"]),
  {
    name: "ws counts a fragment only when its payload has arrived",
    section: "RFC 6455 §10.4",
    applies: ({ ours, theirs }) =>
      ours.code === "message/too-many-fragments" &&
      theirs.failed === undefined &&
      sameEvents(ours.events, theirs.events),
  },
  {
    name: "ws reads two bytes of a header at a time, and does not judge the first alone",
    section: "RFC 6455 §5.2",
    applies: ({ stream, ours, theirs }) =>
      ours.failed === 1002 &&
      ours.offset === stream.bytes.length - 1 &&
      theirs.failed === undefined &&
      sameEvents(ours.events, theirs.events),
  },
  {
    name: "ws inflates the payload of a frame once it is complete",
    section: "RFC 7692 §6.2",
    applies: ({ stream, ours, theirs }) =>
      stream.deflate &&
      (ours.code === "extension/data-malformed" || ours.code === "message/too-big") &&
      isCut(stream, ours.offset) &&
      theirs.failed === undefined &&
      sameEvents(ours.events, theirs.events),
  },
  lastBitsOfFrame("ws"),
  deflateEndsEarly("ws"),
  finalBlockEndsAll("ws"),
  limitBeforeInflating("ws"),
];

export const wsPeer: Peer = {
  name: "ws",
  subject: frames,
  differences,
  reads: () => true,
  judge: (streams) => Promise.all(streams.map(judge)),
};
