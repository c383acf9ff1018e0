/** The driver of `websocket-driver`, with the package `permessage-deflate` as its extension, and its differences. */
import { createRequire } from "node:module";
import zlib from "node:zlib";
import type { Difference, Peer } from "../../peer.ts";
import { chunksOf, type Stream } from "../../stream.ts";
import { binary, close, isMessage, isPrefix, same, sameEvents, text, type Verdict } from "../../verdict.ts";
import { isCut, unmasked, withShortLength } from "../frame-end.ts";
import { frames } from "../frames.ts";
import { limits } from "../ours.ts";
import {
  deflateEndsEarly,
  finalBlockEndsAll,
  lengthBeforeKey,
  limitBeforeInflating,
  nonMinimalLength,
  signBitIsTooBig,
  utf8OfWholeMessage,
} from "./common-differences.ts";

/** The part used here. */
interface Driver {
  readyState: number;
  readonly io: { on(name: "data", listener: (bytes: Buffer) => void): void };
  readonly _extensions: Extensions;
  on(name: "message" | "ping" | "pong", listener: (event: { readonly data: string | Buffer }) => void): void;
  on(name: "close", listener: (event: { readonly code: number; readonly reason: string }) => void): void;
  on(name: "error", listener: () => void): void;
  parse(chunk: Buffer): void;
}

interface Extensions {
  add(extension: object): void;
  generateOffer(): unknown;
  activate(header: string): void;
  generateResponse(header: string): unknown;
  processIncomingMessage(message: object, done: (...result: unknown[]) => void, driver: Driver): void;
  close(done: () => void): void;
}

const require = createRequire(import.meta.url);
const Hybi = require("websocket-driver/lib/websocket/driver/hybi") as new (
  request: null,
  url: string,
  options: object,
) => Driver;
const { configure } = require("permessage-deflate") as { configure(this: object, options: object): object };

function judge(stream: Stream): Verdict | Promise<Verdict> {
  const driver = new Hybi(null, "ws://localhost/", {
    maxLength: limits.message,
    requireMasking: stream.role === "server",
  });
  const events: string[] = [];
  let failed: number | undefined;
  let failing = false;
  driver.on("message", ({ data }) => events.push(typeof data === "string" ? text(data) : binary(data)));
  driver.on("ping", ({ data }) => events.push(`ping ${data}`));
  driver.on("pong", ({ data }) => events.push(`pong ${data}`));
  driver.on("error", () => {
    failing = true;
  });
  driver.on("close", ({ code, reason }) => {
    if (failing) failed = code;
    else events.push(close(code, reason));
  });
  if (stream.deflate) return judgeDeflate(driver, stream).then(() => ({ events, failed }));
  // The state after the opening handshake.
  driver._extensions.generateResponse("");
  driver.readyState = 1;
  for (const chunk of chunksOf(stream)) driver.parse(chunk);
  return { events, failed };
}

/** Inflating is asynchronous and overtaken by control frames, so deliver nothing more until it is done. */
async function judgeDeflate(driver: Driver, stream: Stream): Promise<void> {
  const { _extensions: extensions } = driver;
  let inflating: Promise<void> | undefined;
  let isStuck = false;
  let done = (): void => undefined;
  const stuck = (): void => {
    isStuck = true;
    done();
  };
  extensions.add(configure.call(require("permessage-deflate"), { zlib: zlibWithEndCallback(stuck) }));
  if (stream.role === "server") extensions.generateResponse("permessage-deflate");
  else {
    extensions.generateOffer();
    extensions.activate("permessage-deflate");
  }
  driver.readyState = 1;
  const process = extensions.processIncomingMessage.bind(extensions);
  extensions.processIncomingMessage = (message, callback, context) => {
    inflating = new Promise((resolve) => {
      done = resolve;
    });
    process(
      message,
      (...result) => {
        callback.apply(context, result);
        done();
      },
      context,
    );
  };
  // Byte by byte, because a message may end within any chunk.
  for (const byte of stream.bytes) {
    driver.parse(Buffer.of(byte));
    if (inflating !== undefined) await inflating;
    inflating = undefined;
    if (isStuck) return;
  }
  extensions.close(() => undefined);
}

/** Returns node:zlib with a callback when a stream has ended: after that, the extension waits in vain for its output. */
const zlibWithEndCallback = (ended: () => void): object => ({
  ...zlib,
  createInflateRaw: (options: zlib.ZlibOptions) => zlib.createInflateRaw(options).on("end", ended),
});

