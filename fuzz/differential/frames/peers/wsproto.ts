/** wsproto, a sans-I/O implementation in Python, and its differences. */

import type { Difference } from "../../peer.ts";
import type { Verdict } from "../../verdict.ts";
import { isMessage, isPrefix, sameEvents } from "../../verdict.ts";
import type { WsprotoQuestion } from "../../wsproto/peer.ts";
import type { WsprotoVerdict } from "../../wsproto/process.ts";
import {
  closeStatusCode,
  endsInHeader,
  hasControlWithinCompressed,
  isCut,
  payloadByte,
  wholeFrames,
} from "../frame-end.ts";
import { frames } from "../frames.ts";
import { limits } from "../ours.ts";
import { deflateEndsEarly, finalBlockEndsAll, lastBitsOfFrame } from "./common-differences.ts";

const differences: readonly Difference[] = [
  {
    name: "wsproto has no limit on messages and fragments",
    section: "RFC 6455 §10.4",
    applies: ({ ours }) => ours.code === "message/too-big" || ours.code === "message/too-many-fragments",
    instead: () => ({
      options: { limits: { ...limits, message: Number.POSITIVE_INFINITY, fragments: Number.POSITIVE_INFINITY } },
    }),
  },
  {
    name: "wsproto does not know the status code 1014",
    section: "RFC 6455 §7.4.2",
    applies: ({ stream, ours, theirs }) =>
      theirs.failed === 1002 &&
      closeStatusCode(stream) === 1014 &&
      (ours.failed === undefined || ours.code === "close/reason-utf8") &&
      sameEvents(
        ours.events.filter((event) => !event.startsWith("close ")),
        theirs.events,
      ),
  },
  {
    name: "wsproto judges a header, without its masking key, only when it is complete",
    section: "RFC 6455 §5.2",
    applies: ({ stream, ours, theirs }) =>
      ours.failed === 1002 &&
      theirs.failed === undefined &&
      sameEvents(ours.events, theirs.events) &&
      endsInHeader(stream),
  },
  {
    name: "wsproto judges the order of fragments when payload arrives, after inflating it",
    section: "RFC 6455 §5.4",
    applies: ({ stream, ours, theirs }) =>
      (ours.code === "frame/continuation-unexpected" || ours.code === "frame/continuation-expected") &&
      sameEvents(ours.events, theirs.events) &&
      (theirs.failed === undefined ? isCut(stream, ours.offset) : stream.deflate && theirs.failed === 1007),
  },
  {
    name: "wsproto waits for payloads of more than 2^53 - 1 bytes",
    section: "RFC 6455 §10.4",
    applies: ({ stream, ours, theirs }) =>
      ours.code === "frame/too-big" &&
      (theirs.failed === undefined || theirs.failed === 1007) &&
      sameEvents(ours.events, theirs.events) &&
      isCut(stream, wholeFrames(stream).bytes.length),
  },
  {
    name: "wsproto forgets at a control frame that the message around it is compressed",
    section: "RFC 7692 §6.1",
    applies: ({ stream }) => stream.deflate && hasControlWithinCompressed(stream),
  },
  {
    name: "wsproto detects a surrogate in UTF-8 at its third byte, not at its second",
    section: "RFC 3629 §4",
    applies: ({ stream, ours, theirs }) =>
      ours.code === "message/utf8-invalid" &&
      (theirs.failed === undefined || theirs.failed === 1007) &&
      // Second bytes that mean a surrogate after ED, and other characters after other bytes.
      (payloadByte(stream, ours.offset) & 0xe0) === 0xa0 &&
      isPrefix(ours.events, theirs.events) &&
      !theirs.events.slice(ours.events.length).some(isMessage),
  },
  lastBitsOfFrame("wsproto"),
  deflateEndsEarly("wsproto"),
  finalBlockEndsAll("wsproto"),
];

export const wsprotoFrames: WsprotoQuestion = { subject: frames, differences, verdictOf };

function verdictOf([events, failed]: WsprotoVerdict): Verdict {
  if (typeof failed === "string") return { events: [...events, `threw ${failed}`], failed: undefined };
  return { events, failed: failed ?? undefined };
}