const differences: readonly Difference[] = [
  finalBlockEndsAll("websocket-driver"),
  {
    name: "websocket-driver reports an empty Close frame as 1000",
    section: "RFC 6455 §7.1.5",
    applies: ({ ours, theirs }) =>
      ours.events.at(-1) === close(1005, "") && same({ ...ours, events: [...before(ours), close(1000, "")] }, theirs),
  },
  {
    name: "websocket-driver does not know the status codes 1012 to 1014",
    section: "RFC 6455 §7.4.2",
    applies: ({ ours, theirs }) =>
      same({ ...ours, events: ours.events.map((event) => event.replace(/^close 101[234]/, "close 1002")) }, theirs),
  },
  {
    name: "websocket-driver fails an illegal Close frame with 1002, and reports it as if the peer had sent that",
    section: "RFC 6455 §7.1.7",
    applies: ({ ours, theirs }) =>
      ours.code?.startsWith("close/") === true &&
      theirs.events.at(-1)?.startsWith("close 1002 ") === true &&
      same({ events: ours.events, failed: undefined }, { ...theirs, events: before(theirs) }),
  },
  {
    name: "websocket-driver fails an unmasked frame with 1003",
    section: "RFC 6455 §5.1",
    applies: ({ ours, theirs }) =>
      ours.code === "frame/mask-missing" && theirs.failed === 1003 && sameEvents(ours.events, theirs.events),
  },
  {
    name: "websocket-driver as a client accepts masked frames",
    section: "RFC 6455 §5.1",
    applies: ({ ours }) => ours.code === "frame/mask-unexpected",
    instead: ({ stream, ours }) => ({ stream: unmasked(stream, ours.offset - 1) }),
  },
  nonMinimalLength("websocket-driver"),
  {
    name: "websocket-driver accepts lengths in more bytes than they need in control frames too, up to 125",
    section: "RFC 6455 §5.5",
    applies: ({ ours }) => ours.code === "frame/control-too-long",
    instead: ({ stream, ours }) => ({ stream: withShortLength(stream, ours.offset - 1) }),
  },
  signBitIsTooBig("websocket-driver"),
  utf8OfWholeMessage("websocket-driver"),
  {
    name: "websocket-driver has no limit on fragments",
    section: "RFC 6455 §10.4",
    applies: ({ ours }) => ours.code === "message/too-many-fragments",
    instead: () => ({ options: { limits: { ...limits, fragments: Number.POSITIVE_INFINITY } } }),
  },
  lengthBeforeKey("websocket-driver", ["message/too-big", "frame/too-big"]),
  {
    name: "websocket-driver rejects a continuation without a message only when its payload has arrived, or for its length",
    section: "RFC 6455 §5.4",
    applies: ({ stream, ours, theirs }) =>
      ours.code === "frame/continuation-unexpected" &&
      sameEvents(ours.events, theirs.events) &&
      (theirs.failed === 1009 || theirs.failed === 1003 || (theirs.failed === undefined && isCut(stream, ours.offset))),
  },
  {
    name: "websocket-driver fails invalid compressed payload with 1010",
    section: "RFC 7692 §6.2",
    applies: ({ stream, ours, theirs }) =>
      stream.deflate &&
      (ours.code === "extension/data-malformed" || ours.code === "extension/data-truncated") &&
      theirs.failed === 1010 &&
      sameEvents(ours.events, theirs.events),
  },
  {
    name: "websocket-driver inflates a message once it is complete: control frames, or another fault, may come first",
    section: "RFC 7692 §6.2",
    applies: ({ stream, ours, theirs }) =>
      stream.deflate &&
      (ours.code === "extension/data-malformed" || ours.code === "message/too-big") &&
      isPrefix(ours.events, theirs.events) &&
      !theirs.events.slice(ours.events.length).some(isMessage),
  },
  deflateEndsEarly("websocket-driver"),
  limitBeforeInflating("websocket-driver"),
];

/** Returns all but the last event. */
const before = ({ events }: Verdict): readonly string[] => events.slice(0, -1);

export const websocketDriverPeer: Peer = {
  name: "websocket-driver",
  subject: frames,
  differences,
  // It decodes the payloads of control frames as text, whatever they are.
  reduceEvent: (event) =>
    event.replace(
      /^(p[io]ng )(.*)/s,
      (_, kind: string, payload: string) => kind + Buffer.from(payload, "latin1").toString(),
    ),
  reads: () => true,
  judge: (streams) => Promise.all(streams.map(judge)),
};
